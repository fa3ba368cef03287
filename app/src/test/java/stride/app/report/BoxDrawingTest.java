package stride.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoxDrawingTest {
  private static BufferedImage plain(int width, int height, int rgb) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = picture.createGraphics();
    graphics.setColor(new Color(rgb));
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return picture;
  }

  private static int count(BufferedImage picture, int rgb) {
    int count = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        count += (picture.getRGB(x, y) & 0xFFFFFF) == rgb ? 1 : 0;
      }
    }
    return count;
  }

  private static double contrast(int one, int other) {
    double a = light(one);
    double b = light(other);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double light(int rgb) {
    double sum = 0;
    double[] weights = {0.0722, 0.7152, 0.2126};
    for (int i = 0; i < 3; i++) {
      double part = (rgb >> 8 * i & 0xFF) / 255.0;
      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"20, 20", "640, 480", "3000, 2000", "1, 300", "5000, 3"})
  void picturesOfAnySizeAreDrawnOn(int width, int height) {
    var drawn =
        BoxDrawing.draw(
            plain(width, height, 0x808080),
            List.of(
                new BoxDrawing.Marked(0, 0, width, height, "everything 0.99", 0),
                new BoxDrawing.Marked(
                    width / 4.0, height / 4.0, width / 2.0, height / 2.0, "a part 0.50", 1)));
    assertEquals(0, drawn.getWidth() % width);
    assertEquals((double) drawn.getWidth() / width, (double) drawn.getHeight() / height, 1e-9);
    int all = drawn.getWidth() * drawn.getHeight();
    int colour = count(drawn, BoxDrawing.colour(0).getRGB() & 0xFFFFFF);
    assertTrue(colour > 0, "the box of everything is seen");
    assertTrue(width < 20 || height < 20 || colour < all / 4, colour + " of " + all);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x000000, 0xFFFFFF, 0x808080, 0x0090FF})
  void aBoxIsSeenOnAnyPicture(int paper) {
    for (int label = 0; label < 80; label++) {
      var drawn =
          BoxDrawing.draw(
              plain(300, 300, paper), List.of(new BoxDrawing.Marked(50, 60, 250, 240, "", label)));
      double most = 1;
      for (int x = 40; x < 60; x++) {
        most = Math.max(most, contrast(paper, drawn.getRGB(x, 150) & 0xFFFFFF));
      }
      assertTrue(most > 2, "class %d has a contrast of %s".formatted(label, most));
    }
  }

  @Test
  void namesAreReadOnTheirColours() {
    var colours = new HashSet<Integer>();
    for (int label = 0; label < 91; label++) {
      var colour = BoxDrawing.colour(label);
      colours.add(colour.getRGB());
      double contrast =
          contrast(colour.getRGB() & 0xFFFFFF, BoxDrawing.ink(colour).getRGB() & 0xFFFFFF);
      assertTrue(contrast > 4.5, "class %d: %s".formatted(label, contrast));
    }
    assertEquals(91, colours.size(), "every class of COCO has its own");
  }

  @Test
  void namesOfBoxesAtTheEdgesLieWithinThePicture() {
    for (double[] at : new double[][] {{0, 0}, {280, 0}, {0, 280}, {280, 280}, {-20, -20}}) {
      var with =
          BoxDrawing.draw(
              plain(300, 300, 0xFFFFFF),
              List.of(
                  new BoxDrawing.Marked(at[0], at[1], at[0] + 20, at[1] + 20, "a long name", 3)));
      var without =
          BoxDrawing.draw(
              plain(300, 300, 0xFFFFFF),
              List.of(new BoxDrawing.Marked(at[0], at[1], at[0] + 20, at[1] + 20, "", 3)));
      int colour = BoxDrawing.colour(3).getRGB() & 0xFFFFFF;
      assertTrue(count(with, colour) > count(without, colour) + 300, "the name has its place");
    }
  }

  @Test
  void namesBesideEachOtherAreAllSeen() {
    var boxes = new ArrayList<BoxDrawing.Marked>();
    for (int i = 0; i < 4; i++) {
      boxes.add(new BoxDrawing.Marked(200 + 3 * i, 200 + 3 * i, 330, 330, "object", i));
    }
    var drawn = BoxDrawing.draw(plain(600, 600, 0xFFFFFF), boxes);
    for (int i = 0; i < 4; i++) {
      int seen = count(drawn, BoxDrawing.colour(i).getRGB() & 0xFFFFFF);
      assertTrue(seen > 700, "name %d has %d pixels".formatted(i, seen));
    }
  }
}
