package stride.onnx.evaluate;

import java.util.Arrays;
import stride.onnx.graph.Attributes;

/**
 * How a window moves over the spatial axes of a tensor (N, C, D1, D2, ...), for convolution and
 * pooling.
 *
 * @param in the input's sizes along the spatial axes
 * @param kernel the window's sizes
 * @param strides how far it moves
 * @param dilations how far apart the window's elements are
 * @param before how many elements are padded before the first
 * @param after how many elements are padded behind the last
 * @param out the output's sizes
 */
record Windows(
    int[] in, int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, int[] out) {
  static Windows of(int[] in, int[] kernel, Attributes attributes) {
    int rank = in.length;
    int[] strides = given(attributes, "strides", rank, 1);
    int[] dilations = given(attributes, "dilations", rank, 1);
    var before = new int[rank];
    var after = new int[rank];
    var out = new int[rank];
    String automatic = attributes.text("auto_pad", "NOTSET");
    int[] pads = attributes.smalls("pads");
    if (pads != null && pads.length != 2 * rank) {
      throw new IllegalArgumentException("it has %d pads for %d axes".formatted(pads.length, rank));
    }
    for (int d = 0; d < rank; d++) {
      if (strides[d] < 1 || dilations[d] < 1 || kernel[d] < 1) {
        throw new IllegalArgumentException(
            "its kernel %s, strides %s or dilations %s are not all positive"
                .formatted(
                    Arrays.toString(kernel), Arrays.toString(strides), Arrays.toString(dilations)));
      }
      int reach = Math.addExact(Math.multiplyExact(kernel[d] - 1, dilations[d]), 1);
      switch (automatic) {
        case "SAME_UPPER", "SAME_LOWER" -> {
          out[d] = (in[d] + strides[d] - 1) / strides[d];
          int all = Math.max((out[d] - 1) * strides[d] + reach - in[d], 0);
          before[d] = automatic.equals("SAME_UPPER") ? all / 2 : all - all / 2;
          after[d] = all - before[d];
        }
        case "VALID" -> out[d] = Math.floorDiv(in[d] - reach, strides[d]) + 1;
        default -> {
          if (pads != null) {
            before[d] = pads[d];
            after[d] = pads[rank + d];
          }
          int room = Math.addExact(Math.addExact(in[d], before[d]), after[d]) - reach;
          out[d] = Math.floorDiv(room, strides[d]) + 1;
          if (attributes.flag("ceil_mode")) {
            out[d] = -Math.floorDiv(-room, strides[d]) + 1;
            // A window that begins in the padding behind is none.
            if ((out[d] - 1) * strides[d] >= in[d] + before[d]) {
              out[d]--;
            }
          }
        }
      }
      if (out[d] < 0) {
        throw new IllegalArgumentException(
            "its kernel %s is larger than the padded input %s"
                .formatted(Arrays.toString(kernel), Arrays.toString(in)));
      }
    }
    return new Windows(in, kernel, strides, dilations, before, after, out);
  }

  /** Returns numbers for each axis, the same one for all where the file has none. */
  static int[] given(Attributes attributes, String name, int rank, int missing) {
    int[] given = attributes.smalls(name);
    if (given == null || given.length == 0) {
      given = new int[rank];
      Arrays.fill(given, missing);
    }
    if (given.length != rank) {
      throw new IllegalArgumentException(
          "it has %d %s for %d axes".formatted(given.length, name, rank));
    }
    return given;
  }

  /** Returns the sizes along a tensor's spatial axes. */
  static int[] spatial(int[] shape) {
    if (shape.length < 2) {
      throw new IllegalArgumentException(
          "the shape %s has no batch and channels".formatted(Arrays.toString(shape)));
    }
    return Arrays.copyOfRange(shape, 2, shape.length);
  }

  /** Returns (N, C, D1, D2, ...). */
  static int[] shape(int batch, int channels, int[] spatial) {
    var shape = new int[spatial.length + 2];
    shape[0] = batch;
    shape[1] = channels;
    System.arraycopy(spatial, 0, shape, 2, spatial.length);
    return shape;
  }
}
