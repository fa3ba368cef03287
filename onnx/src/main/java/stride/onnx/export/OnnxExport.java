package stride.onnx.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import stride.image.Normalization;
import stride.layer.normalization.FrozenBatchNorm;
import stride.network.Model;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.proto.ModelProto;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.OperatorSetIdProto;
import stride.onnx.proto.StringStringEntryProto;

/**
 * How a model becomes an ONNX file:
 *
 * <pre>{@code
 * OnnxExport.standard().opset(13).pictures(PictureInput.COLOURS).write(model, Path.of("model.onnx"));
 * }</pre>
 *
 * <p>Images lie as (N, C, H, W), weights have the names and shapes that they have in PyTorch, and
 * the outputs the names that the network gives them. The metadata holds {@link Model#description}.
 * Batch norm is not folded into convolutions, so that another library may train the network
 * further; runtimes fold it at load.
 *
 * @param opset the version of the standard's operators, from {@value #OLDEST} to {@value #NEWEST}
 * @param batch the number of samples that the file takes at once, at least 1; null for any number
 * @param pictures what the first input holds
 */
public record OnnxExport(int opset, @Nullable Integer batch, PictureInput pictures) {
  /** The oldest version of operators that is written. */
  public static final int OLDEST = 11;

  /** The newest version of operators that is written. */
  public static final int NEWEST = 23;

  private static final int STANDARD = 17;

  /** The format's version that came with each version of the operators, from the oldest on. */
  private static final List<Integer> IR_VERSIONS =
      List.of(6, 7, 7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11);

  /**
   * Settings in their ranges.
   *
   * @throws IllegalArgumentException if the opset or the batch lies outside of them
   */
  public OnnxExport {
    if (opset < OLDEST || opset > NEWEST) {
      throw new IllegalArgumentException(
          "the opset is from %d to %d, found %d".formatted(OLDEST, NEWEST, opset));
    }
    if (batch != null && batch < 1) {
      throw new IllegalArgumentException("a batch has at least 1 sample, found " + batch);
    }
  }

  /** Returns opset 17, for any number of samples that the caller normalises. */
  public static OnnxExport standard() {
    return new OnnxExport(STANDARD, null, PictureInput.NORMALISED_BY_CALLER);
  }

  /**
   * Returns these settings with another version of operators.
   *
   * @param opset from {@value #OLDEST} to {@value #NEWEST}
   * @throws IllegalArgumentException if it lies outside of that range
   */
  public OnnxExport opset(int opset) {
    return new OnnxExport(opset, batch, pictures);
  }

  /**
   * Returns these settings for a fixed number of samples.
   *
   * @param samples at least 1
   * @throws IllegalArgumentException if it is less
   */
  public OnnxExport batch(int samples) {
    return new OnnxExport(opset, samples, pictures);
  }

  /** Returns these settings with another kind of first input. */
  public OnnxExport pictures(PictureInput pictures) {
    return new OnnxExport(opset, batch, pictures);
  }

  /**
   * Writes a model, whole or not at all.
   *
   * @param model any model whose operations are Stride's own
   * @param file the file, which usually ends in ".onnx"
   * @throws IllegalArgumentException if an operation has no counterpart in ONNX, the message names
   *     its layer, or the file would have 2 GiB or more
   * @throws IOException if the file cannot be written
   */
  public void write(Model model, Path file) throws IOException {
    OnnxFile.write(message(model), file);
  }

  /**
   * Returns a model as ONNX's message.
   *
   * @param model any model whose operations are Stride's own
   * @throws IllegalArgumentException if an operation has no counterpart in ONNX; the message names
   *     its layer
   */
  public ModelProto message(Model model) {
    model
        .weights()
        .flaw()
        .ifPresent(
            flaw -> {
              throw new IllegalArgumentException(
                  "a model whose weights are no numbers is not saved: " + flaw);
            });
    var metadata = new ArrayList<StringStringEntryProto>();
    described(model)
        .description()
        .forEach((key, text) -> metadata.add(new StringStringEntryProto(key, text)));
    frozenNorms(model)
        .ifPresent(
            names -> metadata.add(new StringStringEntryProto(OnnxGraph.FROZEN_NORMS, names)));
    String version = getClass().getPackage().getImplementationVersion();
    return new ModelProto(
        IR_VERSIONS.get(opset - OLDEST),
        List.of(new OperatorSetIdProto("", opset)),
        "Stride",
        version == null ? "" : version,
        "",
        0,
        "",
        new ModelGraph(this, model).message(),
        metadata,
        List.of());
  }

  /** The weights of the batch norms that learn nothing, a line each; empty if there are none. */
  private static Optional<String> frozenNorms(Model model) {
    return model.network().graph().nodes().stream()
        .filter(node -> node.operation() instanceof FrozenBatchNorm)
        .map(node -> node.weights() + ".weight")
        .distinct()
        .reduce((a, b) -> a + "\n" + b);
  }

  /** The model as the file's reader sees it: what the file does by itself nobody does before. */
  private Model described(Model model) {
    int channels = model.preprocessing().shape().channels();
    return switch (pictures) {
      case NORMALISED_BY_CALLER -> model;
      case COLOURS ->
          model.withPreprocessing(
              model.preprocessing().normalization(Normalization.none(channels)));
      case BYTES ->
          model.withPreprocessing(
              model
                  .preprocessing()
                  .normalization(
                      new Normalization(
                          Collections.nCopies(channels, 0.0),
                          Collections.nCopies(channels, 1 / 255.0))));
    };
  }
}
