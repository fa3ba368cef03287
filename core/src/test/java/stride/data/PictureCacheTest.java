package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FormatException;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.PictureOptions;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.image.Resampling;
import stride.tensor.Shape;

/** With a cache that several data sets share, each reads the same images as without a cache. */
class PictureCacheTest {
  @TempDir Path folder;

  private Path picture() throws IOException {
    var picture = new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 60 * 40; i++) {
      picture.setRGB(i % 60, i / 60, i * 77_777);
    }
    Path file = Files.createDirectories(folder.resolve("a")).resolve("a.png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  /** Preprocessings that differ in one thing each. */
  private static List<Preprocessing> preprocessings() {
    var shape = Shape.image(5, 5, 3);
    var bilinear = new Fit.Stretch(Resampling.BILINEAR);
    var none = Normalization.none(3);
    return List.of(
        new Preprocessing(bilinear, shape, none),
        new Preprocessing(bilinear, Shape.image(5, 6, 3), none),
        new Preprocessing(bilinear, Shape.image(6, 5, 3), none),
        new Preprocessing(bilinear, Shape.image(16, 16, 3), none),
        new Preprocessing(bilinear, Shape.image(5, 5, 1), Normalization.none(1)),
        new Preprocessing(new Fit.Stretch(Resampling.BICUBIC), shape, none),
        new Preprocessing(new Fit.Center(7, Resampling.BILINEAR), shape, none),
        new Preprocessing(new Fit.Center(9, Resampling.BILINEAR), shape, none),
        new Preprocessing(bilinear, shape, Normalization.IMAGENET));
  }

  @Test
  void everyFolderGetsItsOwnImagesAndParts() throws IOException {
    picture();
    var cache = new PictureCache();
    Region.Choice part = (height, width) -> new Region(1, 2, height - 2, width - 3);
    for (int round = 0; round < 2; round++) {
      for (var preprocessing : preprocessings()) {
        var plain = ImageFolder.of(folder, preprocessing);
        var cached = plain.cached(cache);
        assertArrayEquals(
            plain.get(0).image().data(),
            cached.get(0).image().data(),
            "round %d, %s".formatted(round, preprocessing));
        var alone = new float[preprocessing.shape().elements()];
        var shared = new float[alone.length];
        plain.cached(new PictureCache()).readPart(0, part, alone, 0);
        cached.readPart(0, part, shared, 0);
        assertArrayEquals(alone, shared, "part, round %d, %s".formatted(round, preprocessing));
      }
    }
  }

  @Test
  void aLimitHoldsForWhatIsKeptToo() throws IOException {
    Path file = picture();
    var cache = new PictureCache();
    var preprocessing = preprocessings().getFirst();
    cache.image(file, preprocessing, PictureOptions.STANDARD);
    assertEquals(3, cache.picture(file, preprocessing, PictureOptions.STANDARD).channels());
    var few = PictureOptions.STANDARD.mostPixels(100);
    assertThrows(FormatException.class, () -> cache.image(file, preprocessing, few));
    assertThrows(FormatException.class, () -> cache.picture(file, preprocessing, few));
  }
}
