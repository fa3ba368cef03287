package stride.layer.pooling;

import java.util.Arrays;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.layer.Size;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * Averages of windows that divide an image of any size into a given number of rows and columns:
 * PyTorch's AdaptiveAvgPool2d. Output row i averages the input rows from floor(i n / rows) to
 * ceil((i + 1) n / rows), that one not included, and columns alike. Windows overlap where the sizes
 * do not divide; an image of the output's size stays as it is, a smaller one is repeated.
 *
 * @param output the output's height and width
 */
public record AdaptiveAvgPool(Size output) implements PlainLayer {
  public AdaptiveAvgPool {
    output.atLeast(1, "a pooling's output");
  }

  @Override
  public String kind() {
    return "adaptiveavgpool";
  }

  @Override
  public String details() {
    return "to " + output;
  }

  @Override
  public TensorType infer(TensorType input) {
    return input.withShape(
        Shape.image(output.height(), output.width(), Window.image(input).channels()));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var in = binding.inputType(0).shape();
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perRow(
        binding.outputType().shape(),
        (n, from, to, worker) -> average(in, x.array(), x.at(n), y.array(), y.at(n), from, to),
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            spread(in, dy.array(), dy.at(n), dx.array(), dx.at(n));
          }
        });
  }

  private void average(Shape in, float[] x, int xo, float[] y, int yo, int fromRow, int toRow) {
    int channels = in.channels();
    int at = yo + fromRow * output.width() * channels;
    for (int i = fromRow; i < toRow; i++) {
      int top = begin(i, in.height(), output.height());
      int bottom = end(i, in.height(), output.height());
      for (int j = 0; j < output.width(); j++) {
        int left = begin(j, in.width(), output.width());
        int right = end(j, in.width(), output.width());
        Arrays.fill(y, at, at + channels, 0);
        for (int row = top; row < bottom; row++) {
          for (int column = left; column < right; column++) {
            int pixel = xo + (row * in.width() + column) * channels;
            for (int c = 0; c < channels; c++) {
              y[at + c] += x[pixel + c];
            }
          }
        }
        float pixels = (bottom - top) * (right - left);
        for (int c = 0; c < channels; c++) {
          y[at + c] /= pixels;
        }
        at += channels;
      }
    }
  }

  private void spread(Shape in, float[] dy, int dyo, float[] dx, int dxo) {
    int channels = in.channels();
    Arrays.fill(dx, dxo, dxo + in.elements(), 0);
    int at = dyo;
    for (int i = 0; i < output.height(); i++) {
      int top = begin(i, in.height(), output.height());
      int bottom = end(i, in.height(), output.height());
      for (int j = 0; j < output.width(); j++) {
        int left = begin(j, in.width(), output.width());
        int right = end(j, in.width(), output.width());
        float pixels = (bottom - top) * (right - left);
        for (int row = top; row < bottom; row++) {
          for (int column = left; column < right; column++) {
            int pixel = dxo + (row * in.width() + column) * channels;
            for (int c = 0; c < channels; c++) {
              dx[pixel + c] += dy[at + c] / pixels;
            }
          }
        }
        at += channels;
      }
    }
  }

  private static int begin(int i, int n, int outputs) {
    return (int) ((long) i * n / outputs);
  }

  private static int end(int i, int n, int outputs) {
    return (int) Math.ceilDiv((i + 1L) * n, (long) outputs);
  }
}
