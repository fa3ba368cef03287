package stride.app.report;

import java.awt.image.BufferedImage;
import java.util.Optional;
import stride.image.ColourMap;
import stride.image.Image;
import stride.layer.convolution.Conv;
import stride.network.Model;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Images, maps and filters as pictures. */
public final class Drawings {
  /** A picture is enlarged, in whole pixels, until its shorter side has at least this many. */
  private static final int SMALLEST_SIDE = 224;

  private static final int GAP = 4;
  private static final int MIN_TILE = 48;
  private static final int MAX_TILES = 256;

  private Drawings() {}

  /** An image, (H, W, C) in [0, 1]: of three channels in colour, else its first in grey. */
  public static BufferedImage image(Image image) {
    var shape = image.shape();
    var picture = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    int channels = shape.channels();
    for (int i = 0; i < shape.height() * shape.width(); i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float value = image.data()[i * channels + (channels == 3 ? c : 0)];
        rgb = rgb << 8 | Math.round(255 * Math.clamp(value, 0f, 1f));
      }
      picture.setRGB(i % shape.width(), i / shape.width(), rgb);
    }
    return picture;
  }

  /** The same picture with every pixel a square, so that small images can be looked at. */
  public static BufferedImage enlarged(BufferedImage picture) {
    int side = Math.min(picture.getWidth(), picture.getHeight());
    return times(picture, Math.ceilDiv(SMALLEST_SIDE, side));
  }

  private static BufferedImage times(BufferedImage picture, int factor) {
    var large =
        new BufferedImage(
            factor * picture.getWidth(), factor * picture.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < large.getHeight(); y++) {
      for (int x = 0; x < large.getWidth(); x++) {
        large.setRGB(x, y, picture.getRGB(x / factor, y / factor));
      }
    }
    return large;
  }

  /**
   * The channels of a layer's output side by side, each from its smallest value, dark, to its
   * largest, light; of more than 256 channels the first.
   *
   * @param maps (H, W, C), or a vector, which is drawn as one map
   */
  public static BufferedImage maps(Tensor maps) {
    var shape = maps.shape().isImage() ? maps.shape() : Shape.image(1, maps.shape().elements(), 1);
    int channels = Math.min(shape.channels(), MAX_TILES);
    var tiles = new BufferedImage[channels];
    for (int c = 0; c < channels; c++) {
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      for (int i = c; i < maps.data().length; i += shape.channels()) {
        least = Math.min(least, maps.data()[i]);
        most = Math.max(most, maps.data()[i]);
      }
      var tile = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < shape.height() * shape.width(); i++) {
        float value = maps.data()[i * shape.channels() + c];
        double part = most > least ? (value - least) / (double) (most - least) : 0;
        tile.setRGB(i % shape.width(), i / shape.width(), ColourMap.VIRIDIS.rgb(part));
      }
      tiles[c] = tile;
    }
    return tiled(tiles);
  }

  /**
   * The filters of a network's first convolution side by side: in colour where it reads three
   * channels, else the mean over the channels; grey is 0. Empty if there is no convolution.
   */
  public static Optional<BufferedImage> filters(Model model) {
    return model.network().graph().nodes().stream()
        .filter(node -> node.operation() instanceof Conv)
        .findFirst()
        .map(node -> filters(model.weights().tensor(node.name() + ".weight")));
  }

  private static BufferedImage filters(Tensor weights) {
    int[] sizes = weights.shape().sizes();
    int filters = Math.min(sizes[0], MAX_TILES);
    int channels = sizes[1];
    int height = sizes[2];
    int width = sizes[3];
    var tiles = new BufferedImage[filters];
    for (int f = 0; f < filters; f++) {
      var drawn = Tensor.zeros(Shape.image(height, width, channels == 3 ? 3 : 1));
      int area = height * width;
      for (int c = 0; c < channels; c++) {
        for (int i = 0; i < area; i++) {
          float weight = weights.data()[(f * channels + c) * area + i];
          drawn.data()[channels == 3 ? 3 * i + c : i] += channels == 3 ? weight : weight / channels;
        }
      }
      float most = 0;
      for (float weight : drawn.data()) {
        most = Math.max(most, Math.abs(weight));
      }
      for (int i = 0; i < drawn.data().length; i++) {
        drawn.data()[i] = most == 0 ? 0.5f : 0.5f + drawn.data()[i] / (2 * most);
      }
      tiles[f] = image(new Image(drawn));
    }
    return tiled(tiles);
  }

  /** Pictures of one size in rows, about half as high as wide, with clear gaps between them. */
  private static BufferedImage tiled(BufferedImage[] tiles) {
    int side = Math.max(tiles[0].getWidth(), tiles[0].getHeight());
    int factor = Math.max(1, Math.ceilDiv(MIN_TILE, side));
    int width = factor * tiles[0].getWidth() + GAP;
    int height = factor * tiles[0].getHeight() + GAP;
    double across = Math.sqrt(2.0 * tiles.length * height / width);
    int columns = Math.clamp((int) Math.ceil(across), 1, tiles.length);
    int rows = Math.ceilDiv(tiles.length, columns);
    var sheet =
        new BufferedImage(columns * width - GAP, rows * height - GAP, BufferedImage.TYPE_INT_ARGB);
    var graphics = sheet.createGraphics();
    for (int i = 0; i < tiles.length; i++) {
      graphics.drawImage(times(tiles[i], factor), i % columns * width, i / columns * height, null);
    }
    graphics.dispose();
    return sheet;
  }
}
