package stride.layer.pooling;

import java.util.Arrays;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * Every stride-th pixel of every stride-th row, with channels of zeros before and after the image's
 * own: the shortcut without weights of a residual block that halves the image and doubles its
 * channels (He et al. 2015, "Deep Residual Learning", option A of section 3.3). (H, W, C) becomes
 * (ceil(H / stride), ceil(W / stride), channels); of an odd number of zero channels, one more is
 * after them. The gradient goes where the values came from.
 *
 * @param stride steps between the pixels that stay
 * @param channels the output's channels, at least as many as the input's
 */
public record Subsample(int stride, int channels) implements PlainLayer {
  public Subsample {
    if (stride < 1) {
      throw new IllegalArgumentException("a stride is at least 1, found " + stride);
    }
    if (channels < 1) {
      throw new IllegalArgumentException(
          "a subsampling has at least 1 output channel, found " + channels);
    }
  }

  @Override
  public String kind() {
    return "subsample";
  }

  @Override
  public String details() {
    return "1x1 / " + stride;
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = Window.image(input);
    if (in.channels() > channels) {
      throw new ShapeException(
          "expects at most %d input channels, the input has %d (shape %s)"
              .formatted(channels, in.channels(), in));
    }
    return input.withShape(
        Shape.image(Math.ceilDiv(in.height(), stride), Math.ceilDiv(in.width(), stride), channels));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var in = binding.inputType(0).shape();
    var out = binding.outputType().shape();
    int own = in.channels();
    int first = (channels - own) / 2;
    int inRow = stride * in.width() * own;
    int outRow = out.width() * channels;
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perRow(
        out,
        (n, from, to, worker) -> {
          Arrays.fill(y.array(), y.at(n) + from * outRow, y.at(n) + to * outRow, 0);
          for (int row = from; row < to; row++) {
            kernels.copy(
                x.array(),
                x.at(n) + row * inRow,
                stride * own,
                y.array(),
                y.at(n) + row * outRow + first,
                channels,
                out.width(),
                own);
          }
        },
        (from, to, worker) -> {
          Arrays.fill(dx.array(), dx.at(from), dx.at(to), 0);
          for (int n = from; n < to; n++) {
            for (int row = 0; row < out.height(); row++) {
              kernels.copy(
                  dy.array(),
                  dy.at(n) + row * outRow + first,
                  channels,
                  dx.array(),
                  dx.at(n) + row * inRow,
                  stride * own,
                  out.width(),
                  own);
            }
          }
        });
  }
}
