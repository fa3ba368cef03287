package stride.onnx.engine;

import org.jspecify.annotations.Nullable;
import stride.layer.Size;
import stride.layer.support.Window;
import stride.onnx.graph.OnnxNode;

/**
 * A sliding window as the attributes of a node say; of one dimension it has a height of 1.
 *
 * @param explicit padding above, on the left, below and on the right, where it is given
 */
record Sliding(Size kernel, Size stride, Size dilation, String autoPad, int[] explicit) {

  static Sliding of(OnnxNode node, Size kernel) {
    var attributes = node.attributes();
    int[] pads = attributes.smalls("pads");
    return new Sliding(
        kernel,
        size(attributes.smalls("strides")),
        size(attributes.smalls("dilations")),
        attributes.text("auto_pad", "NOTSET"),
        pads == null ? new int[4] : pads.length == 2 ? new int[] {0, pads[0], 0, pads[1]} : pads);
  }

  static boolean isExplicit(OnnxNode node) {
    return node.attributes().text("auto_pad", "NOTSET").equals("NOTSET");
  }

  static Size size(int @Nullable [] sizes) {
    return sizes == null
        ? Size.square(1)
        : sizes.length == 1 ? new Size(1, sizes[0]) : new Size(sizes[0], sizes[1]);
  }

  /** Zeros around an image. */
  record Pads(int top, int left, int bottom, int right) {
    /** Whether they are those that make an output for each stride, the larger half behind. */
    boolean isSame(Sliding window, int height, int width) {
      return equals(window.same(height, width, false));
    }
  }

  /** The padding of an image of a size. */
  Pads pads(int height, int width) throws Unlayable {
    return switch (autoPad) {
      case "NOTSET" -> {
        for (int pad : explicit) {
          if (pad < 0) {
            throw new Unlayable("its padding is negative");
          }
        }
        yield new Pads(explicit[0], explicit[1], explicit[2], explicit[3]);
      }
      case "VALID" -> new Pads(0, 0, 0, 0);
      case "SAME_UPPER" -> same(height, width, false);
      case "SAME_LOWER" -> same(height, width, true);
      default -> throw new Unlayable("its auto_pad is " + autoPad);
    };
  }

  private Pads same(int height, int width, boolean lower) {
    int vertical =
        (int) Window.samePadding(height, kernel.height(), stride.height(), dilation.height());
    int horizontal =
        (int) Window.samePadding(width, kernel.width(), stride.width(), dilation.width());
    int top = lower ? vertical - vertical / 2 : vertical / 2;
    int left = lower ? horizontal - horizontal / 2 : horizontal / 2;
    return new Pads(top, left, vertical - top, horizontal - left);
  }
}
