package stride.onnx.export;

import java.util.List;
import stride.layer.Size;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.pooling.Subsample;
import stride.onnx.proto.AttributeProto;

/**
 * Pooling. Windows that hang over an image's edge become padding behind it: what ceil_mode means
 * has changed between versions of the standard and between its runtimes, what padding means has
 * not.
 */
final class PoolingNodes {
  private PoolingNodes() {}

  static String maxPool(Site site, MaxPool pool) {
    return site.last(
        "MaxPool",
        site.inputs(),
        ConvolutionNodes.size("kernel_shape", pool.kernel()),
        ConvolutionNodes.size("strides", pool.stride()),
        Site.ints("pads", pads(site, pool.kernel(), pool.stride(), pool.padding(), pool.ceil())));
  }

  static String avgPool(Site site, AvgPool pool) {
    var padding = pool.padding();
    long[] pads = pads(site, pool.kernel(), pool.stride(), padding, pool.ceil());
    boolean counts = pool.countsPadding() && !padding.equals(Size.square(0));
    boolean hangsOver = pads[2] > padding.height() || pads[3] > padding.width();
    String input = site.input();
    if (counts && hangsOver) {
      // The padding counts and what lies beyond it does not: the padding becomes part of the image.
      input =
          site.step(
              "Pad",
              List.of(
                  input,
                  site.graph()
                      .longs(
                          0,
                          0,
                          padding.height(),
                          padding.width(),
                          0,
                          0,
                          padding.height(),
                          padding.width())));
      pads =
          new long[] {
            0, 0, Math.max(pads[2] - padding.height(), 0), Math.max(pads[3] - padding.width(), 0)
          };
    }
    return site.last(
        "AveragePool",
        List.of(input),
        ConvolutionNodes.size("kernel_shape", pool.kernel()),
        ConvolutionNodes.size("strides", pool.stride()),
        Site.ints("pads", pads),
        AttributeProto.of("count_include_pad", counts && !hangsOver ? 1 : 0));
  }

  /** Padding above, on the left, below and on the right that makes just the output's windows. */
  private static long[] pads(Site site, Size kernel, Size stride, Size padding, boolean ceil) {
    long below = padding.height();
    long right = padding.width();
    if (ceil) {
      below =
          behind(site.in().height(), site.out().height(), kernel.height(), stride.height(), below);
      right = behind(site.in().width(), site.out().width(), kernel.width(), stride.width(), right);
    }
    return new long[] {padding.height(), padding.width(), below, right};
  }

  private static long behind(int in, int out, int kernel, int stride, long before) {
    return Math.max((out - 1L) * stride + kernel - in - before, 0);
  }

  static String adaptiveAvgPool(Site site) {
    var in = site.in();
    var out = site.out();
    if (out.height() == 1 && out.width() == 1) {
      return site.last("GlobalAveragePool", site.inputs());
    }
    if (in.height() % out.height() == 0 && in.width() % out.width() == 0) {
      var window = new Size(in.height() / out.height(), in.width() / out.width());
      return site.last(
          "AveragePool",
          site.inputs(),
          ConvolutionNodes.size("kernel_shape", window),
          ConvolutionNodes.size("strides", window));
    }
    // The windows differ in size: averages of columns and then of rows are products of matrices.
    var columns = new float[in.width() * out.width()];
    average(in.width(), out.width(), columns, out.width(), 1);
    var rows = new float[out.height() * in.height()];
    average(in.height(), out.height(), rows, 1, in.height());
    String narrow =
        site.step(
            "MatMul",
            List.of(site.input(), site.constant("columns", columns, in.width(), out.width())));
    return site.last(
        "MatMul", List.of(site.constant("rows", rows, out.height(), in.height()), narrow));
  }

  /** Writes the share of each of n values in each of the outputs. */
  private static void average(int n, int outputs, float[] shares, int pitch, int step) {
    for (int o = 0; o < outputs; o++) {
      int from = (int) ((long) o * n / outputs);
      int to = (int) Math.ceilDiv((o + 1L) * n, (long) outputs);
      for (int i = from; i < to; i++) {
        shares[i * pitch + o * step] = 1f / (to - from);
      }
    }
  }

  static String subsample(Site site, Subsample subsample) {
    int own = site.in().channels();
    int before = (subsample.channels() - own) / 2;
    int after = subsample.channels() - own - before;
    var graph = site.graph();
    var sliced =
        List.of(
            site.input(),
            graph.longs(0, 0),
            graph.longs(site.in().height(), site.in().width()),
            graph.longs(2, 3),
            graph.longs(subsample.stride(), subsample.stride()));
    if (subsample.channels() == own) {
      return site.last("Slice", sliced);
    }
    String small = site.step("Slice", sliced);
    return site.last("Pad", List.of(small, graph.longs(0, before, 0, 0, 0, after, 0, 0)));
  }
}
