package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FormatException;
import stride.image.Image;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Models and pictures that come as bytes or from within a zip: what a service has. */
final class ModelBytesTest {
  private static final Model MODEL =
      Model.initialized(
              Network.of(Shape.image(8, 8, 3), sequential(conv(4, 3), relu(), flatten(), dense(3))),
              1)
          .withLabels(List.of("ant", "bee", "cat"));

  @TempDir Path folder;

  private static byte[] picture() throws IOException {
    var picture = new BufferedImage(11, 9, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 99; i++) {
      picture.setRGB(i % 11, i / 11, i * 0x1F3A75);
    }
    var out = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", out);
    return out.toByteArray();
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  @Test
  void picturesAreClassifiedAsBytesAndStreams() throws IOException {
    byte[] bytes = picture();
    var file = Files.write(folder.resolve("a.png"), bytes);
    var expected = MODEL.classify(file).top(3);
    assertEquals(expected, MODEL.classify(bytes).top(3));
    assertEquals(expected, MODEL.classify(stream(bytes)).top(3));
    assertEquals(MODEL.features(file), MODEL.features(bytes));
    assertEquals(MODEL.features(file), MODEL.features(stream(bytes)));
    var e = assertThrows(FormatException.class, () -> MODEL.classify(Arrays.copyOf(bytes, 50)));
    assertEquals("the picture is truncated", e.getMessage());
  }

  private byte[] saved() throws IOException {
    var file = folder.resolve("model.safetensors");
    MODEL.save(file);
    return Files.readAllBytes(file);
  }

  private static void assertSame(Model model) {
    assertEquals(MODEL.labels(), model.labels());
    assertEquals(MODEL.preprocessing(), model.preprocessing());
    var image = new Tensor(Shape.image(8, 8, 3), new float[192]);
    assertArrayEquals(MODEL.logits(image).data(), model.logits(image).data());
  }

  @Test
  void aModelIsReadFromAStream() throws IOException {
    byte[] bytes = saved();
    assertSame(Model.load(stream(bytes)));
    assertSame(Model.load(stream(bytes), OperationTypes.standard()));
    var e =
        assertThrows(FormatException.class, () -> Model.load(stream(Arrays.copyOf(bytes, 1000))));
    assertTrue(e.getMessage().startsWith("the model: "), e.getMessage());
    e = assertThrows(FormatException.class, () -> Model.load(stream(new byte[100])));
    assertTrue(e.getMessage().startsWith("the model: "), e.getMessage());
    e = assertThrows(FormatException.class, () -> Model.load(InputStream.nullInputStream()));
    assertTrue(e.getMessage().startsWith("the model: "), e.getMessage());
  }

  @Test
  void aModelAndItsPicturesAreReadWithinAZip() throws IOException {
    byte[] bytes = saved();
    try (var zip = FileSystems.newFileSystem(folder.resolve("a.jar"), Map.of("create", "true"))) {
      var model = Files.write(zip.getPath("/model.safetensors"), bytes);
      var picture = Files.write(zip.getPath("/a.png"), picture());
      assertSame(Model.load(model));
      assertEquals(MODEL.classify(picture()).top(3), Model.load(model).classify(picture).top(3));
    }
  }

  @Test
  void nullIsRefusedWithItsName() {
    for (Executable call :
        List.<Executable>of(
            () -> MODEL.classify((Path) null),
            () -> MODEL.classify((BufferedImage) null),
            () -> MODEL.classify((byte[]) null),
            () -> MODEL.classify((InputStream) null),
            () -> MODEL.classify((Image) null),
            () -> MODEL.features((Path) null),
            () -> MODEL.features((BufferedImage) null),
            () -> MODEL.features((byte[]) null),
            () -> MODEL.features((InputStream) null),
            () -> MODEL.features((Image) null),
            () -> MODEL.logits((Tensor) null),
            () -> Model.load((Path) null),
            () -> Model.load((InputStream) null))) {
      var e = assertThrows(IllegalArgumentException.class, call);
      assertTrue(
          e.getMessage().matches("the (picture|image|input|file|model).* null"), e.toString());
    }
  }
}
