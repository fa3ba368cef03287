package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.Mnist;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.image.Preprocessing;
import stride.tensor.Shape;

class PicturesAheadTest {
  private static final Preprocessing TINY = Preprocessing.none(Shape.image(1, 1, 3));

  @TempDir Path temp;

  /** A picture of one pixel, so red. */
  private Path red(int level) throws IOException {
    var picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(0, 0, level << 16);
    var file = temp.resolve(level + ".png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  private static float redness(PicturesAhead pictures) throws IOException {
    return 255 * pictures.next(TINY).data()[0];
  }

  @Test
  void picturesComeInTheirOrderEachWithItsFile() throws IOException {
    var files = List.of(red(30), red(10), red(20));
    try (var pictures = new PicturesAhead(files, PictureOptions.STANDARD)) {
      assertEquals(3, pictures.count());
      for (int level : new int[] {30, 10, 20}) {
        assertTrue(pictures.hasNext());
        assertEquals(temp.resolve(level + ".png"), pictures.file());
        assertEquals(level, redness(pictures), 1e-3);
      }
      assertFalse(pictures.hasNext());
      assertThrows(NoSuchElementException.class, () -> pictures.next(TINY));
    }
  }

  @Test
  void afterABrokenPictureComesTheNextOne() throws IOException {
    var broken = Files.writeString(temp.resolve("broken.png"), "no picture");
    var missing = temp.resolve("missing.png");
    var files = List.of(broken, missing, red(40));
    try (var pictures = new PicturesAhead(files, PictureOptions.STANDARD)) {
      for (var file : List.of(broken, missing)) {
        assertEquals(file, pictures.file());
        var failure = assertThrows(IOException.class, () -> pictures.next(TINY));
        assertTrue(failure.getMessage().contains(file.toString()), failure.getMessage());
      }
      assertEquals(40, redness(pictures), 1e-3);
    }
  }

  @Test
  void aPictureThatCannotBePreparedIsNamed() throws IOException {
    var blank = red(0);
    try (var pictures = new PicturesAhead(List.of(blank), PictureOptions.STANDARD)) {
      var failure = assertThrows(FormatException.class, () -> pictures.next(Mnist.PREPROCESSING));
      assertTrue(failure.getMessage().startsWith(blank + ": "), failure.getMessage());
    }
  }

  @Test
  void closingBeforeTheEndWaitsForThePictureThatIsBeingRead() throws IOException {
    var file = red(60);
    new PicturesAhead(List.of(file), PictureOptions.STANDARD).close();
    // On Windows a file that is still open could not be deleted.
    Files.delete(file);
    new PicturesAhead(List.of(file), PictureOptions.STANDARD).close();
    new PicturesAhead(List.of(), PictureOptions.STANDARD).close();
  }
}
