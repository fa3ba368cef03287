package stride.kernel.vector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import stride.kernel.ConvGeometry;
import stride.kernel.Kernels;

/**
 * A direct convolution of one image, forward or back: output pixel (r, c) of a grid sums, over
 * taps, the source pixel (r rowStep + tap.row, c columnStep + tap.column), zero outside of the
 * source, times the tap's matrix (depth, width), group by group.
 *
 * <p>The input gradient of a convolution with stride s is s x s such grids, one a phase of the
 * input's rows and columns: input row y meets tap i only where y + padding - i dilation is a
 * multiple of s.
 *
 * @param depth source channels of a group
 * @param width output channels of a group
 * @param height rows of the output grid
 * @param columns columns of the output grid
 * @param taps in the order of the source's rows and columns
 * @param target the places of the grid's pixels in the output image
 * @param weights the places of the taps' matrices among the convolution's weights
 * @param sourcePitch floats from a source pixel to the next one, at least its channels
 * @param targetPitch floats from an output pixel to the next one, at least its channels
 */
public record Sweep(
    int sourceHeight,
    int sourceWidth,
    int groups,
    int depth,
    int width,
    int height,
    int columns,
    int rowStep,
    int columnStep,
    List<Tap> taps,
    Target target,
    WeightOrder weights,
    int sourcePitch,
    int targetPitch) {

  /** One tap: where it reads, and its number in the filter, row by row. */
  public record Tap(int row, int column, int number) {}

  /**
   * The places of a grid's pixels in the output image: pixel (r, c) in row {@code row + r rowStep}
   * and column {@code column + c columnStep}.
   *
   * @param height rows of the output image
   * @param width columns of the output image
   */
  public record Target(int height, int width, int row, int rowStep, int column, int columnStep) {}

  /**
   * The place of the weight of a tap's source channel i and output channel j: {@code tap * tapStep
   * + i * depthStep + j * widthStep}.
   *
   * @param groupStep from a group's weights to the next one's
   */
  public record WeightOrder(int tapStep, int depthStep, int widthStep, int groupStep) {}

  /** Returns the forward pass over pixels that follow each other without a gap. */
  static Sweep forward(ConvGeometry g) {
    return forward(g, 0, 0);
  }

  /** Returns the forward pass over pixels with the usage's gaps between them. */
  static Sweep forward(ConvGeometry g, Kernels.Usage usage) {
    return forward(g, usage.inPitch(), usage.outPitch());
  }

  private static Sweep forward(ConvGeometry g, int inPitch, int outPitch) {
    var taps = new ArrayList<Tap>();
    for (int i = 0; i < g.kernelHeight(); i++) {
      for (int j = 0; j < g.kernelWidth(); j++) {
        taps.add(
            new Tap(
                i * g.dilationHeight() - g.padTop(),
                j * g.dilationWidth() - g.padLeft(),
                i * g.kernelWidth() + j));
      }
    }
    return new Sweep(
        g.inHeight(),
        g.inWidth(),
        g.groups(),
        g.groupInChannels(),
        g.groupOutChannels(),
        g.outHeight(),
        g.outWidth(),
        g.strideHeight(),
        g.strideWidth(),
        taps,
        new Target(g.outHeight(), g.outWidth(), 0, 1, 0, 1),
        new WeightOrder(
            g.groupInChannels() * g.outChannels(), g.outChannels(), 1, g.groupOutChannels()),
        inPitch == 0 ? g.inChannels() : inPitch,
        outPitch == 0 ? g.outChannels() : outPitch);
  }

  /** Returns the input gradient: one sweep a phase. */
  static List<Sweep> inputGradient(ConvGeometry g) {
    var sweeps = new ArrayList<Sweep>();
    for (int row = 0; row < Math.min(g.strideHeight(), g.inHeight()); row++) {
      for (int column = 0; column < Math.min(g.strideWidth(), g.inWidth()); column++) {
        sweeps.add(phase(g, row, column));
      }
    }
    return sweeps;
  }

  private static Sweep phase(ConvGeometry g, int row, int column) {
    var taps = new ArrayList<Tap>();
    for (int i = 0; i < g.kernelHeight(); i++) {
      for (int j = 0; j < g.kernelWidth(); j++) {
        int y = row + g.padTop() - i * g.dilationHeight();
        int x = column + g.padLeft() - j * g.dilationWidth();
        if (y % g.strideHeight() == 0 && x % g.strideWidth() == 0) {
          taps.add(new Tap(y / g.strideHeight(), x / g.strideWidth(), i * g.kernelWidth() + j));
        }
      }
    }
    taps.sort(Comparator.comparingInt(Tap::row).thenComparingInt(Tap::column));
    return new Sweep(
        g.outHeight(),
        g.outWidth(),
        g.groups(),
        g.groupOutChannels(),
        g.groupInChannels(),
        Math.ceilDiv(g.inHeight() - row, g.strideHeight()),
        Math.ceilDiv(g.inWidth() - column, g.strideWidth()),
        1,
        1,
        taps,
        new Target(g.inHeight(), g.inWidth(), row, g.strideHeight(), column, g.strideWidth()),
        new WeightOrder(
            g.groupInChannels() * g.outChannels(), 1, g.outChannels(), g.groupOutChannels()),
        g.outChannels(),
        g.inChannels());
  }

  /** Returns the same sweep of the channels in another number of groups. */
  public Sweep regrouped(int groups, WeightOrder weights) {
    return new Sweep(
        sourceHeight,
        sourceWidth,
        groups,
        sourceChannels() / groups,
        targetChannels() / groups,
        height,
        columns,
        rowStep,
        columnStep,
        taps,
        target,
        weights,
        sourcePitch,
        targetPitch);
  }

  /** Channels of a source pixel. */
  public int sourceChannels() {
    return groups * depth;
  }

  /** Channels of an output pixel. */
  public int targetChannels() {
    return groups * width;
  }

  /** {@return the floats from a source image to the next one} */
  public int sourceFloats() {
    return sourceHeight * sourceWidth * sourcePitch;
  }

  /** {@return the floats from an output image to the next one} */
  public int targetFloats() {
    return target.height * target.width * targetPitch;
  }

  /**
   * {@return whether every output pixel is made of the source pixel at its own place, so that the
   * pixels of all images are one long row}
   */
  public boolean isPointwise() {
    return taps.size() == 1
        && taps.getFirst().row == 0
        && taps.getFirst().column == 0
        && rowStep == 1
        && columnStep == 1
        && height == sourceHeight
        && columns == sourceWidth
        && height == target.height
        && columns == target.width
        && target.columnStep == 1;
  }

  /** Returns the multiply-adds of one output pixel, all groups. */
  long pixelWork() {
    return (long) taps.size() * depth * width * groups;
  }

  /** {@return whether the taps are a rectangle of neighbouring columns, row by row} */
  public boolean hasFullRows() {
    var reach = reach();
    boolean full = taps.size() % reach.columns() == 0;
    for (int t = 0; t < taps.size() && full; t++) {
      full = taps.get(t).column() == reach.column() + t % reach.columns();
    }
    return full;
  }

  /** {@return the range that the taps reach, computed at every call: kernels keep the result} */
  public Reach reach() {
    int top = taps.stream().mapToInt(Tap::row).min().orElse(0);
    int left = taps.stream().mapToInt(Tap::column).min().orElse(0);
    int bottom = taps.stream().mapToInt(Tap::row).max().orElse(0);
    int right = taps.stream().mapToInt(Tap::column).max().orElse(0);
    return new Reach(top, left, bottom - top + 1, right - left + 1);
  }

  /**
   * The source pixels between the outermost taps of an output pixel.
   *
   * @param row offset of the first row
   * @param column offset of the first column
   */
  public record Reach(int row, int column, int rows, int columns) {}
}
