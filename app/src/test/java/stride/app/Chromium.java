package stride.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.jr.ob.JSON;

/**
 * A Chromium without a window, steered through its DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol). For one thread.
 */
final class Chromium implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<Map<String, Object>> messages = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();
  private final WebSocket socket;
  private int calls;
  private boolean loaded;

  private Chromium(Path command, Path profile) throws Exception {
    process =
        new ProcessBuilder(
                command.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("chromium.log").toFile())
            .start();
    try {
      socket = connect(profile.resolve("DevToolsActivePort"));
      for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
        call(domain + ".enable", Map.of());
      }
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /**
   * Starts the machine's; without one the test is skipped with a message.
   *
   * @param profile an empty folder
   */
  static Chromium start(Path profile) throws Exception {
    var command =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(
                folder ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(Path.of(folder)::resolve))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(command.isPresent(), "skipped: there is no chromium on the PATH");
    return new Chromium(command.get(), profile);
  }

  private WebSocket connect(Path file) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(file) || Files.readAllLines(file).isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            "chromium did not start: " + Files.readString(file.resolveSibling("chromium.log")));
      }
      Thread.sleep(20);
    }
    String host = "127.0.0.1:" + Files.readAllLines(file).getFirst();
    var pages =
        client.send(
            java.net.http.HttpRequest.newBuilder(URI.create("http://" + host + "/json/list"))
                .build(),
            java.net.http.HttpResponse.BodyHandlers.ofString());
    var page = JSON.std.listOfFrom(Object.class, pages.body());
    String address =
        page.stream()
            .map(entry -> (Map<?, ?>) entry)
            .filter(entry -> "page".equals(entry.get("type")))
            .map(entry -> Objects.toString(entry.get("webSocketDebuggerUrl")))
            .findFirst()
            .orElseThrow();
    return client.newWebSocketBuilder().buildAsync(URI.create(address), new Ear()).get();
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        messages.add(parsed(text.toString()));
        text.setLength(0);
      }
      return WebSocket.Listener.super.onText(from, part, last);
    }
  }

  private static Map<String, Object> parsed(String message) {
    try {
      return JSON.std.mapFrom(message);
    } catch (RuntimeException e) {
      throw new AssertionError(message, e);
    }
  }

  /**
   * Shows a file.
   *
   * @param width of the window in pixels
   * @param dark what the reader prefers
   */
  void open(Path file, int width, boolean dark) throws Exception {
    complaints.clear();
    loaded = false;
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    call("Page.navigate", Map.of("url", file.toUri().toString()));
    while (!loaded) {
      next();
    }
  }

  /** What the page's console has said, and what it asked of the network, since it was opened. */
  List<String> complaints() throws Exception {
    value("0");
    return List.copyOf(complaints);
  }

  /** The value of an expression in JavaScript: a text, a number, a truth or null. */
  Object value(String expression) throws Exception {
    var result =
        (Map<?, ?>)
            call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
                .get("result");
    return Objects.requireNonNull(result).get("value");
  }

  /** The whole page as a PNG. */
  byte[] screenshot() throws Exception {
    var picture = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
    return Base64.getDecoder().decode((String) picture.get("data"));
  }

  private Map<?, ?> call(String method, Map<String, Object> parameters) throws Exception {
    int id = ++calls;
    socket
        .sendText(JSON.std.asString(Map.of("id", id, "method", method, "params", parameters)), true)
        .get();
    while (true) {
      var message = next();
      if (message.get("id") instanceof Integer answered && answered == id) {
        if (message.get("result") instanceof Map<?, ?> result) {
          return result;
        }
        throw new AssertionError(method + ": " + message);
      }
    }
  }

  private Map<String, Object> next() throws Exception {
    var message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("chromium is silent");
    }
    switch (Objects.toString(message.get("method"))) {
      case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
          complaints.add(message.toString());
      case "Network.requestWillBeSent" -> {
        String sent = message.toString();
        if (sent.contains("url=http")) {
          complaints.add(sent);
        }
      }
      case "Page.loadEventFired" -> loaded = true;
      default -> {}
    }
    return message;
  }

  @Override
  public void close() throws IOException {
    try {
      call("Browser.close", Map.of());
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      process.destroyForcibly();
      throw new IOException("the browser cannot be closed", e);
    } finally {
      socket.abort();
      client.close();
    }
  }
}
