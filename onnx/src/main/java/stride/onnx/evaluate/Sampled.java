package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.tensor.OnnxTensor;

/**
 * Windows apart from convolution's own: Col2Im, which adds up columns of windows to an image
 * (PyTorch's Fold), and DeformConv, whose windows read between the pixels (Dai et al. 2017,
 * "Deformable Convolutional Networks"; with a mask Zhu et al. 2018).
 */
final class Sampled implements Family {
  @Override
  public String operators() {
    return """
    Col2Im 18
    DeformConv 19 22
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(call.operator().equals("Col2Im") ? image(call) : deformed(call));
  }

  private static OnnxTensor image(Call call) {
    OnnxTensor columns = call.input(0);
    int[] image = Places.dimensions(call.input(1).longs());
    int[] block = Places.dimensions(call.input(2).longs());
    if (columns.rank() != 3 || image.length != block.length) {
      throw new IllegalArgumentException(
          "it needs columns (N, C x block, L), and as many sizes of the image as of a block");
    }
    var windows = Windows.of(image, block, call.attributes());
    int window = OnnxTensor.size(block);
    int count = OnnxTensor.size(windows.out());
    int channels = window == 0 ? 0 : columns.dimension(1) / window;
    if (channels * window != columns.dimension(1) || count != columns.dimension(2)) {
      throw new IllegalArgumentException(
          "blocks of %d numbers at %d places do not fit %s".formatted(window, count, columns));
    }
    OnnxTensor y =
        OnnxTensor.zeros(columns.type(), Windows.shape(columns.dimension(0), channels, image));
    int plane = OnnxTensor.size(image);
    var sums = new double[y.size()];
    for (int i = 0; i < columns.size(); i++) {
      int place = place(windows, i % count, i / count % window);
      if (place >= 0) {
        sums[i / count / window * plane + place] += columns.real(i);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      y.put(i, sums[i]);
    }
    return y;
  }

  /** Where an element of a window lies in the image; -1 beside it. */
  private static int place(Windows windows, int window, int element) {
    int place = 0;
    int stride = 1;
    for (int d = windows.in().length - 1; d >= 0; d--) {
      int at =
          window % windows.out()[d] * windows.strides()[d]
              + element % windows.kernel()[d] * windows.dilations()[d]
              - windows.before()[d];
      window /= windows.out()[d];
      element /= windows.kernel()[d];
      if (at < 0 || at >= windows.in()[d]) {
        return -1;
      }
      place += at * stride;
      stride *= windows.in()[d];
    }
    return place;
  }

  private static OnnxTensor deformed(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor w = call.input(1);
    OnnxTensor offset = call.input(2);
    OnnxTensor bias = call.optional(3);
    OnnxTensor mask = call.optional(4);
    int groups = call.attributes().small("group", 1);
    int deformations = call.attributes().small("offset_group", 1);
    if (x.rank() != 4 || w.rank() != 4) {
      throw new IllegalArgumentException("it deforms windows over images (N, C, H, W) only");
    }
    Convolutions.requireKernel(call.attributes(), w);
    Convolutions.requireChannels(x, w, groups);
    var windows =
        Windows.of(Windows.spatial(x.shape()), Windows.spatial(w.shape()), call.attributes());
    int taps = windows.kernel()[0] * windows.kernel()[1];
    int places = windows.out()[0] * windows.out()[1];
    int channels = x.dimension(1);
    int batch = x.dimension(0);
    require(deformations >= 1 && channels % deformations == 0, "offset_group", deformations);
    require(offset.size() == batch * deformations * taps * 2 * places, "offset", offset);
    require(mask == null || mask.size() == batch * deformations * taps * places, "mask", mask);
    require(bias == null || bias.size() == w.dimension(0), "bias", bias);
    var read = new double[channels * taps * places];
    int filters = w.dimension(0);
    int depth = w.dimension(1);
    OnnxTensor y = OnnxTensor.zeros(x.type(), Windows.shape(batch, filters, windows.out()));
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < read.length; i++) {
        read[i] = sample(x, offset, mask, windows, n, i, channels / deformations);
      }
      for (int f = 0; f < filters; f++) {
        int first = f / (filters / groups) * depth * taps;
        for (int p = 0; p < places; p++) {
          double sum = bias == null ? 0 : bias.real(f);
          for (int k = 0; k < depth * taps; k++) {
            sum += w.real(f * depth * taps + k) * read[(first + k) * places + p];
          }
          y.put((n * filters + f) * places + p, sum);
        }
      }
    }
    return y;
  }

  private static void require(boolean fits, String what, @Nullable Object found) {
    if (!fits) {
      throw new IllegalArgumentException("its %s does not fit, found %s".formatted(what, found));
    }
  }

  /** What the element {@code index} of (channel, tap, place) reads, by its offset and mask. */
  private static double sample(
      OnnxTensor x,
      OnnxTensor offset,
      @Nullable OnnxTensor mask,
      Windows windows,
      int n,
      int index,
      int together) {
    int width = windows.out()[1];
    int places = windows.out()[0] * width;
    int taps = windows.kernel()[0] * windows.kernel()[1];
    int p = index % places;
    int tap = index / places % taps;
    int channel = index / places / taps;
    int own = ((n * (x.dimension(1) / together) + channel / together) * taps + tap) * places;
    int column = tap % windows.kernel()[1];
    int row = tap / windows.kernel()[1];
    double h =
        p / width * windows.strides()[0]
            + row * windows.dilations()[0]
            - windows.before()[0]
            + offset.real(2 * own + p);
    double w =
        p % width * windows.strides()[1]
            + column * windows.dilations()[1]
            - windows.before()[1]
            + offset.real(2 * own + places + p);
    double value = between(x, n * x.dimension(1) + channel, h, w);
    return mask == null ? value : value * mask.real(own + p);
  }

  /** A plane's value at a place between pixels; beside the plane all is 0. */
  private static double between(OnnxTensor x, int plane, double h, double w) {
    double top = Math.floor(h);
    double left = Math.floor(w);
    double sum = 0;
    for (double row = top; row <= top + 1; row++) {
      for (double column = left; column <= left + 1; column++) {
        if (row >= 0 && column >= 0 && row < x.dimension(2) && column < x.dimension(3)) {
          double weight = (1 - Math.abs(h - row)) * (1 - Math.abs(w - column));
          int place = (plane * x.dimension(2) + (int) row) * x.dimension(3) + (int) column;
          sum += weight * x.real(place);
        }
      }
    }
    return sum;
  }
}
