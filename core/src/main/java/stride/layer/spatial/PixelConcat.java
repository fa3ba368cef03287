package stride.layer.spatial;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.CpuOperation;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * The inputs' pixels one behind another, each input's row by row, as one long row of pixels with
 * the inputs' channels: (H1, W1, C), (H2, W2, C), ... become (1, H1 W1 + H2 W2 + ..., C). Detectors
 * join the boxes of their maps so. Each input receives its stretch of dy.
 */
public record PixelConcat() implements CpuOperation {
  @Override
  public String kind() {
    return "pixelconcat";
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    requireInputs(inputs, Math.max(1, inputs.size()));
    int channels = inputs.getFirst().shape().channels();
    long pixels = 0;
    for (var input : inputs) {
      var image = Window.image(input);
      if (image.channels() != channels) {
        throw new ShapeException(
            "a row of pixels needs equal channels, found %s"
                .formatted(inputs.stream().map(i -> i.shape().toString()).toList()));
      }
      pixels += (long) image.height() * image.width();
    }
    if (pixels * channels > Integer.MAX_VALUE) {
      throw new ShapeException(
          "%d pixels of %d channels are more than %d values"
              .formatted(pixels, channels, Integer.MAX_VALUE));
    }
    return inputs.getFirst().withShape(Shape.image(1, (int) pixels, channels));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var y = binding.output();
    var dy = binding.outputGradient();
    return Step.perSample(
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            for (int i = 0, at = 0; i < binding.inputs(); i++) {
              int size = binding.inputType(i).shape().elements();
              copy(binding.input(i), n, 0, y, at, size);
              at += size;
            }
          }
        },
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            for (int i = 0, at = 0; i < binding.inputs(); i++) {
              int size = binding.inputType(i).shape().elements();
              if (binding.wantsInputGradient(i)) {
                copy(dy, n, at, binding.inputGradient(i), 0, size);
              }
              at += size;
            }
          }
        });
  }

  private static void copy(Buffer from, int sample, int at, Buffer to, int place, int size) {
    System.arraycopy(from.array(), from.at(sample) + at, to.array(), to.at(sample) + place, size);
  }
}
