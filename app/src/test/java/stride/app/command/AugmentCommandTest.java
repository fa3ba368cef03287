package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;

class AugmentCommandTest {
  @TempDir Path temp;

  /** Red on the left, blue on the right. */
  private Path pictures() throws IOException {
    var folder = temp.resolve("pictures");
    for (var name : new String[] {"train/bee/1.png", "train/ant/2.png", "val/ant/3.png"}) {
      var picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < 64 * 64; i++) {
        picture.setRGB(i % 64, i / 64, i % 64 < 32 ? 0xFF0000 : 0x0000FF);
      }
      var file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      ImageIO.write(picture, "png", file.toFile());
    }
    return folder;
  }

  private byte[] sheet(Path pictures, String name, Object... more) throws IOException {
    var out = temp.resolve(name);
    var all = new Object[more.length + 6];
    System.arraycopy(
        new Object[] {"augment", pictures, "--out", out, "--input", "64x64x3"}, 0, all, 0, 6);
    System.arraycopy(more, 0, all, 6, more.length);
    Stride.run(all).succeeds();
    return Files.readAllBytes(out);
  }

  @Test
  void originalsStandOnTheLeftAndAreMirroredOnTheRight() throws IOException {
    var pictures = pictures();
    sheet(pictures, "sheet.png", "--augment", "light", "--variants", 8);
    var sheet = ImageIO.read(temp.resolve("sheet.png").toFile());
    int cell = 128;
    assertEquals(3 * 12 + 9 * (cell + 12), sheet.getWidth());
    assertEquals(28 + 2 * (cell + 20 + 12) + 12, sheet.getHeight(), "train/ holds two pictures");
    int mirrored = 0;
    for (int column = 0; column < 9; column++) {
      int left = 12 + column * (cell + 12) + (column > 0 ? 12 : 0);
      int colour = sheet.getRGB(left + 20, 28 + 64) & 0xFFFFFF;
      int other = sheet.getRGB(left + cell - 20, 28 + 64) & 0xFFFFFF;
      assertEquals(0xFF00FF, colour | other, "one is red, the other blue");
      mirrored += colour == 0x0000FF ? 1 : 0;
      assertTrue(column > 0 || mirrored == 0, "the first is the original");
    }
    assertTrue(mirrored > 0 && mirrored < 8, mirrored + " of 8 are mirrored");
  }

  @Test
  void theSameSeedDrawsTheSameSheet() throws IOException {
    var pictures = pictures();
    byte[] one = sheet(pictures, "1.png", "--augment", "strong", "--threads", 1);
    byte[] two = sheet(pictures, "2.png", "--augment", "strong", "--threads", 3);
    byte[] other = sheet(pictures, "3.png", "--augment", "strong", "--seed", 2);
    assertArrayEquals(one, two);
    assertNotEquals(Arrays.hashCode(one), Arrays.hashCode(other));
  }

  @Test
  void namedDataSetsAreShownToo() throws IOException {
    var out = temp.resolve("digits.png");
    var json = Stride.run("augment", "mnist", "--out", out, "--augment", "strong", "--json").json();
    assertEquals(6, json.get("images"));
    assertTrue(Files.size(out) > 1_000);
    Stride.run("augment", "mnist", "--out", out, "--input", "8x8x1").refusesWith("--input");
    Stride.run("augment", "nothing", "--out", out)
        .failsWith("there is no data set, folder or table nothing");
  }
}
