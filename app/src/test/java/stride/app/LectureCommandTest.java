package stride.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.console.Console;
import stride.app.console.Terminal;
import tools.jackson.jr.ob.JSON;

final class LectureCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int stride(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    var console = new Console(new PrintWriter(out), new PrintWriter(err), Terminal.none());
    return Main.run(console, args);
  }

  /** The only line of stdout. */
  private Map<String, Object> json() {
    assertEquals(1, out.toString().lines().count(), out.toString());
    return JSON.std.mapFrom(out.toString());
  }

  private void fails(int status, String sentence, String... args) {
    assertEquals(status, stride(args));
    assertEquals("", out.toString());
    assertTrue(err.toString().startsWith("stride: " + sentence), err.toString());
    assertEquals(status, err.toString().lines().count(), "one sentence, and the usage's hint");
  }

  /** A picture that is black on the left and white on the right. */
  private Path halves(int width, int height) throws Exception {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = width / 2; x < width; x++) {
        picture.setRGB(x, y, 0xFFFFFF);
      }
    }
    var file = folder.resolve("halves.png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  @Test
  void worksAllExamplesForPrograms() {
    assertEquals(0, stride("lecture", "--json"));
    var examples = (List<?>) json().get("examples");
    assertEquals(21, examples.size());
    for (var example : examples) {
      assertEquals(true, ((Map<?, ?>) example).get("passed"), example.toString());
    }
    assertEquals("", err.toString());
  }

  @Test
  void worksOneExampleForPeople() {
    assertEquals(0, stride("lecture", "vertical-edges"));
    var lines = out.toString().lines().toList();
    assertEquals(
        "vertical-edges - slide \"Convolution Example: Vertical Edge Detection\"",
        lines.getFirst());
    assertTrue(lines.contains("  10 10 10  0  0  0   *    1  0 -1     =    0 30 30  0"));
  }

  @Test
  void listsTheExamples() {
    assertEquals(0, stride("lecture", "--list"));
    assertTrue(out.toString().contains("learning-edges"));
    assertFalse(out.toString().contains("ok:"), "works none of them");
    assertEquals(0, stride("lecture", "--list", "--json"));
    assertEquals(21, ((List<?>) json().get("examples")).size());
  }

  @Test
  void anUnknownExampleIsWrongUsage() {
    fails(
        2,
        "the lecture has no example \"edge\"; \"stride lecture --list\" shows them",
        "lecture",
        "edge");
  }

  @Test
  void writesTheEdgesOfAPhoto() throws Exception {
    // More rows than are convolved at a time.
    var photo = halves(12, 515);
    var png = folder.resolve("edges.png");
    assertEquals(
        0, stride("lecture", "edges", photo.toString(), "--out", png.toString(), "--json"));
    assertEquals(
        Map.of("photo", photo.toString(), "out", png.toString(), "width", 12, "height", 515),
        json());
    var edges = ImageIO.read(png.toFile());
    assertEquals(12, edges.getWidth());
    assertEquals(515, edges.getHeight());
    int[] expected = {0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0};
    for (int y = 0; y < 515; y++) {
      assertArrayEquals(expected, edges.getRaster().getSamples(0, y, 12, 1, 0, (int[]) null));
    }
  }

  @Test
  void aPhotoWithoutEdgesIsBlack() throws Exception {
    var photo = halves(1, 1);
    var png = folder.resolve("edges.png");
    assertEquals(0, stride("lecture", "edges", photo.toString(), "--out", png.toString()));
    assertEquals(png + ": 1x1 pixels", out.toString().strip());
    assertEquals(0, ImageIO.read(png.toFile()).getRaster().getSample(0, 0, 0));
  }

  @Test
  void whatIsNoPictureOrCannotBeWrittenIsOneSentence() throws Exception {
    var text = Files.writeString(folder.resolve("photo.jpg"), "no photo").toString();
    var png = folder.resolve("edges.png").toString();
    fails(1, text + ": is no picture", "lecture", "edges", text, "--out", png);
    var missing = folder.resolve("missing.jpg").toString();
    fails(1, "cannot read " + missing, "lecture", "edges", missing, "--out", png);
    var nowhere = folder.resolve("nowhere/edges.png").toString();
    var photo = halves(4, 4).toString();
    fails(1, "cannot write " + nowhere, "lecture", "edges", photo, "--out", nowhere);
    assertFalse(Files.exists(Path.of(png)));
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count(), "the text and the photo");
    }
  }

  @Test
  void thePhotoIsNotOverwritten() throws Exception {
    var photo = halves(4, 4);
    byte[] before = Files.readAllBytes(photo);
    fails(
        2,
        "--out %s is the photo itself".formatted(photo),
        "lecture",
        "edges",
        photo.toString(),
        "--out",
        photo.toString());
    assertArrayEquals(before, Files.readAllBytes(photo));
  }
}
