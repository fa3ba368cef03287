package stride.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.network.Model;
import stride.onnx.OnnxProgram;
import stride.onnx.engine.EngineProgram;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** A network that computes raw numbers: of an ONNX file, or of Stride. */
public final class RunnableSource {
  @Parameters(
      index = "0",
      paramLabel = "NETWORK|MODEL",
      description =
          "An ONNX file, a model that Stride saved, or a name that \"stride networks\" lists.")
  private String name;

  @Option(
      names = "--weights",
      paramLabel = "FILE|imagenet",
      description = "The weights of a network of \"stride networks\".")
  private @Nullable String weights;

  /** What computes outputs of inputs, both by name. */
  public interface Runnable {
    /** The inputs' names, each with the type of its numbers; null for any. */
    Map<String, @Nullable ElementType> inputs();

    /**
     * Computes all outputs.
     *
     * @throws IOException if the inputs are not those that it takes
     */
    Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) throws IOException;
  }

  /**
   * Reads it.
   *
   * @throws IOException if it cannot be read or downloaded
   */
  public Runnable load(CommonOptions common, Engine engine) throws IOException {
    if (weights == null && OnnxFiles.is(name)) {
      return new OfProgram(OnnxProgram.load(Path.of(name)), name, engine);
    }
    return switch (ModelSource.of(name, weights)) {
      case ModelSource.Published(var network, var source) ->
          new OfModel(network.load(source.file(common.console())), name, engine);
      case ModelSource.Saved(var file) -> new OfModel(Model.load(file), name, engine);
    };
  }

  /** An ONNX file: what the engine can is computed there, the rest node by node. */
  private record OfProgram(OnnxProgram program, String file, Engine engine) implements Runnable {
    @Override
    public Map<String, @Nullable ElementType> inputs() {
      var inputs = new LinkedHashMap<String, @Nullable ElementType>();
      program.inputs().forEach(input -> inputs.put(input.name(), input.type()));
      return inputs;
    }

    @Override
    public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) throws IOException {
      try {
        var fast = EngineProgram.of(program.graph(), inputs);
        return fast == null ? program.run(inputs) : fast.run(inputs, engine);
      } catch (IllegalArgumentException e) {
        throw new FormatException("%s: %s".formatted(file, e.getMessage()), e);
      }
    }
  }

  /** A model, whose images are turned from PyTorch's order and back. */
  private record OfModel(Model model, String file, Engine engine) implements Runnable {
    @Override
    public Map<String, @Nullable ElementType> inputs() {
      var inputs = new LinkedHashMap<String, @Nullable ElementType>();
      model.network().inputs().keySet().forEach(name -> inputs.put(name, ElementType.FLOAT));
      return inputs;
    }

    @Override
    public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) throws IOException {
      String name = inputs().keySet().iterator().next();
      if (inputs().size() > 1) {
        throw new FormatException(
            "%s: has %d inputs, programs give them with Model.outputs"
                .formatted(file, inputs().size()));
      }
      var input = inputs.get(name);
      var shape = model.network().input();
      int[] wanted = sizes(0, shape);
      if (input == null
          || input.rank() != wanted.length
          || !Arrays.equals(wanted, 1, wanted.length, input.shape(), 1, wanted.length)
          || input.dimension(0) < 1) {
        throw new FormatException(
            "%s: takes %s with any first size, the input is %s"
                .formatted(file, Arrays.toString(wanted).replace("[0", "[N"), input));
      }
      var outputs = new LinkedHashMap<String, List<Tensor>>();
      double[] numbers = input.reals();
      for (int n = 0; n < input.dimension(0); n++) {
        model
            .outputs(sample(shape, numbers, n * shape.elements()), engine)
            .forEach(
                (output, tensor) ->
                    outputs.computeIfAbsent(output, _ -> new ArrayList<>()).add(tensor));
      }
      var joined = new LinkedHashMap<String, OnnxTensor>();
      outputs.forEach((output, tensors) -> joined.put(output, joined(tensors)));
      return joined;
    }

    private static int[] sizes(int batch, Shape shape) {
      return shape.isImage()
          ? new int[] {batch, shape.channels(), shape.height(), shape.width()}
          : new int[] {batch, shape.elements()};
    }

    private static Tensor sample(Shape shape, double[] planes, int from) {
      int channels = shape.isImage() ? shape.channels() : 1;
      int pixels = shape.elements() / channels;
      var values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) planes[from + i % channels * pixels + i / channels];
      }
      return new Tensor(shape, values);
    }

    private static OnnxTensor joined(List<Tensor> samples) {
      var shape = samples.getFirst().shape();
      int channels = shape.isImage() ? shape.channels() : 1;
      int pixels = shape.elements() / channels;
      var planes = new float[samples.size() * shape.elements()];
      for (int n = 0; n < samples.size(); n++) {
        float[] values = samples.get(n).data();
        for (int i = 0; i < values.length; i++) {
          planes[n * values.length + i % channels * pixels + i / channels] = values[i];
        }
      }
      return OnnxTensor.of(sizes(samples.size(), shape), planes);
    }
  }
}
