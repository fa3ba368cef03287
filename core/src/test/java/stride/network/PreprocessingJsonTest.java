package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.Mnist;
import stride.format.FormatException;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;

final class PreprocessingJsonTest {
  private static final OperationTypes TYPES = OperationTypes.standard();
  private static final Shape COLOUR = Shape.image(224, 224, 3);

  static Stream<Preprocessing> all() {
    return Stream.of(
        Preprocessing.imageNet(224),
        Preprocessing.imageNet(299).resize(342),
        Preprocessing.imageNet(224).filter(Resampling.BICUBIC),
        Preprocessing.none(COLOUR).filter(Resampling.LANCZOS),
        Mnist.PREPROCESSING);
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsWrittenIsReadAgain(Preprocessing preprocessing) throws FormatException {
    assertEquals(
        preprocessing,
        PreprocessingJson.read(
            PreprocessingJson.write(preprocessing, TYPES), preprocessing.shape(), TYPES, "model"));
  }

  @Test
  void filesOfBeforeFiltersCouldBeChosenAreRead() throws FormatException {
    assertEquals(
        new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), COLOUR, Normalization.IMAGENET),
        PreprocessingJson.read(
            "{\"fit\":\"resize\",\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225]}",
            COLOUR,
            TYPES,
            "model"));
    assertEquals(
        Mnist.PREPROCESSING,
        PreprocessingJson.read(
            "{\"fit\":\"digit\",\"mean\":[0.1307],\"std\":[0.3081]}",
            Shape.image(28, 28, 1),
            TYPES,
            "model"));
    assertEquals(Preprocessing.none(COLOUR), PreprocessingJson.read(null, COLOUR, TYPES, "model"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"fit\":\"squeeze\",\"mean\":[0,0,0],\"std\":[1,1,1]}",
        "{\"fit\":\"center\",\"mean\":[0,0,0],\"std\":[1,1,1]}",
        "{\"fit\":\"center\",\"shorter\":0,\"mean\":[0,0,0],\"std\":[1,1,1]}",
        "{\"fit\":\"center\",\"shorter\":2.5,\"mean\":[0,0,0],\"std\":[1,1,1]}",
        "{\"fit\":\"resize\",\"filter\":\"sharp\",\"mean\":[0,0,0],\"std\":[1,1,1]}",
        "{\"fit\":\"resize\",\"mean\":[0],\"std\":[1]}",
        "{\"fit\":\"resize\",\"mean\":[0,0,0],\"std\":[1,1,0]}",
        "{\"fit\":\"resize\"",
        "[]"
      })
  void whatIsDamagedIsRefusedWithTheFilesName(String json) {
    var e =
        assertThrows(
            FormatException.class, () -> PreprocessingJson.read(json, COLOUR, TYPES, "m.st"));
    assertTrue(e.getMessage().startsWith("m.st: the preprocessing is "), e.getMessage());
  }
}
