package stride.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.layer.activation.Prelu;
import stride.layer.activation.Relu;
import stride.layer.convolution.Conv;
import stride.layer.convolution.ConvTranspose;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.spatial.Pad;
import stride.layer.spatial.Upsample;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Layers with settings from one end of int to the other: each is refused in a sentence with
 * numbers, or has the shape of its definition, computed in long here, and on small images its
 * numbers.
 */
@Tag("kernels")
final class ExtremeSettingsTest {
  private static final int MAX = Integer.MAX_VALUE;
  private static final int[] EXTREME = {
    Integer.MIN_VALUE, -1, 0, 4, 9, 100, 46_341, 65_536, 1 << 24, 1 << 30, MAX / 2 + 1, MAX - 1, MAX
  };

  /** Values and weights up to which a layer is run, not only made. */
  private static final int SMALL = 30_000;

  /** The same of an image and its padding. */
  private static final long PADDED = 1 << 22;

  private static final List<Engine> ENGINES =
      List.of(Engine.with(1, Kernels.best()), Engine.with(1, Kernels.scalar()));

  @AfterAll
  static void close() {
    ENGINES.forEach(Engine::close);
  }

  /** Draws of settings: small ones, and in some places extreme ones. */
  private record Draw(SplittableRandom random) {
    int any(int... usual) {
      return random.nextInt(6) == 0
          ? EXTREME[random.nextInt(EXTREME.length)]
          : usual[random.nextInt(usual.length)];
    }

    Size size(int... usual) {
      return random.nextInt(3) == 0 ? new Size(any(usual), any(usual)) : Size.square(any(usual));
    }

    boolean coin() {
      return random.nextBoolean();
    }

    Shape image() {
      return switch (random.nextInt(12)) {
        case 0 -> Shape.image(1, MAX, 1);
        case 1 -> Shape.image(46_340, 46_340, 1);
        case 2 -> Shape.image(1, 1, 1 << random.nextInt(30));
        default -> {
          int[] channels = {1, 2, 3, 6, 17, 64};
          yield Shape.image(
              1 + random.nextInt(6), 1 + random.nextInt(6), channels[random.nextInt(6)]);
        }
      };
    }
  }

  /** Windows along an axis of n values. */
  private record Axis(long n, long kernel, long stride, long before, long both, long dilation) {
    static Axis of(long n, long kernel, long stride, long padding, long dilation) {
      return new Axis(n, kernel, stride, padding, 2 * padding, dilation);
    }

    static Axis same(long n, long kernel, long stride, long dilation) {
      long outputs = Math.ceilDiv(n, stride);
      long both = Math.max((outputs - 1) * stride + dilation * (kernel - 1) + 1 - n, 0);
      return new Axis(n, kernel, stride, both / 2, both, dilation);
    }

    long padded() {
      return n + both;
    }

    long outputs(boolean ceil) {
      long last = n + both - dilation * (kernel - 1) - 1;
      long outputs = Math.floorDiv(last + (ceil ? stride - 1 : 0), stride) + 1;
      return ceil && (outputs - 1) * stride >= n + before ? outputs - 1 : outputs;
    }

    /** The places inside of the image that window {@code i} looks at, each with its tap. */
    List<long[]> places(int i) {
      var places = new ArrayList<long[]>();
      long first = i * stride - before;
      for (long place = 0; place < n; place++) {
        long tap = (place - first) / dilation;
        if (place >= first && (place - first) % dilation == 0 && tap < kernel) {
          places.add(new long[] {place, tap});
        }
      }
      return places;
    }

    /** Pixels of window {@code i} inside of the image, or of the image and its padding. */
    long pixels(int i, boolean padding) {
      long first = i * stride - before;
      return padding ? Math.min(first + kernel, n + before) - first : places(i).size();
    }
  }

  /** An input's and a weight's place, and what their product is multiplied by. */
  private record Term(int output, int input, int weight, double factor) {}

  private static boolean makes(long... sizes) {
    long product = 1;
    for (long size : sizes) {
      if (size < 1 || size > MAX || product * size > MAX) {
        return false;
      }
      product *= size;
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void convolutions(long seed) {
    var draw = new Draw(new SplittableRandom(seed));
    for (int i = 0; i < 800; i++) {
      var in = draw.image();
      int filters = draw.any(1, 2, 3, 6, 20, 33, 100);
      var kernel = draw.size(1, 2, 3);
      var stride = draw.size(1, 1, 2, 3);
      var padding = draw.any(0, 1) == 0 ? null : draw.size(0, 0, 1, 2, 7);
      var dilation = draw.size(1, 1, 2);
      int groups = draw.any(1, 1, 1, 2, in.channels());
      String what =
          "seed %d, case %d: %s: conv %d, kernel %s, stride %s, padding %s, dilation %s, groups %d"
              .formatted(seed, i, in, filters, kernel, stride, padding, dilation, groups);
      Supplier<Layer> make =
          () ->
              new Conv(
                  filters,
                  kernel,
                  stride,
                  padding,
                  dilation,
                  groups,
                  true,
                  Layers.DEFAULT_INITIALIZER,
                  null);
      boolean plain =
          filters >= 1
              && atLeast(1, kernel, stride, dilation)
              && (padding == null || atLeast(0, padding))
              && groups >= 1
              && filters % groups == 0
              && in.channels() % groups == 0;
      if (!plain) {
        refused(what, in, make);
        continue;
      }
      var down =
          padding == null
              ? Axis.same(in.height(), kernel.height(), stride.height(), dilation.height())
              : Axis.of(
                  in.height(),
                  kernel.height(),
                  stride.height(),
                  padding.height(),
                  dilation.height());
      var along =
          padding == null
              ? Axis.same(in.width(), kernel.width(), stride.width(), dilation.width())
              : Axis.of(
                  in.width(), kernel.width(), stride.width(), padding.width(), dilation.width());
      long height = down.outputs(false);
      long width = along.outputs(false);
      int inside = in.channels() / groups;
      boolean legal =
          makes(down.padded(), along.padded(), in.channels())
              && makes(height, width, filters)
              && makes(filters, inside, kernel.height(), kernel.width())
              && (long) filters * inside * kernel.height() * kernel.width() + filters < MAX - 200;
      if (!legal) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image((int) height, (int) width, filters));
      long weights = (long) filters * inside * kernel.height() * kernel.width();
      if (isSmall(network)
          && weights <= SMALL
          && down.padded() * along.padded() * in.channels() <= PADDED) {
        sums(what, network, convolution(down, along, in, filters, groups), i % 4 == 0 ? 20 : 1);
      }
    }
  }

  private static List<Term> convolution(Axis down, Axis along, Shape in, int filters, int groups) {
    var terms = new ArrayList<Term>();
    int inside = in.channels() / groups;
    int outside = filters / groups;
    for (int y = 0, output = 0; y < down.outputs(false); y++) {
      for (int x = 0; x < along.outputs(false); x++) {
        for (int o = 0; o < filters; o++, output++) {
          for (var row : down.places(y)) {
            for (var column : along.places(x)) {
              for (int c = 0; c < inside; c++) {
                int channel = o / outside * inside + c;
                long input = (row[0] * in.width() + column[0]) * in.channels() + channel;
                long weight =
                    ((o * (long) inside + c) * down.kernel + row[1]) * along.kernel + column[1];
                terms.add(new Term(output, (int) input, (int) weight, 1));
              }
            }
          }
        }
      }
    }
    return terms;
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8, 9})
  void transposedConvolutions(long seed) {
    var draw = new Draw(new SplittableRandom(seed));
    for (int i = 0; i < 800; i++) {
      var in = draw.image();
      int filters = draw.any(1, 2, 3, 6, 20, 33);
      var kernel = draw.size(1, 2, 3, 4);
      var stride = draw.size(1, 1, 2, 3);
      var padding = draw.size(0, 0, 1, 2);
      var more = draw.size(0, 0, 0, 1);
      var dilation = draw.size(1, 1, 2);
      int groups = draw.any(1, 1, 1, 2, in.channels());
      String what =
          "seed %d, case %d: %s: transposed conv %d, kernel %s, stride %s, padding %s, more %s, dilation %s, groups %d"
              .formatted(seed, i, in, filters, kernel, stride, padding, more, dilation, groups);
      Supplier<Layer> make =
          () ->
              new ConvTranspose(
                  filters,
                  kernel,
                  stride,
                  padding,
                  more,
                  dilation,
                  groups,
                  true,
                  Layers.DEFAULT_INITIALIZER,
                  null);
      boolean plain =
          filters >= 1
              && atLeast(1, kernel, stride, dilation)
              && atLeast(0, padding, more)
              && more.height() < Math.max(stride.height(), dilation.height())
              && more.width() < Math.max(stride.width(), dilation.width())
              && groups >= 1
              && filters % groups == 0
              && in.channels() % groups == 0;
      if (!plain) {
        refused(what, in, make);
        continue;
      }
      long fullHeight = grown(in.height(), kernel.height(), stride.height(), dilation.height());
      long fullWidth = grown(in.width(), kernel.width(), stride.width(), dilation.width());
      long height = fullHeight - 2L * padding.height() + more.height();
      long width = fullWidth - 2L * padding.width() + more.width();
      int outside = filters / groups;
      boolean legal =
          makes(height, width, filters)
              && makes(height + 2L * padding.height(), width + 2L * padding.width(), filters)
              && makes(in.channels(), outside, kernel.height(), kernel.width())
              && (long) in.channels() * outside * kernel.height() * kernel.width() + filters
                  < MAX - 200;
      if (!legal) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image((int) height, (int) width, filters));
      long weights = (long) in.channels() * outside * kernel.height() * kernel.width();
      if (isSmall(network)
          && weights <= SMALL
          && (height + 2L * padding.height()) * (width + 2L * padding.width()) * filters
              <= PADDED) {
        var terms = new ArrayList<Term>();
        for (int y = 0; y < in.height(); y++) {
          for (int x = 0; x < in.width(); x++) {
            for (int ky = 0; ky < kernel.height(); ky++) {
              for (int kx = 0; kx < kernel.width(); kx++) {
                long row =
                    (long) y * stride.height() + (long) ky * dilation.height() - padding.height();
                long column =
                    (long) x * stride.width() + (long) kx * dilation.width() - padding.width();
                if (row < 0 || row >= height || column < 0 || column >= width) {
                  continue;
                }
                for (int c = 0; c < in.channels(); c++) {
                  for (int o = 0; o < outside; o++) {
                    int channel = c / (in.channels() / groups) * outside + o;
                    terms.add(
                        new Term(
                            (int) ((row * width + column) * filters + channel),
                            (y * in.width() + x) * in.channels() + c,
                            ((c * outside + o) * kernel.height() + ky) * kernel.width() + kx,
                            1));
                  }
                }
              }
            }
          }
        }
        sums(what, network, terms, i % 4 == 0 ? 20 : 1);
      }
    }
  }

  private static long grown(long n, long kernel, long stride, long dilation) {
    return (n - 1) * stride + dilation * (kernel - 1) + 1;
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void poolings(long seed) {
    var draw = new Draw(new SplittableRandom(seed));
    for (int i = 0; i < 800; i++) {
      var in = draw.image();
      var kernel = draw.size(1, 2, 3);
      var stride = draw.size(1, 2, 3);
      var padding = draw.size(0, 0, 1);
      boolean ceil = draw.coin();
      boolean max = draw.coin();
      boolean counts = draw.coin();
      String what =
          "seed %d, case %d: %s: %s, kernel %s, stride %s, padding %s, ceil %s, counts padding %s"
              .formatted(
                  seed, i, in, max ? "maxpool" : "avgpool", kernel, stride, padding, ceil, counts);
      Supplier<Layer> make =
          () ->
              max
                  ? new MaxPool(kernel, stride, padding, ceil)
                  : new AvgPool(kernel, stride, padding, ceil, counts);
      boolean plain =
          atLeast(1, kernel, stride)
              && atLeast(0, padding)
              && 2L * padding.height() <= kernel.height()
              && 2L * padding.width() <= kernel.width()
              && (long) kernel.height() * kernel.width() <= 1 << 24;
      if (!plain) {
        refused(what, in, make);
        continue;
      }
      var down = Axis.of(in.height(), kernel.height(), stride.height(), padding.height(), 1);
      var along = Axis.of(in.width(), kernel.width(), stride.width(), padding.width(), 1);
      long height = down.outputs(ceil);
      long width = along.outputs(ceil);
      if (!makes(down.padded(), along.padded(), in.channels())
          || !makes(height, width, in.channels())) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image((int) height, (int) width, in.channels()));
      if (!isSmall(network) || down.padded() * along.padded() * in.channels() > PADDED) {
        continue;
      }
      if (max) {
        maxima(what, network, down, along, ceil);
      } else {
        sums(what, network, averages(down, along, in.channels(), ceil, counts));
      }
    }
  }

  private static List<Term> averages(
      Axis down, Axis along, int channels, boolean ceil, boolean countsPadding) {
    var terms = new ArrayList<Term>();
    for (int y = 0, output = 0; y < down.outputs(ceil); y++) {
      for (int x = 0; x < along.outputs(ceil); x++) {
        double share = 1.0 / (down.pixels(y, countsPadding) * along.pixels(x, countsPadding));
        for (int c = 0; c < channels; c++, output++) {
          for (var row : down.places(y)) {
            for (var column : along.places(x)) {
              long input = (row[0] * along.n + column[0]) * channels + c;
              terms.add(new Term(output, (int) input, -1, share));
            }
          }
        }
      }
    }
    return terms;
  }

  private static void maxima(String what, Network network, Axis down, Axis along, boolean ceil) {
    int channels = network.input().channels();
    float[] values = Rig.random(1, network.input().elements(), 1, 3)[0];
    var terms = new ArrayList<Term>();
    for (int y = 0, output = 0; y < down.outputs(ceil); y++) {
      for (int x = 0; x < along.outputs(ceil); x++) {
        for (int c = 0; c < channels; c++, output++) {
          int best = -1;
          for (var row : down.places(y)) {
            for (var column : along.places(x)) {
              int input = (int) ((row[0] * along.n + column[0]) * channels + c);
              best = best < 0 || values[input] > values[best] ? input : best;
            }
          }
          terms.add(new Term(output, best, -1, 1));
        }
      }
    }
    sums(what, network, terms);
  }

  @Test
  void subsamples() {
    var draw = new Draw(new SplittableRandom(7));
    for (int i = 0; i < 400; i++) {
      var in = draw.image();
      int stride = draw.any(1, 2, 3);
      int channels = draw.any(in.channels(), in.channels() == MAX ? MAX : in.channels() + 1, 6);
      String what = "case %d: %s: subsample %d, %d".formatted(i, in, stride, channels);
      Supplier<Layer> make = () -> subsample(stride, channels);
      if (stride < 1 || channels < in.channels()) {
        refused(what, in, make);
        continue;
      }
      int height = Math.ceilDiv(in.height(), stride);
      int width = Math.ceilDiv(in.width(), stride);
      if (!makes(height, width, channels)) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image(height, width, channels));
      if (isSmall(network)) {
        var terms = new ArrayList<Term>();
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            for (int c = 0; c < in.channels(); c++) {
              int output = (y * width + x) * channels + (channels - in.channels()) / 2 + c;
              long input = ((long) y * stride * in.width() + (long) x * stride) * in.channels() + c;
              terms.add(new Term(output, (int) input, -1, 1));
            }
          }
        }
        sums(what, network, terms);
      }
    }
  }

  @Test
  void adaptiveAverages() {
    var draw = new Draw(new SplittableRandom(8));
    for (int i = 0; i < 400; i++) {
      var in = draw.image();
      var size = draw.size(1, 2, 3);
      String what = "case %d: %s: adaptive avgpool to %s".formatted(i, in, size);
      Supplier<Layer> make = () -> new AdaptiveAvgPool(size);
      if (!atLeast(1, size) || !makes(size.height(), size.width(), in.channels())) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image(size.height(), size.width(), in.channels()));
      if (isSmall(network)) {
        var terms = new ArrayList<Term>();
        for (int y = 0, output = 0; y < size.height(); y++) {
          for (int x = 0; x < size.width(); x++) {
            for (int c = 0; c < in.channels(); c++, output++) {
              long top = (long) y * in.height() / size.height();
              long bottom = Math.ceilDiv((y + 1L) * in.height(), (long) size.height());
              long left = (long) x * in.width() / size.width();
              long right = Math.ceilDiv((x + 1L) * in.width(), (long) size.width());
              double share = 1.0 / ((bottom - top) * (right - left));
              for (long row = top; row < bottom; row++) {
                for (long column = left; column < right; column++) {
                  long input = (row * in.width() + column) * in.channels() + c;
                  terms.add(new Term(output, (int) input, -1, share));
                }
              }
            }
          }
        }
        sums(what, network, terms);
      }
    }
  }

  @Test
  void pads() {
    var draw = new Draw(new SplittableRandom(10));
    for (int i = 0; i < 600; i++) {
      var in = draw.image();
      int left = draw.any(0, 1, 2);
      int right = draw.any(0, 1, 2);
      int top = draw.any(0, 1, 2);
      int bottom = draw.any(0, 1, 2);
      var edge = Pad.Edge.values()[draw.random.nextInt(3)];
      String what =
          "case %d: %s: pad %d, %d, %d, %d, %s".formatted(i, in, left, right, top, bottom, edge);
      Supplier<Layer> make = () -> new Pad(left, right, top, bottom, edge);
      long height = (long) in.height() + top + bottom;
      long width = (long) in.width() + left + right;
      boolean mirrors =
          edge != Pad.Edge.REFLECT
              || (Math.max(left, right) < in.width() && Math.max(top, bottom) < in.height());
      if (left < 0
          || right < 0
          || top < 0
          || bottom < 0
          || !mirrors
          || !makes(height, width, in.channels())) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image((int) height, (int) width, in.channels()));
      if (isSmall(network)) {
        var terms = new ArrayList<Term>();
        for (int y = 0, output = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            int row = source(y - top, in.height(), edge);
            int column = source(x - left, in.width(), edge);
            for (int c = 0; c < in.channels(); c++, output++) {
              if (row >= 0 && column >= 0) {
                terms.add(new Term(output, (row * in.width() + column) * in.channels() + c, -1, 1));
              }
            }
          }
        }
        sums(what, network, terms);
      }
    }
  }

  private static int source(int at, int n, Pad.Edge edge) {
    if (at >= 0 && at < n) {
      return at;
    }
    return switch (edge) {
      case ZERO -> -1;
      case REFLECT -> at < 0 ? -at : n - 2 - (at - n);
      case REPLICATE -> at < 0 ? 0 : n - 1;
    };
  }

  @Test
  void cropsAndSlices() {
    var draw = new Draw(new SplittableRandom(11));
    for (int i = 0; i < 600; i++) {
      var in = draw.image();
      int top = draw.any(0, 1, 2);
      int left = draw.any(0, 1);
      int height = draw.any(1, 2, 3);
      int width = draw.any(1, 2, 3);
      String what = "case %d: %s: crop %d, %d, %d, %d".formatted(i, in, top, left, height, width);
      Supplier<Layer> crop = () -> crop(top, left, height, width);
      boolean lies =
          Math.min(top, left) >= 0
              && Math.min(height, width) >= 1
              && (long) top + height <= in.height()
              && (long) left + width <= in.width();
      if (!lies) {
        refused(what, in, crop);
      } else {
        var network = made(what, in, crop, Shape.image(height, width, in.channels()));
        if (isSmall(network)) {
          var terms = new ArrayList<Term>();
          for (int output = 0; output < height * width * in.channels(); output++) {
            int pixel = output / in.channels();
            int row = top + pixel / width;
            int column = left + pixel % width;
            int input = (row * in.width() + column) * in.channels() + output % in.channels();
            terms.add(new Term(output, input, -1, 1));
          }
          sums(what, network, terms);
        }
      }
      String slice = "case %d: %s: slice %d to %d".formatted(i, in, top, height);
      if (top < 0 || top >= height || height > in.channels()) {
        refused(slice, in, () -> slice(top, height));
      } else {
        made(
            slice,
            in,
            () -> slice(top, height),
            Shape.image(in.height(), in.width(), height - top));
      }
    }
  }

  @Test
  void upsamplings() {
    var draw = new Draw(new SplittableRandom(12));
    for (int i = 0; i < 400; i++) {
      var in = draw.image();
      var size = draw.size(1, 2, 3, 5, 8);
      boolean nearest = draw.coin();
      String what = "case %d: %s: upsample to %s, nearest %s".formatted(i, in, size, nearest);
      Supplier<Layer> make =
          () ->
              new Upsample(
                  size, 1, nearest ? Upsample.Mode.NEAREST : Upsample.Mode.BILINEAR, false);
      if (!atLeast(1, size) || !makes(size.height(), size.width(), in.channels())) {
        refused(what, in, make);
        continue;
      }
      var network = made(what, in, make, Shape.image(size.height(), size.width(), in.channels()));
      if (isSmall(network)) {
        var terms = new ArrayList<Term>();
        for (int y = 0, output = 0; y < size.height(); y++) {
          for (int x = 0; x < size.width(); x++) {
            for (int c = 0; c < in.channels(); c++, output++) {
              for (var row : shares(y, in.height(), size.height(), nearest)) {
                for (var column : shares(x, in.width(), size.width(), nearest)) {
                  int input = ((int) row[0] * in.width() + (int) column[0]) * in.channels() + c;
                  terms.add(new Term(output, input, -1, row[1] * column[1]));
                }
              }
            }
          }
        }
        sums(what, network, terms);
      }
      double factor = new double[] {0, -1, Double.NaN, 1e-9, 1e9, 1e300, 0.5, 2, 3}[i % 9];
      double high = Math.floor(in.height() * factor);
      double wide = Math.floor(in.width() * factor);
      String by = "case %d: %s: upsample by %s".formatted(i, in, factor);
      if (high >= 1 && wide >= 1 && high * wide * in.channels() <= MAX) {
        made(by, in, () -> upsample(factor), Shape.image((int) high, (int) wide, in.channels()));
      } else {
        refused(by, in, () -> upsample(factor));
      }
    }
  }

  /** Places of the input and their shares. */
  private static List<double[]> shares(int i, int n, int outputs, boolean nearest) {
    if (nearest) {
      long whole = (long) i * n / outputs;
      return List.of(new double[] {whole, 1});
    }
    double place = Math.max((i + 0.5) * n / outputs - 0.5, 0);
    double first = Math.min(Math.floor(place), n - 1);
    double share = first == n - 1 ? 0 : place - first;
    return List.of(
        new double[] {first, 1 - share}, new double[] {Math.min(first + 1, n - 1), share});
  }

  @Test
  void reshapes() {
    for (int size : withSmall()) {
      for (var in : List.of(Shape.of(6), Shape.image(1, 2, 3), Shape.image(1, 1, 1 << 30))) {
        String what = "%s: reshape to %d".formatted(in, size);
        if (size == in.elements()) {
          made(what, in, () -> reshape(size), Shape.of(size));
        } else {
          refused(what, in, () -> reshape(size));
        }
      }
    }
  }

  @Test
  void partsAndGroupsOfChannels() {
    for (int part : withSmall()) {
      for (int parts : withSmall()) {
        for (int channels : new int[] {1, 4, 6, 1 << 30}) {
          var in = Shape.image(1, 1, channels);
          String what = "%s: part %d of %d".formatted(in, part, parts);
          Supplier<Layer> make = () -> channelSplit(part, parts);
          if (part < 0 || part >= parts || channels % parts != 0) {
            refused(what, in, make);
          } else {
            var network = made(what, in, make, Shape.image(1, 1, channels / parts));
            if (isSmall(network)) {
              var terms = new ArrayList<Term>();
              for (int c = 0; c < channels / parts; c++) {
                terms.add(new Term(c, part * (channels / parts) + c, -1, 1));
              }
              sums(what, network, terms);
            }
          }
        }
      }
    }
    for (int groups : withSmall()) {
      for (int channels : new int[] {1, 4, 6, 1 << 30}) {
        var in = Shape.image(1, 1, channels);
        String what = "%s: shuffle %d".formatted(in, groups);
        if (groups < 1 || channels % groups != 0) {
          refused(what, in, () -> channelShuffle(groups));
          refused(what, in, () -> groupNorm(groups));
        } else {
          made(what, in, () -> channelShuffle(groups), in);
          made(what, in, () -> groupNorm(groups).noAffine(), in);
        }
      }
    }
  }

  @Test
  void denseLayers() {
    for (int units : withSmall()) {
      for (int inputs : new int[] {1, 3, 1 << 16, 1 << 30, MAX}) {
        var in = Shape.of(inputs);
        String what = "%s: dense %d".formatted(in, units);
        boolean legal = units >= 1 && (long) units * inputs + units < MAX - 200;
        if (!legal) {
          refused(what, in, () -> dense(units));
          continue;
        }
        var network = made(what, in, () -> dense(units), Shape.of(units));
        if (isSmall(network) && (long) units * inputs <= SMALL) {
          var terms = new ArrayList<Term>();
          for (int u = 0; u < units; u++) {
            for (int j = 0; j < inputs; j++) {
              terms.add(new Term(u, j, u * inputs + j, 1));
            }
          }
          sums(what, network, terms);
        }
      }
    }
  }

  @Test
  void localResponseNorms() {
    var in = Shape.image(2, 1, 5);
    for (int size : withSmall()) {
      String what = "lrn of " + size;
      if (size < 1) {
        refused(what, in, () -> localResponseNorm(size));
        continue;
      }
      var network = made(what, in, () -> new LocalResponseNorm(size, 0.5f, 0.75f, 1), in);
      float[] x = Rig.random(1, 10, 1, 3)[0];
      var expected = new double[10];
      for (int i = 0; i < 10; i++) {
        double sum = 0;
        long first = i % 5 - size / 2L;
        for (long c = Math.max(first, 0); c < Math.min(first + size, 5); c++) {
          double value = x[i / 5 * 5 + (int) c];
          sum += value * value;
        }
        expected[i] = x[i] * Math.pow(1 + 0.5 / size * sum, -0.75);
      }
      for (var engine : ENGINES) {
        var graph = network.graph();
        var rig =
            new Rig(
                graph,
                Weights.empty(graph),
                engine,
                1,
                1,
                Purpose.inference().withAllOutputs().withInputGradient());
        equal(what, new double[][] {expected}, rig.forward(new float[][] {x}).get(Graph.OUTPUT));
      }
    }
  }

  @Test
  void joinsOfMoreChannelsThanThereAre() {
    refused(
        "branches",
        Shape.image(1, 1, 1),
        () -> branches(subsample(1, 1 << 30), subsample(1, 1 << 30)));
    refused("branches", Shape.image(1, 1, 1), () -> branches(subsample(1, MAX), subsample(1, MAX)));
    refused(
        "branches of images",
        Shape.image(20_000, 20_000, 1),
        () -> branches(identity(), identity(), identity(), identity(), identity(), identity()));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, -1, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY})
  void numbersThatAreNone(float value) {
    var in = Shape.image(2, 2, 2);
    refused("eps", in, () -> new BatchNorm(value, 0.1f));
    refused("momentum", in, () -> new BatchNorm(1e-5f, value));
    refused("eps", in, () -> new InstanceNorm(value, true));
    refused("eps", in, () -> new GroupNorm(1, value, true));
    refused("eps", in, () -> new LayerNorm(false, value, true));
    refused("alpha", in, () -> new LocalResponseNorm(5, value, 0.75f, 1));
    refused("beta", in, () -> new LocalResponseNorm(5, 1e-4f, value, 1));
    refused("k", in, () -> new LocalResponseNorm(5, 1e-4f, 0.75f, value));
    refused("dropout", in, () -> dropout(value));
    refused("stochastic depth", in, () -> stochasticDepth(value));
    refused("slope", in, () -> leakyRelu(value));
    refused("alpha", in, () -> elu(value));
    refused("beta", in, () -> softplus(value, 20));
    if (value != -1) {
      refused("first slope", in, () -> new Prelu(false, value));
    }
    if (value != Float.POSITIVE_INFINITY) {
      refused("ceiling", in, () -> new Relu(value));
    }
  }

  @Test
  void batchesThatNoArrayHolds() {
    var graph = Network.of(Shape.image(3, 3, 2), conv(4, 3)).graph();
    var weights = Weights.empty(graph);
    for (var purpose : List.of(Purpose.inference().withAllOutputs(), Purpose.training())) {
      for (int batch : new int[] {Integer.MIN_VALUE, -1, 0, 1 << 28, MAX - 1, MAX}) {
        var e =
            assertThrows(
                IllegalArgumentException.class,
                () -> ENGINES.getFirst().plan(graph, weights, batch, purpose),
                "batch " + batch);
        assertTrue(e.getMessage().contains(Integer.toString(batch)), e.getMessage());
      }
    }
  }

  static List<int[]> sizes() {
    return List.of(
        new int[] {0}, new int[] {-1, 3}, new int[] {MAX, 2}, new int[] {65_536, 65_536, 65_536});
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void shapesThatAreNone(int[] sizes) {
    var e = assertThrows(IllegalArgumentException.class, () -> Shape.of(sizes));
    assertTrue(e.getMessage().contains(Integer.toString(sizes[0])), e.getMessage());
  }

  @Test
  void aSingleNumberIsNoInput() {
    for (var layer : List.of(relu(), softmax(), batchNorm(), dense(2), conv(1, 1), dropout(0.1))) {
      var e =
          assertThrows(IllegalArgumentException.class, () -> Network.of(Shape.of(), (Layer) layer));
      assertTrue(e.getMessage().contains("a single number"), e.getMessage());
    }
  }

  private static int[] withSmall() {
    var all = Arrays.copyOf(EXTREME, EXTREME.length + 3);
    System.arraycopy(new int[] {1, 2, 3}, 0, all, EXTREME.length, 3);
    return all;
  }

  private static boolean atLeast(int least, Size... sizes) {
    return Arrays.stream(sizes).allMatch(s -> s.height() >= least && s.width() >= least);
  }

  private static boolean isSmall(Network network) {
    return network.input().elements() <= SMALL && network.output().elements() <= SMALL;
  }

  private static void refused(String what, Shape in, Supplier<Layer> make) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Network.of(in, make.get()).parameters(), what);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.matches(".*(\\d|NaN|Infinity).*"), what + ": " + message);
    assertFalse(message.contains("\n") || message.length() > 250, what + ": " + message);
  }

  private static Network made(String what, Shape in, Supplier<Layer> make, Shape expected) {
    Network network;
    try {
      network = Network.of(in, make.get());
    } catch (IllegalArgumentException e) {
      throw new AssertionError(what, e);
    }
    assertEquals(expected, network.output(), what);
    return network;
  }

  private static void sums(String what, Network network, List<Term> terms) {
    sums(what, network, terms, 1);
  }

  /** Compares a layer with sums of products: its output, and what backward makes of a gradient. */
  private static void sums(String what, Network network, List<Term> terms, int samples) {
    var graph = network.graph();
    var weights = Rig.randomWeights(graph, 1);
    var entries = weights.table().weights();
    float[][] x = Rig.random(samples, network.input().elements(), 1, 3);
    float[][] dy = Rig.random(samples, network.output().elements(), 1, 4);
    float[] w = entries.isEmpty() ? new float[0] : weights.read(entries.getFirst());
    var y = new double[samples][dy[0].length];
    var dx = new double[samples][x[0].length];
    var dw = new double[w.length];
    for (int n = 0; n < samples; n++) {
      if (!entries.isEmpty()) {
        float[] bias = weights.read(entries.getLast());
        for (int i = 0; i < y[n].length; i++) {
          y[n][i] = bias[i % bias.length];
        }
      }
      for (var term : terms) {
        double weight = term.factor * (term.weight < 0 ? 1 : w[term.weight]);
        y[n][term.output] += weight * x[n][term.input];
        dx[n][term.input] += weight * dy[n][term.output];
        if (term.weight >= 0) {
          dw[term.weight] += (double) x[n][term.input] * dy[n][term.output];
        }
      }
    }
    for (var engine : ENGINES) {
      var purpose =
          Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
      var rig = new Rig(graph, weights, engine, samples, samples, purpose);
      equal(what, y, rig.forward(x).get(Graph.OUTPUT));
      rig.backward(Map.of(Graph.OUTPUT, dy));
      equal(what + ", inputs' gradient", dx, rig.inputGradient());
      if (!entries.isEmpty()) {
        var gradient = new float[][] {rig.gradient(entries.getFirst())};
        equal(what + ", weights' gradient", new double[][] {dw}, gradient);
      }
      var predicted = new Rig(graph, weights, engine, samples, samples, Purpose.inference());
      equal(what + ", predicted", y, predicted.forward(x).get(Graph.OUTPUT));
    }
  }

  private static void equal(String what, double[][] expected, float[][] found) {
    double most = 1;
    for (double[] row : expected) {
      for (double value : row) {
        most = Math.max(most, Math.abs(value));
      }
    }
    for (int n = 0; n < expected.length; n++) {
      assertEquals(expected[n].length, found[n].length, what);
      for (int i = 0; i < expected[n].length; i++) {
        assertEquals(expected[n][i], found[n][i], 1e-4 * most, what);
      }
    }
  }
}
