package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import stride.tensor.Shape;

/** Pictures that are contained in an image keep their shape. */
final class ContainedTest {
  private static final Fit FIT = new Contained(Resampling.BILINEAR);

  private static Picture white(int height, int width) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, 0xFFFFFF);
      }
    }
    return Picture.of(picture);
  }

  @Test
  void theRestOfTheImageIsZero() throws Exception {
    for (var size : List.of(List.of(10, 20), List.of(20, 10), List.of(7, 7), List.of(1, 30))) {
      int height = size.get(0);
      int width = size.get(1);
      var shape = Shape.image(12, 16, 3);
      float[] values = FIT.fit(white(height, width), shape).data();
      double scale = Math.min(16.0 / width, 12.0 / height);
      long rows = Math.max(1, Math.round(height * scale));
      long columns = Math.max(1, Math.round(width * scale));
      var expected = new ArrayList<Float>();
      for (int y = 0; y < 12; y++) {
        for (int x = 0; x < 16; x++) {
          for (int c = 0; c < 3; c++) {
            expected.add(y < rows && x < columns ? 1f : 0f);
          }
        }
      }
      float[] whole = new float[values.length];
      for (int i = 0; i < whole.length; i++) {
        whole[i] = expected.get(i);
      }
      assertArrayEquals(whole, values, 1e-6f, "%dx%d".formatted(height, width));
    }
  }

  @Test
  void boxesMoveAsThePictureDoes() throws Exception {
    var placement = FIT.placement(100, 200, Shape.image(64, 96, 3)).orElseThrow();
    assertEquals(48, placement.x(100), 1e-9);
    assertEquals(24, placement.y(50), 1e-9);
  }
}
