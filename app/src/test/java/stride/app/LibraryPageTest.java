package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Pictures;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** The Java of docs/library.md and CONTRIBUTING.md, compiled and run. */
class LibraryPageTest {
  private static final Path PAGE = Path.of("..", "docs", "library.md");

  @TempDir Path folder;

  private static String example(String part) throws IOException {
    var found = JavaExamples.of(PAGE).stream().filter(block -> block.contains(part)).toList();
    assertEquals(1, found.size(), "examples with " + part);
    return found.getFirst();
  }

  @Test
  void theWebServiceClassifiesUploads() throws Exception {
    var layers = Layers.sequential(Layers.flatten(), Layers.dense(2));
    Model.initialized(Network.of(Shape.image(8, 8, 3), layers), 1)
        .withLabels(List.of("cat", "dog"))
        .save(folder.resolve("model.safetensors"));
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var picture = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture);
    var service =
        JavaExamples.start(example("HttpServer").replace("8080", Integer.toString(port)), folder);
    try {
      var answer = post(service, port, picture.toByteArray());
      assertEquals(200, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("Guess[label=cat"), answer.body());
      var refused = post(service, port, "no picture".getBytes(StandardCharsets.UTF_8));
      assertEquals(400, refused.statusCode(), refused.body());
      assertEquals(1, refused.body().lines().count(), refused.body());
    } finally {
      service.destroy();
      service.waitFor();
    }
  }

  /** Asks until the service is there. */
  private HttpResponse<String> post(Process service, int port, byte[] body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:%d/classify".formatted(port)))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      while (true) {
        try {
          return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
          assertTrue(service.isAlive(), () -> said());
          Thread.sleep(100);
        }
      }
    }
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("output.txt"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void theLayerIsSavedAndLoaded() throws Exception {
    String text = JavaExamples.run(example("Softsign"), folder);
    assertTrue(text.contains("Network of 4 operations, input 8x8x3"), text);
  }

  @Test
  void theFitIsUsedSavedAndLoaded() throws Exception {
    String text = JavaExamples.run(example("Letterbox"), folder);
    assertTrue(text.contains("Letterbox[grey=114]"), text);
    var fitted = Pictures.decode(folder.resolve("fitted.png")).toImage();
    assertEquals(114 / 255f, fitted.at(1, 0, 0));
    assertEquals(0, fitted.at(2, 0, 0));
    assertEquals(0, fitted.at(5, 7, 0));
    assertEquals(114 / 255f, fitted.at(6, 7, 0));
  }

  @Test
  void aNetworkOfSeveralInputsRuns() throws Exception {
    String text = JavaExamples.run(example("shared("), folder);
    assertEquals("4, 2", text.lines().toList().getLast(), text);
  }

  @Test
  void theLoopLearns() throws Exception {
    String text = JavaExamples.run(example("plan.backward"), folder);
    double right = Double.parseDouble(text.lines().toList().getLast());
    assertTrue(right > 0.85, text);
  }

  /** In no package: a layer's author needs nothing but what is public. */
  @Test
  void theLayerOfTheContributorsPageCompilesOutsideOfItsPackage() throws Exception {
    String layer = JavaExamples.of(Path.of("..", "CONTRIBUTING.md")).getFirst();
    var source = Files.writeString(folder.resolve("Sigmoid.java"), layer);
    var said = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(said),
                new PrintWriter(said),
                "-proc:none",
                "-d",
                folder.toString(),
                "-cp",
                JavaExamples.absoluteClassPath(),
                source.toString());
    assertEquals(0, status, said::toString);
  }
}
