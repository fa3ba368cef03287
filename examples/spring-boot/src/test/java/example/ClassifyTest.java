package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import stride.kernel.Kernels;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** Starts the service with a small model and uploads pictures to it. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = "stride.largest-upload=100KB")
class ClassifyTest {
  private static final String BOUNDARY = "b";

  /** SOI, then APP1 with an orientation of 6: the picture is to be turned to the right. */
  private static final byte[] TURNED_HEAD = {
    (byte) 0xFF,
    (byte) 0xD8,
    (byte) 0xFF,
    (byte) 0xE1,
    0,
    34,
    'E',
    'x',
    'i',
    'f',
    0,
    0,
    'M',
    'M',
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    0x01,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    6,
    0,
    0,
    0,
    0,
    0,
    0
  };

  @LocalServerPort private int port;
  private final HttpClient client = HttpClient.newHttpClient();

  @DynamicPropertySource
  static void model(DynamicPropertyRegistry properties) throws IOException {
    var file = Files.createTempDirectory("stride").resolve("model.safetensors");
    var layers =
        Layers.sequential(
            Layers.conv(6, 5), Layers.relu(), Layers.maxPool(4), Layers.flatten(), Layers.dense(3));
    Model.initialized(Network.of(Shape.image(32, 32, 3), layers), 1)
        .withLabels(List.of("ant", "bee", "cat"))
        .save(file);
    properties.add("stride.model", file::toString);
  }

  /** Red above and blue below. */
  private static BufferedImage picture() {
    var picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        picture.setRGB(x, y, y < 16 ? 0xE02020 : 0x2020E0);
      }
    }
    return picture;
  }

  private static byte[] encoded(BufferedImage picture, String format) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, format, bytes);
    return bytes.toByteArray();
  }

  /** The same, lying on its left side, with EXIF data that say so. */
  private static byte[] turned() throws IOException {
    var upright = picture();
    var lying = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        lying.setRGB(y, 31 - x, upright.getRGB(x, y));
      }
    }
    var jpeg = encoded(lying, "jpg");
    var bytes = new ByteArrayOutputStream();
    bytes.write(TURNED_HEAD);
    bytes.write(jpeg, 2, jpeg.length - 2);
    return bytes.toByteArray();
  }

  private HttpRequest request(String type, byte[] body) {
    return HttpRequest.newBuilder(URI.create("http://localhost:%d/classify".formatted(port)))
        .header("Content-Type", type)
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private HttpResponse<String> send(String type, byte[] body) throws Exception {
    return client.send(request(type, body), BodyHandlers.ofString());
  }

  private HttpResponse<String> upload(String field, byte[] picture) throws Exception {
    var body = new ByteArrayOutputStream();
    body.write(
        "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"p.jpg\"\r\n\r\n"
            .formatted(BOUNDARY, field)
            .getBytes(StandardCharsets.UTF_8));
    body.write(picture);
    body.write("\r\n--%s--\r\n".formatted(BOUNDARY).getBytes(StandardCharsets.UTF_8));
    return send("multipart/form-data; boundary=" + BOUNDARY, body.toByteArray());
  }

  private static double ofAnts(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return Double.parseDouble(
        response.body().replaceFirst(".*\"ant\",\"index\":0,\"probability\":([^}]*)}.*", "$1"));
  }

  @Test
  void classifiesUploadsAndRawBytes() throws Exception {
    var png = encoded(picture(), "png");
    var raw = send("image/png", png);
    assertEquals(200, raw.statusCode(), raw.body());
    assertTrue(raw.body().startsWith("[{\"label\":\""), raw.body());
    assertEquals(3, raw.body().split("\"probability\"").length - 1, raw.body());
    assertEquals(raw.body(), upload("picture", png).body());
    assertEquals(raw.body(), send("application/octet-stream", png).body());
  }

  @Test
  void turnsPhotographsUpright() throws Exception {
    // A JPEG is not quite the same when it is turned.
    double close = 0.005;
    double upright = ofAnts(send("image/jpeg", encoded(picture(), "jpg")));
    var turned = turned();
    assertEquals(upright, ofAnts(send("image/jpeg", turned)), close);
    assertEquals(upright, ofAnts(upload("picture", turned)), close);
    // Without the EXIF data it lies on its side.
    var lying = turned.clone();
    lying[31] = 1;
    assertNotEquals(upright, ofAnts(send("image/jpeg", lying)), close);
  }

  @Test
  void refusesWhatIsNoPictureOrTooLarge() throws Exception {
    var broken = send("image/jpeg", "no picture at all".getBytes(StandardCharsets.UTF_8));
    assertEquals(400, broken.statusCode(), broken.body());
    assertTrue(broken.body().contains("\"detail\":\""), broken.body());
    var large = new byte[200_000];
    assertEquals(413, send("image/jpeg", large).statusCode());
    assertEquals(413, upload("picture", large).statusCode());
    assertEquals(400, upload("photo", encoded(picture(), "png")).statusCode());
  }

  @Test
  void manyRequestsAtOnceHaveTheAnswerOfOne() throws Exception {
    var png = encoded(picture(), "png");
    String one = send("image/png", png).body();
    var many =
        Stream.generate(() -> client.sendAsync(request("image/png", png), BodyHandlers.ofString()))
            .limit(100)
            .map(sent -> sent.thenApply(HttpResponse::body))
            .toList();
    assertTrue(many.stream().map(CompletableFuture::join).allMatch(one::equals));
  }

  @Test
  void runsOnVectorKernels() {
    assertTrue(Kernels.best().name().startsWith("vector"), Kernels.best().name());
  }
}
