package stride.layer.spatial;

import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.kernel.BilinearMap;
import stride.layer.PlainLayer;
import stride.layer.Size;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * An image of another size: PyTorch's Upsample, which makes smaller ones too, but does not average
 * for that. An output pixel's place in the input is (i + 1/2) n / outputs - 1/2, where n / outputs
 * is 1 / factor if a factor is given; with aligned corners i (n - 1) / (outputs - 1). The nearest
 * pixel is that of floor(i n / outputs), and the asymmetric place is i n / outputs.
 *
 * @param size the output's height and width, or null for the input's times the factor, rounded down
 * @param factor above 0; not looked at where a size is given
 * @param mode how pixels are computed
 * @param alignCorners whether the corner pixels' middles stay in the corners (bilinear only)
 */
public record Upsample(@Nullable Size size, double factor, Mode mode, boolean alignCorners)
    implements PlainLayer {
  /** How an output pixel is made of the input's. */
  public enum Mode {
    /** It is one of them. */
    NEAREST,
    /** It is the mean of the four around it, weighted by their distance. */
    BILINEAR,
    /**
     * As {@link #BILINEAR}, but the first pixels of the input and the output coincide, not their
     * edges: ONNX's coordinates "asymmetric", which TensorFlow's resize_bilinear has by default.
     */
    BILINEAR_ASYMMETRIC
  }

  public Upsample {
    if (size != null) {
      size.atLeast(1, "an upsampling's size");
    } else if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("an upsampling's factor is above 0, found " + factor);
    }
    if (alignCorners && mode != Mode.BILINEAR) {
      throw new IllegalArgumentException(
          "corners are aligned in bilinear upsampling only, found mode " + mode);
    }
  }

  /** The same upsampling, bilinear. */
  public Upsample bilinear() {
    return new Upsample(size, factor, Mode.BILINEAR, alignCorners);
  }

  /** The same upsampling, bilinear, with the corner pixels' middles in the corners. */
  public Upsample bilinearAligned() {
    return new Upsample(size, factor, Mode.BILINEAR, true);
  }

  /** The same upsampling, bilinear, with the first pixels' middles on each other. */
  public Upsample bilinearAsymmetric() {
    return new Upsample(size, factor, Mode.BILINEAR_ASYMMETRIC, false);
  }

  @Override
  public String kind() {
    return "upsample";
  }

  @Override
  public String details() {
    return "%s, %s%s"
        .formatted(
            size == null ? "x" + factor : "to " + size,
            switch (mode) {
              case NEAREST -> "nearest";
              case BILINEAR -> "bilinear";
              case BILINEAR_ASYMMETRIC -> "bilinear, asymmetric";
            },
            alignCorners ? ", aligned corners" : "");
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = Window.image(input);
    double height = size == null ? Math.floor(in.height() * factor) : size.height();
    double width = size == null ? Math.floor(in.width() * factor) : size.width();
    if (height < 1 || width < 1 || height * width * in.channels() > Integer.MAX_VALUE) {
      throw new ShapeException(
          "the input of %s, made %s, has no pixel or more than %d values"
              .formatted(
                  in,
                  size == null ? factor + " times as high and wide" : size.toString(),
                  Integer.MAX_VALUE));
    }
    return input.withShape(Shape.image((int) height, (int) width, in.channels()));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var in = binding.inputType(0).shape();
    var out = binding.outputType().shape();
    if (mode == Mode.NEAREST) {
      return PixelStep.of(
          binding,
          PixelStep.map(
              binding, nearest(in.height(), out.height()), nearest(in.width(), out.width())));
    }
    var map =
        new BilinearMap(
            in.height(),
            in.width(),
            in.channels(),
            axis(in.height(), out.height()),
            axis(in.width(), out.width()));
    var kernels = binding.kernels().pooling();
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perRow(
        out,
        (n, from, to, worker) ->
            kernels.interpolate(map, x.array(), x.at(n), y.array(), y.at(n), from, to),
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            kernels.interpolateGradient(map, dy.array(), dy.at(n), dx.array(), dx.at(n));
          }
        });
  }

  /** Input pixels to an output pixel. PyTorch computes places in float: so do we, to the letter. */
  private float scale(int n, int outputs) {
    if (alignCorners) {
      return outputs > 1 ? (float) (n - 1) / (outputs - 1) : 0;
    }
    return size == null ? (float) (1 / factor) : (float) n / outputs;
  }

  private IntStream nearest(int n, int outputs) {
    float scale = scale(n, outputs);
    return IntStream.range(0, outputs)
        .map(i -> n == outputs ? i : Math.min((int) (i * scale), n - 1));
  }

  private BilinearMap.Axis axis(int n, int outputs) {
    float scale = scale(n, outputs);
    boolean asymmetric = mode == Mode.BILINEAR_ASYMMETRIC;
    // PyTorch copies an image of the same size, whatever its factor says.
    boolean same = n == outputs && !asymmetric;
    var first = new int[outputs];
    var second = new int[outputs];
    var share = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      float place = alignCorners || asymmetric ? i * scale : Math.max((i + 0.5f) * scale - 0.5f, 0);
      first[i] = same ? i : Math.min((int) place, n - 1);
      second[i] = Math.min(first[i] + 1, n - 1);
      share[i] = same ? 0 : Math.clamp(place - first[i], 0, 1);
    }
    return new BilinearMap.Axis(first, second, share);
  }
}
