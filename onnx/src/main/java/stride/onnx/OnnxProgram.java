package stride.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import stride.format.FileException;
import stride.format.FormatException;
import stride.onnx.evaluate.Evaluator;
import stride.onnx.evaluate.Folding;
import stride.onnx.evaluate.Operators;
import stride.onnx.graph.GraphReader;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxValue;
import stride.onnx.tensor.OnnxTensor;

/**
 * An ONNX file that runs on raw tensors, in the file's own layout and types, operator by operator
 * as the standard defines them: everything that the operators can express, but far slower than a
 * network on the engine. It is safe to share between threads.
 */
public final class OnnxProgram {
  private final OnnxGraph graph;
  private final Evaluator evaluator;

  private OnnxProgram(OnnxGraph graph) {
    this.graph = graph;
    this.evaluator = Evaluator.of(graph);
  }

  /**
   * Reads a file, and the files beside it that hold its weights.
   *
   * @param file an ONNX file
   * @return the program
   * @throws FormatException if the file is damaged, computes what cannot be, or has operators that
   *     Stride does not run; the message names all of these
   * @throws FileException if it, or a file that it needs, cannot be read
   */
  public static OnnxProgram load(Path file) throws IOException {
    OnnxGraph graph = GraphReader.read(file);
    try {
      Operators.requireKnown(graph);
    } catch (IllegalArgumentException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    }
    return new OnnxProgram(Folding.fold(graph));
  }

  /**
   * Returns the inputs that a run takes.
   *
   * @return their names, types and dimensions
   */
  public List<OnnxValue> inputs() {
    return graph.inputs();
  }

  /**
   * Returns the outputs that a run gives.
   *
   * @return their names, types and dimensions, as far as the file says them
   */
  public List<OnnxValue> outputs() {
    return graph.outputs();
  }

  /**
   * Returns the graph, with constants computed.
   *
   * @return the graph
   */
  public OnnxGraph graph() {
    return graph;
  }

  /**
   * Computes the outputs.
   *
   * @param inputs a tensor for each input, by name
   * @return the outputs by name, in the file's order; one that is listed twice stands once
   * @throws IllegalArgumentException if an input is missing, unknown, or of another type or shape
   *     than the file says, or if a node cannot compute what it is asked; the message names it
   */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) {
    return evaluator.run(inputs);
  }
}
