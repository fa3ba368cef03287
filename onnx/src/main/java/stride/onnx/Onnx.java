package stride.onnx;

import java.io.IOException;
import java.nio.file.Path;
import stride.network.Model;
import stride.onnx.engine.InputShapes;
import stride.onnx.engine.NetworkReader;
import stride.onnx.export.OnnxExport;
import stride.onnx.graph.GraphReader;

/**
 * Models from ONNX files and as ONNX files.
 *
 * <pre>{@code
 * Model model = Onnx.load(Path.of("squeezenet.onnx")).withLabels(labels);
 * Onnx.save(model, Path.of("mine.onnx"));
 * }</pre>
 */
public final class Onnx {
  private Onnx() {}

  /**
   * Reads a file as a network on the engine, which can be looked into, trained and saved as any
   * other.
   *
   * @param file an ONNX file whose inputs have fixed sizes but for the number of samples
   * @return the model
   * @throws stride.format.FormatException if the file is damaged, or a part of it cannot run on the
   *     engine: {@link OnnxProgram} runs it then
   * @throws IllegalArgumentException if the size of its images is not fixed
   * @throws IOException if it, or a file with its weights, cannot be read
   */
  public static Model load(Path file) throws IOException {
    return load(file, InputShapes.OF_FILE);
  }

  /**
   * Reads a file as a network for images of a shape.
   *
   * @param file an ONNX file
   * @param shapes what the file leaves open of its inputs
   * @return the model
   * @throws stride.format.FormatException if the file is damaged, or a part of it cannot run on the
   *     engine: {@link OnnxProgram} runs it then
   * @throws IllegalArgumentException if the shape is not one that the file takes
   * @throws IOException if it, or a file with its weights, cannot be read
   */
  public static Model load(Path file, InputShapes shapes) throws IOException {
    return NetworkReader.read(GraphReader.read(file), shapes, file);
  }

  /**
   * Writes a model for any number of samples; {@link OnnxExport} has more settings.
   *
   * @param model the model
   * @param file the file, which usually ends in ".onnx"
   * @throws IllegalArgumentException if an operation has no counterpart in ONNX; the message names
   *     its layer
   * @throws IOException if the file cannot be written
   */
  public static void save(Model model, Path file) throws IOException {
    OnnxExport.standard().write(model, file);
  }
}
