package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.ImageFolder;
import stride.data.digits.Digit;
import stride.format.FormatException;
import stride.image.Fit;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Picture;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.image.Resampling;
import stride.tensor.Shape;

/** Ways of one's own to fit pictures to a network's input. */
class OwnFitTest {
  private static final Shape SHAPE = Shape.image(3, 2, 3);

  @TempDir private Path folder;

  /** A corner of the picture, some pixels away from its edges. */
  record Corner(int margin, List<Integer> unused) implements Fit {
    @Override
    public Image fit(Picture picture, Shape shape) throws FormatException {
      if (picture.height() < margin + shape.height() || picture.width() < margin + shape.width()) {
        throw new FormatException("is smaller than %s and %d".formatted(shape, margin));
      }
      return picture
          .rgb()
          .crop(new Region(margin, margin, shape.height(), shape.width()))
          .toImage();
    }
  }

  /** Forgets which shape it was asked for. */
  record Whole() implements Fit {
    @Override
    public Image fit(Picture picture, Shape shape) {
      return picture.toImage();
    }
  }

  /** A class that has nothing a file could hold. */
  static final class NoRecord implements Fit {
    @Override
    public Image fit(Picture picture, Shape shape) {
      return Image.zeros(shape);
    }
  }

  private static Preprocessing with(Fit fit) {
    return new Preprocessing(fit, SHAPE, Normalization.none(3));
  }

  private static Model model(Fit fit) {
    return Model.initialized(Network.of(SHAPE, sequential(flatten(), dense(2))), 1)
        .withPreprocessing(with(fit));
  }

  private Path picture(int side) throws IOException {
    var image = Image.zeros(Shape.image(side, side, 3));
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = i % 256 / 255f;
    }
    Path file = folder.resolve("a").resolve("picture%d.png".formatted(side));
    java.nio.file.Files.createDirectories(folder.resolve("a"));
    image.savePng(file);
    return file;
  }

  @Test
  void picturesAreFittedByIt() throws IOException {
    var image = with(new Corner(1, List.of())).prepare(picture(5));
    assertEquals(SHAPE, image.shape());
    assertEquals(18 / 255f, image.at(0, 0, 0));
    Path small = picture(3);
    assertEquals(
        small + ": is smaller than 3x2x3 and 1",
        assertThrows(FormatException.class, () -> with(new Corner(1, List.of())).prepare(small))
            .getMessage());
  }

  @Test
  void foldersOfPicturesAreReadWithIt() throws IOException {
    picture(5);
    var images = ImageFolder.of(folder, with(new Corner(1, List.of())));
    assertEquals(18 / 255f, images.get(0).image().at(0, 0, 0));
  }

  @Test
  void anImageOfAnotherShapeIsNotTaken() throws IOException {
    Path file = picture(5);
    assertEquals(
        "Whole[] makes an image of 5x5x3, asked for 3x2x3",
        assertThrows(IllegalStateException.class, () -> with(new Whole()).prepare(file))
            .getMessage());
  }

  @Test
  void itIsSavedUnderItsNameAndReadIfThatIsKnown() throws IOException {
    Path file = folder.resolve("model.safetensors");
    var model = model(new Corner(4, List.of(7)));
    model.save(file);
    var types = OperationTypes.standard().withFit("Corner", Corner.class);
    assertEquals(model.preprocessing(), Model.load(file, types).preprocessing());
    var e = assertThrows(FormatException.class, () -> Model.load(file));
    assertTrue(
        e.getMessage()
            .endsWith(
                "unknown fit \"Corner\"; there are resize, center, interpolate, contain, digit. One"
                    + " of your own is"
                    + " named with OperationTypes.withFit"),
        e.getMessage());
    var named = OperationTypes.standard().withFit("corner", Corner.class);
    model.save(file, named);
    assertEquals(model.preprocessing(), Model.load(file, named).preprocessing());
    assertThrows(FormatException.class, () -> Model.load(file, types));
  }

  @Test
  void whatIsNoRecordIsNotSaved() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> model(new NoRecord()).save(folder.resolve("model.safetensors")));
    assertTrue(e.getMessage().endsWith("NoRecord is not a record, so it cannot be saved"));
  }

  @Test
  void aNameStandsForOneFit() {
    for (String name : List.of("digit", "resize")) {
      assertEquals(
          "two fits are named %s, give %s another name".formatted(name, Corner.class.getName()),
          assertThrows(
                  IllegalArgumentException.class,
                  () -> OperationTypes.standard().withFit(name, Corner.class))
              .getMessage());
    }
  }

  @Test
  void aFilterIsChosenWhereThereIsOne() {
    assertEquals(
        new Fit.Center(9, Resampling.BICUBIC),
        with(new Fit.Center(9, Resampling.BOX)).filter(Resampling.BICUBIC).fit());
    var shape = Shape.image(8, 8, 1);
    var digit = new Preprocessing(new Digit(), shape, Normalization.none(1));
    assertEquals(
        "the preparation of digits does not resize with a filter that can be chosen",
        assertThrows(IllegalStateException.class, () -> digit.filter(Resampling.BOX)).getMessage());
  }

  /** Satellites see 12 bands, signals have no height. */
  @Test
  void inputsThatAreNoPicturesAreNormalisedAndSaved() throws IOException {
    for (var shape :
        List.of(Shape.image(4, 4, 4), Shape.image(4, 4, 12), Shape.of(30, 2), Shape.of(7))) {
      var channels = shape.channels();
      var preprocessing =
          Preprocessing.none(shape)
              .normalization(
                  new Normalization(
                      java.util.Collections.nCopies(channels, 0.5),
                      java.util.Collections.nCopies(channels, 0.25)));
      var normalized = preprocessing.normalize(Image.zeros(shape));
      assertEquals(-2, normalized.data()[shape.elements() - 1]);
      var model =
          Model.initialized(Network.of(shape, sequential(flatten(), dense(3))), 1)
              .withPreprocessing(preprocessing);
      Path file = folder.resolve("model.safetensors");
      model.save(file);
      var read = Model.load(file);
      assertEquals(preprocessing, read.preprocessing());
      assertEquals(3, read.classify(Image.zeros(shape)).probabilities().size());
      assertThrows(IllegalStateException.class, () -> read.classify(picture(5)));
    }
  }
}
