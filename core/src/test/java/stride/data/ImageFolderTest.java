package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.TestData;
import stride.format.FileException;
import stride.image.PictureOptions;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;

final class ImageFolderTest {
  private static final Preprocessing SMALL = Preprocessing.none(Shape.image(2, 2, 3));

  @TempDir Path folder;

  private void picture(String name, int grey) throws IOException {
    var picture = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 20; i++) {
      picture.setRGB(i % 5, i / 5, grey * 0x010101);
    }
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(picture, "png", file.toFile()));
  }

  private List<String> files(ImageFolder images) {
    return IntStream.range(0, images.size())
        .mapToObj(i -> folder.relativize(images.file(i)).toString().replace('\\', '/'))
        .toList();
  }

  /** A picture in which no two pixels are equal. */
  private void large(String name, int height, int width) throws IOException {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      picture.setRGB(i % width, i / width, i * 77_777);
    }
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(picture, "png", file.toFile()));
  }

  @Test
  void cachedPicturesGiveTheSameImagesWhenTheirFilesAreGone() throws IOException {
    large("ant/a.png", 9, 7);
    large("ant/b.png", 30, 40);
    var shape = Shape.image(5, 5, 3);
    var images = ImageFolder.of(folder, Preprocessing.none(shape));
    var cached = images.cached(new PictureCache());
    Region.Choice part = (height, width) -> new Region(1, 2, height - 2, width - 3);
    var expected = new float[75];
    var found = new float[75];
    images.readPart(0, part, expected, 0);
    cached.readPart(0, part, found, 0);
    assertArrayEquals(expected, found, "a small picture is kept as it is");
    Region.Choice reduced =
        (height, width) -> {
          assertEquals(10, height);
          assertEquals(13, width);
          return new Region(0, 0, height, width);
        };
    assertTrue(cached.readPart(1, reduced, found, 0));
    float[] whole = images.get(1).image().data();
    assertArrayEquals(whole, cached.get(1).image().data());
    Files.delete(images.file(0));
    Files.delete(images.file(1));
    assertArrayEquals(whole, cached.get(1).image().data());
    cached.readPart(0, part, found, 0);
    assertArrayEquals(expected, found);
    assertThrows(UncheckedIOException.class, () -> images.get(1));
  }

  @Test
  void whatDoesNotFitIntoTheCacheIsDecodedAgain() throws IOException {
    large("ant/a.png", 9, 7);
    var cache = new PictureCache(10);
    var file = folder.resolve("ant/a.png");
    var expected = cache.image(file, SMALL, PictureOptions.STANDARD);
    assertArrayEquals(expected, cache.image(file, SMALL, PictureOptions.STANDARD));
    assertEquals(4, cache.picture(file, SMALL, PictureOptions.STANDARD).width());
    Files.delete(file);
    assertThrows(IOException.class, () -> cache.picture(file, SMALL, PictureOptions.STANDARD));
  }

  @Test
  void classesAreFoldersInTheOrderOfTheirNames() throws IOException {
    picture("dog/b.png", 10);
    picture("dog/a.PNG", 20);
    picture("cat/deep/er/c.jfif", 30);
    picture("Zebra/z.png", 40);
    var images = ImageFolder.of(folder, SMALL);
    assertEquals(List.of("Zebra", "cat", "dog"), images.labels());
    assertEquals(
        List.of("Zebra/z.png", "cat/deep/er/c.jfif", "dog/a.PNG", "dog/b.png"), files(images));
    assertEquals(List.of(0, 1, 2, 2), IntStream.range(0, 4).mapToObj(images::label).toList());
    assertEquals(List.of(), images.skipped());
    assertEquals(Shape.image(2, 2, 3), images.shape());
    var into = new float[14];
    images.read(2, into, 1);
    assertEquals(0, into[0]);
    assertEquals(0, into[13]);
    for (int i = 1; i < 13; i++) {
      assertEquals(20 / 255f, into[i]);
    }
    assertArrayEquals(images.get(3).image().data(), images.first(4).get(3).image().data());
  }

  @Test
  void classesStandInFrontOfImageNetsNames() throws IOException {
    picture("n02099712_7.JPEG", 1);
    picture("n01440764_10.JPEG", 2);
    picture("n01440764_9.JPEG", 3);
    var images = ImageFolder.of(folder, SMALL);
    assertEquals(List.of("n01440764", "n02099712"), images.labels());
    assertEquals(List.of(0, 0, 1), IntStream.range(0, 3).mapToObj(images::label).toList());
  }

  @Test
  void aFewOfAModelsClassesAreFoundByTheirNames() throws IOException {
    picture("dog/a.png", 1);
    picture("ant/a.png", 2);
    var images = ImageFolder.of(folder, SMALL);
    var renumbered = images.withClasses(List.of("dog", "cat", "ant"));
    assertEquals(List.of("dog", "cat", "ant"), renumbered.labels());
    assertEquals(2, renumbered.label(0));
    assertEquals(0, renumbered.label(1));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> images.withClasses(List.of("cat", "ant")));
    assertEquals(
        folder + ": the class dog is none of the 2 that are known: cat, ant", e.getMessage());
  }

  @Test
  void whatIsNotUsedIsNamed() throws IOException {
    picture("ant/a.png", 1);
    Files.createDirectory(folder.resolve("empty"));
    Files.createFile(folder.resolve("ant/b.jpg"));
    Files.writeString(folder.resolve("ant/notes.txt"), "six legs");
    Files.writeString(folder.resolve(".DS_Store"), "");
    picture("loose.png", 1);
    assertEquals(
        List.of(
            folder.resolve("ant/b.jpg") + ", which is empty",
            folder.resolve("ant/notes.txt") + ", which is no picture by its name",
            folder.resolve("empty") + ", a folder without pictures",
            folder.resolve("loose.png") + ", a picture without a class"),
        ImageFolder.of(folder, SMALL).skipped());
  }

  @Test
  void aFolderOfNothingSaysWhatIsExpected() throws IOException {
    var e = assertThrows(FileException.class, () -> ImageFolder.of(folder, SMALL));
    assertTrue(e.getMessage().startsWith(folder + " holds no pictures: expected"), e.getMessage());
    picture("loose.png", 1);
    e = assertThrows(FileException.class, () -> ImageFolder.of(folder, SMALL));
    assertTrue(
        e.getMessage()
            .endsWith("found " + folder.resolve("loose.png") + ", a picture without a class"),
        e.getMessage());
    var missing = folder.resolve("missing");
    e = assertThrows(FileException.class, () -> ImageFolder.of(missing, SMALL));
    assertEquals("cannot read " + missing + ": there is no such folder", e.getMessage());
  }

  /** "é" in one sign, as Linux and Windows write it, and in two, as some of Apple's systems do. */
  @Test
  void classesHaveComposedNames() throws IOException {
    picture("a/Cafe\u0301/1.png", 1);
    picture("b/Caf\u00e9/1.png", 2);
    var decomposed = ImageFolder.of(folder.resolve("a"), SMALL);
    assertEquals(List.of("Caf\u00e9"), decomposed.labels());
    assertEquals(decomposed.labels(), ImageFolder.of(folder.resolve("b"), SMALL).labels());
    picture("b/Cafe\u0301/1.png", 2);
    assumeTrue(Folders.list(folder.resolve("b")).size() == 2, "the file system composes names");
    var e = assertThrows(FileException.class, () -> ImageFolder.of(folder.resolve("b"), SMALL));
    assertEquals(
        folder.resolve("b")
            + " has two folders Caf\u00e9, whose letters are composed in two ways: put their"
            + " pictures into one",
        e.getMessage());
  }

  @Test
  void aFolderMayBeGivenInAnyWay() throws IOException {
    picture("sub/ant/1.png", 1);
    var here = Path.of("").toAbsolutePath();
    for (var given :
        List.of(
            folder.resolve("sub/."),
            folder.resolve("sub/../sub"),
            Path.of(folder + "/sub/"),
            here.relativize(folder.resolve("sub")))) {
      var images = ImageFolder.of(given, SMALL);
      assertEquals(List.of("ant"), images.labels());
      assertEquals(given.resolve("ant/1.png"), images.file(0));
    }
  }

  @Test
  void aSplitTakesTheSamePartOfEachClassAndIsDrawnByTheSeed() throws IOException {
    for (int i = 0; i < 20; i++) {
      picture("ant/%02d.png".formatted(i), i);
    }
    for (int i = 0; i < 5; i++) {
      picture("bee/%d.png".formatted(i), i);
    }
    var images = ImageFolder.of(folder, SMALL);
    var split = images.split(0.2, 1);
    var train = (ImageFolder) split.train();
    var test = (ImageFolder) split.test();
    assertEquals(5, test.size());
    assertEquals(4, files(test).stream().filter(name -> name.startsWith("ant")).count());
    var all = new ArrayList<>(files(train));
    all.addAll(files(test));
    assertEquals(files(images), all.stream().sorted().toList(), "each picture is in one part");
    assertEquals(files(test), files((ImageFolder) images.split(0.2, 1).test()));
    assertNotEquals(files(test), files((ImageFolder) images.split(0.2, 2).test()));
    assertEquals(2, images.split(0.01, 1).test().size(), "at least one of each class");

    picture("wasp/a.png", 1);
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> ImageFolder.of(folder, SMALL).split(0.2, 1));
    assertTrue(e.getMessage().contains("the class wasp has 1 picture"), e.getMessage());
  }

  @Test
  void aDamagedPictureIsNamedWhenItIsRead() throws IOException {
    picture("ant/a.png", 1);
    var file = folder.resolve("ant/a.png");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 30));
    var images = ImageFolder.of(folder, SMALL);
    var e = assertThrows(UncheckedIOException.class, () -> images.get(0));
    assertEquals(file + ": the picture is truncated", e.getMessage());
  }

  @Test
  void theOptionsReachThePictures() throws IOException {
    picture("ant/a.png", 1);
    var images = ImageFolder.of(folder, SMALL, PictureOptions.STANDARD.mostPixels(19));
    assertThrows(UncheckedIOException.class, () -> images.get(0));
  }

  @Test
  void antsAndBeesAreRead() throws IOException {
    var folder = TestData.require("ants-bees");
    var images = ImageFolder.of(FolderLayout.of(folder).measureWith(), Preprocessing.imageNet(224));
    assertEquals(List.of("ants", "bees"), images.labels());
    assertEquals(153, images.size());
    assertEquals(Shape.image(224, 224, 3), images.get(0).image().shape());
  }
}
