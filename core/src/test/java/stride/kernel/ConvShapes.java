package stride.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Convolution geometries that kernels stumble over. */
final class ConvShapes {
  private int height;
  private int width;
  private int in;
  private int out;
  private int kernelHeight = 1;
  private int kernelWidth = 1;
  private int strideHeight = 1;
  private int strideWidth = 1;
  private int padTop;
  private int padLeft;
  private int padBottom;
  private int padRight;
  private int dilationHeight = 1;
  private int dilationWidth = 1;
  private int groups = 1;

  private ConvShapes() {}

  /** The shapes by name. */
  static Stream<Named<ConvGeometry>> all() {
    var shapes = new ArrayList<ConvGeometry>();
    int[] odd = {1, 3, 7, 13, 17, 33};
    for (int i = 0; i < odd.length; i++) {
      for (int j = i % 2; j < odd.length; j += 2) {
        shapes.add(conv(4, 5, odd[i], odd[j]).kernel(3, 3).pad(1).geometry());
      }
      shapes.add(conv(6, 7, odd[i], odd[5 - i]).geometry());
    }
    int[][] images = {{1, 1}, {1, 2}, {2, 1}, {1, 57}, {57, 1}, {3, 31}, {14, 14}, {29, 15}};
    for (int[] image : images) {
      shapes.add(conv(image[0], image[1], 3, 7).kernel(3, 3).pad(1).geometry());
      shapes.add(conv(image[0], image[1], 7, 3).geometry());
    }
    // pixels that are read where they lie: tiles that overlap, the last group of pixels, and what a
    // first-level cache would not keep
    int[][] pointwise = {
      {1, 7, 16, 5},
      {1, 8, 8, 33},
      {3, 3, 24, 40},
      {1, 13, 40, 17},
      {2, 7, 72, 6},
      {3, 5, 32, 16},
      {4, 4, 16, 70},
      {1, 113, 48, 20},
      {7, 17, 8, 8},
      {5, 25, 104, 9},
      {3, 39, 64, 48},
      {3, 7, 1024, 5}
    };
    for (int[] shape : pointwise) {
      shapes.add(conv(shape[0], shape[1], shape[2], shape[3]).geometry());
    }
    // filter rows that are runs of 8, 9, 16 and 21 values
    int[] widths = {8, 9, 13, 14, 16, 20, 115, 121};
    for (int width : widths) {
      shapes.add(conv(5, width, 3, 20).kernel(3, 3).pad(1).geometry());
      shapes.add(conv(17, 2 * width, 3, 34).kernel(3, 3).stride(2, 2).pad(1, 0, 0, 1).geometry());
    }
    shapes.addAll(
        List.of(
            conv(20, 33, 3, 18).kernel(7, 7).stride(2, 2).pad(3).geometry(),
            conv(9, 17, 3, 40).kernel(7, 7).dilation(2, 1).pad(6, 5).geometry(),
            // weights that are fetched ahead, of an odd number of rows
            conv(3, 9, 3, 112).kernel(7, 7).pad(3).geometry(),
            conv(3, 9, 3, 128).kernel(7, 7).pad(3).geometry(),
            conv(3, 9, 3, 136).kernel(7, 7).pad(3).geometry(),
            conv(2, 9, 24, 690).geometry(),
            conv(8, 20, 4, 17).kernel(2, 2).stride(1, 2).geometry(),
            conv(7, 15, 4, 33).kernel(3, 4).pad(3).geometry(),
            conv(6, 12, 16, 9).kernel(3, 1).pad(4, 2).geometry(),
            conv(3, 30, 9, 12).kernel(3, 1).stride(3, 3).pad(2, 1).geometry(),
            conv(2, 9, 7, 33).kernel(1, 3).pad(1).geometry()));
    shapes.addAll(
        List.of(
            conv(57, 31, 3, 5).kernel(3, 3).pad(1).geometry(),
            // LeNet-5's
            conv(28, 28, 1, 6).kernel(5, 5).pad(2).geometry(),
            conv(14, 14, 6, 16).kernel(5, 5).geometry(),
            conv(5, 5, 16, 120).kernel(5, 5).geometry(),
            // the first layers of AlexNet and ResNet, smaller
            conv(47, 35, 3, 18).kernel(11, 11).stride(4, 4).pad(2).geometry(),
            conv(30, 21, 3, 33).kernel(7, 7).stride(2, 2).pad(3).geometry(),
            conv(9, 9, 5, 7).kernel(5, 5).pad(2).geometry(),
            conv(9, 12, 7, 13).kernel(1, 7).pad(0, 3).geometry(),
            conv(12, 9, 13, 7).kernel(7, 1).pad(3, 0).geometry(),
            conv(8, 9, 5, 3).kernel(2, 3).geometry(),
            conv(11, 13, 7, 5).kernel(3, 3).stride(2, 2).pad(1).geometry(),
            conv(10, 12, 7, 5).kernel(3, 3).stride(3, 3).geometry(),
            conv(12, 11, 17, 5).stride(2, 2).geometry(),
            conv(11, 9, 3, 17).kernel(3, 2).stride(1, 2).pad(1).geometry(),
            conv(9, 11, 3, 17).kernel(2, 3).stride(3, 1).pad(1).geometry(),
            // a stride beyond the kernel: some inputs are never read
            conv(13, 14, 3, 7).kernel(2, 2).stride(5, 4).geometry(),
            conv(12, 13, 7, 5).kernel(3, 3).dilation(2, 2).pad(2).geometry(),
            conv(15, 14, 3, 13).kernel(3, 3).dilation(3, 2).stride(2, 1).pad(3).geometry(),
            conv(9, 14, 3, 5).kernel(2, 4).dilation(1, 3).pad(1).geometry(),
            // padding on one side only, as "same" convolutions with strides have it
            conv(8, 8, 3, 5).kernel(3, 3).stride(2, 2).pad(0, 0, 1, 1).geometry(),
            conv(7, 6, 5, 7).kernel(2, 2).pad(1, 0, 0, 1).geometry(),
            // patches that lie wholly in the padding
            conv(3, 4, 3, 5).kernel(2, 2).pad(4).geometry(),
            conv(2, 1, 5, 3).kernel(3, 1).stride(2, 3).pad(5, 7).geometry(),
            conv(1, 1, 3, 7).kernel(1, 1).stride(2, 2).pad(2).geometry(),
            conv(5, 4, 3, 4).kernel(3, 3).dilation(4, 4).pad(4).geometry(),
            conv(1, 6, 5, 3)
                .kernel(2, 2)
                .stride(1, 2)
                .dilation(2, 46_341)
                .pad(1, 23_170)
                .geometry(),
            // a column with a stride that it has no second pixel for
            conv(3, 1, 1, 100).stride(1, 3).geometry(),
            // more channels, pixels and patch values than a block, a panel or a band holds
            conv(3, 5, 7, 300).geometry(),
            conv(2, 3, 90, 11).kernel(3, 3).pad(1).geometry(),
            conv(2, 3, 270, 40).geometry(),
            conv(23, 29, 2, 2).geometry(),
            conv(7, 6, 270, 9).kernel(3, 3).pad(1).geometry(),
            conv(6, 7, 3, 1700).geometry(),
            // groups
            conv(6, 5, 4, 6).kernel(3, 3).pad(1).groups(2).geometry(),
            conv(6, 5, 9, 51).kernel(3, 3).pad(1).groups(3).geometry(),
            conv(5, 7, 35, 10).kernel(1, 3).stride(2, 2).pad(1).groups(5).geometry(),
            conv(7, 8, 34, 34).kernel(3, 3).dilation(2, 2).pad(2).groups(2).geometry(),
            conv(4, 3, 12, 66).groups(2).geometry(),
            conv(1, 5, 300, 470).groups(2).geometry(),
            // narrow groups, joined by fours, threes and twos
            conv(15, 14, 32, 32).kernel(3, 3).pad(1).groups(8).geometry(),
            conv(9, 8, 15, 15).kernel(3, 3).stride(2, 2).pad(1).groups(3).geometry(),
            conv(15, 16, 24, 48).kernel(3, 3).pad(1).groups(6).geometry(),
            // weight gradients of several blocks and panels
            conv(15, 14, 96, 160).geometry(),
            conv(9, 14, 48, 96).kernel(3, 3).stride(2, 2).pad(1).geometry(),
            // depthwise
            conv(7, 6, 3, 3).kernel(3, 3).pad(1).groups(3).geometry(),
            conv(9, 8, 17, 17).kernel(3, 3).stride(2, 2).pad(1).groups(17).geometry(),
            conv(9, 11, 33, 33).kernel(5, 5).dilation(2, 2).pad(4).groups(33).geometry(),
            conv(6, 9, 40, 40).kernel(2, 3).stride(1, 2).pad(0, 1).groups(40).geometry(),
            conv(3, 2, 2, 2).kernel(2, 2).pad(3).groups(2).geometry(),
            // stretches of all lengths, whole and odd vectors, more rows than bands
            conv(1, 1, 33, 33).kernel(3, 3).pad(1).groups(33).geometry(),
            conv(7, 7, 32, 32).kernel(3, 3).pad(1).groups(32).geometry(),
            conv(19, 14, 96, 96).kernel(3, 3).pad(1).groups(96).geometry(),
            conv(14, 17, 75, 75).kernel(3, 3).stride(2, 2).pad(1).groups(75).geometry(),
            conv(16, 25, 48, 48).kernel(3, 3).stride(3, 3).pad(1).groups(48).geometry(),
            conv(11, 16, 40, 40).kernel(3, 3).dilation(2, 2).pad(2).groups(40).geometry(),
            conv(17, 20, 36, 36)
                .kernel(3, 3)
                .dilation(2, 2)
                .stride(2, 2)
                .pad(2)
                .groups(36)
                .geometry(),
            conv(12, 13, 64, 64).kernel(5, 5).pad(2).groups(64).geometry(),
            conv(12, 13, 34, 34).kernel(7, 7).pad(3).groups(34).geometry(),
            conv(8, 15, 35, 35).kernel(1, 6).pad(0, 2).groups(35).geometry(),
            conv(9, 12, 32, 32).kernel(2, 2).stride(2, 2).groups(32).geometry(),
            conv(6, 9, 33, 33).stride(2, 1).groups(33).geometry(),
            // between one vector and two of each width
            conv(9, 10, 24, 24).kernel(3, 3).pad(1).groups(24).geometry(),
            conv(9, 10, 16, 16).kernel(5, 5).stride(2, 2).pad(2).groups(16).geometry(),
            conv(7, 9, 13, 13).kernel(3, 3).pad(1).groups(13).geometry(),
            // few output channels, rows that fall into two, three, four and five pixels
            conv(13, 20, 8, 3).kernel(9, 9).pad(4).geometry(),
            conv(11, 18, 16, 8).kernel(3, 3).pad(1).geometry(),
            conv(10, 21, 24, 4).kernel(3, 5).pad(1, 2).geometry(),
            conv(12, 16, 3, 2).kernel(7, 7).stride(2, 2).pad(3).geometry(),
            conv(9, 16, 33, 1).kernel(5, 3).pad(2, 0).geometry(),
            // with several filters a channel
            conv(5, 6, 7, 14).kernel(3, 3).pad(1).groups(7).geometry(),
            ConvGeometry.pointwise(1, 1, 1),
            ConvGeometry.pointwise(19, 33, 17)));
    return shapes.stream().map(g -> Named.of(name(g), g));
  }

  /** A small random shape. */
  static ConvGeometry random(long seed) {
    var random = new SplittableRandom(seed);
    int groups = random.nextInt(3) == 0 ? random.nextInt(2, 6) : 1;
    boolean depthwise = random.nextInt(6) == 0;
    int in = depthwise ? 1 : random.nextInt(1, 24);
    int out = depthwise ? 1 : random.nextInt(1, 40);
    if (depthwise) {
      groups = random.nextInt(2, 50);
    }
    var shape =
        conv(random.nextInt(1, 14), random.nextInt(1, 18), groups * in, groups * out)
            .kernel(random.nextInt(1, 6), random.nextInt(1, 6))
            .stride(random.nextInt(1, 4), random.nextInt(1, 4))
            .dilation(random.nextInt(1, 4), random.nextInt(1, 4))
            .pad(random.nextInt(5), random.nextInt(5), random.nextInt(5), random.nextInt(5))
            .groups(groups);
    // A kernel that the image cannot hold gets more padding, whichever side.
    while (shape.outHeight() < 1) {
      shape.padTop++;
    }
    while (shape.outWidth() < 1) {
      shape.padRight++;
    }
    return shape.geometry();
  }

  static String name(ConvGeometry g) {
    return ("%dx%dx%d to %dx%dx%d, kernel %dx%d, stride %dx%d, padding %d %d, dilation %dx%d,"
            + " groups %d")
        .formatted(
            g.inHeight(),
            g.inWidth(),
            g.inChannels(),
            g.outHeight(),
            g.outWidth(),
            g.outChannels(),
            g.kernelHeight(),
            g.kernelWidth(),
            g.strideHeight(),
            g.strideWidth(),
            g.padTop(),
            g.padLeft(),
            g.dilationHeight(),
            g.dilationWidth(),
            g.groups());
  }

  private static ConvShapes conv(int height, int width, int in, int out) {
    var shape = new ConvShapes();
    shape.height = height;
    shape.width = width;
    shape.in = in;
    shape.out = out;
    return shape;
  }

  private ConvShapes kernel(int height, int width) {
    kernelHeight = height;
    kernelWidth = width;
    return this;
  }

  private ConvShapes stride(int height, int width) {
    strideHeight = height;
    strideWidth = width;
    return this;
  }

  private ConvShapes dilation(int height, int width) {
    dilationHeight = height;
    dilationWidth = width;
    return this;
  }

  private ConvShapes pad(int all) {
    return pad(all, all, all, all);
  }

  private ConvShapes pad(int height, int width) {
    return pad(height, width, height, width);
  }

  private ConvShapes pad(int top, int left, int bottom, int right) {
    padTop = top;
    padLeft = left;
    padBottom = bottom;
    padRight = right;
    return this;
  }

  private ConvShapes groups(int count) {
    groups = count;
    return this;
  }

  private int outHeight() {
    int reach = (kernelHeight - 1) * dilationHeight + 1;
    return Math.floorDiv(height + padTop + padBottom - reach, strideHeight) + 1;
  }

  private int outWidth() {
    int reach = (kernelWidth - 1) * dilationWidth + 1;
    return Math.floorDiv(width + padLeft + padRight - reach, strideWidth) + 1;
  }

  private ConvGeometry geometry() {
    return new ConvGeometry(
        height,
        width,
        in,
        outHeight(),
        outWidth(),
        out,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        dilationHeight,
        dilationWidth,
        groups);
  }
}
