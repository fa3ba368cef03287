package stride.app.lecture;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;

import java.awt.image.BufferedImage;
import java.util.Map;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.Pixels;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * The edges of a photo: a convolution with the vertical and the horizontal edge filter, and at each
 * pixel the length of the vector of the two.
 */
public final class EdgePicture {
  /** Rows that are convolved at a time, so that a large photo takes little memory. */
  private static final int STRIP = 256;

  /** The part of the pixels that are white: one glint must not make all else dark. */
  private static final double WHITE = 0.01;

  private static final int LEVELS = 1 << 12;

  /** No edge is stronger: each filter gives at most 3 for pixels in [0, 1]. */
  private static final float STRONGEST = (float) (3 * Math.sqrt(2));

  private EdgePicture() {}

  /** A grey picture of the photo's size, light where the photo has edges. */
  public static BufferedImage of(Pixels grey, Engine engine) {
    float[] strengths = strengths(grey, engine);
    float white = white(strengths);
    var picture = new BufferedImage(grey.width(), grey.height(), BufferedImage.TYPE_BYTE_GRAY);
    var row = new int[grey.width()];
    for (int y = 0; y < grey.height(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = Math.min(255, Math.round(255 * strengths[y * row.length + x] / white));
      }
      picture.getRaster().setSamples(0, y, row.length, 1, 0, row);
    }
    return picture;
  }

  /** How strong the edge is at each pixel, row by row. */
  private static float[] strengths(Pixels grey, Engine engine) {
    int width = grey.width();
    int height = grey.height();
    // One pixel more on each side, so that the output is as large as the photo.
    var strip = Shape.image(Math.min(STRIP, height) + 2, width + 2, 1);
    var network = Network.of(strip, named("conv", conv(2, 3).noBias()));
    var filters = Tensor.zeros(Shape.of(2, 1, 3, 3));
    System.arraycopy(EdgesExample.VERTICAL.data(), 0, filters.data(), 0, 9);
    System.arraycopy(EdgesExample.HORIZONTAL.data(), 0, filters.data(), 9, 9);
    var model = Model.of(network, Map.of("conv.weight", filters));
    var plan =
        engine.plan(network.graph(), model.weights(), 1, Purpose.inference().withAllOutputs());

    var strengths = new float[Math.multiplyExact(height, width)];
    int rows = strip.height() - 2;
    for (int top = 0; top < height; top += rows) {
      fill(plan, strip, grey, top);
      plan.forward(1);
      var output = plan.output(Graph.OUTPUT);
      int pixels = Math.min(rows, height - top) * width;
      for (int i = 0; i < pixels; i++) {
        float vertical = output.array()[output.at(0) + 2 * i];
        float horizontal = output.array()[output.at(0) + 2 * i + 1];
        strengths[top * width + i] =
            (float) Math.sqrt(vertical * vertical + horizontal * horizontal);
      }
    }
    return strengths;
  }

  /** Rows of the photo from above {@code top} on; its border is repeated around it, no edge. */
  private static void fill(Plan plan, Shape strip, Pixels grey, int top) {
    float[] input = plan.input().array();
    int at = plan.input().at(0);
    for (int y = 0; y < strip.height(); y++) {
      int row = Math.clamp(top + y - 1, 0, grey.height() - 1) * grey.width();
      for (int x = 0; x < strip.width(); x++) {
        int value = grey.data()[row + Math.clamp(x - 1, 0, grey.width() - 1)] & 0xFF;
        input[at++] = value / 255f;
      }
    }
  }

  /** The strength that becomes white: few pixels have a stronger edge. */
  private static float white(float[] strengths) {
    var counts = new int[LEVELS];
    for (float strength : strengths) {
      counts[(int) Math.min(LEVELS - 1, LEVELS * strength / STRONGEST)]++;
    }
    int level = LEVELS;
    for (long stronger = 0; level > 1 && stronger <= WHITE * strengths.length; level--) {
      stronger += counts[level - 1];
    }
    return STRONGEST * level / LEVELS;
  }
}
