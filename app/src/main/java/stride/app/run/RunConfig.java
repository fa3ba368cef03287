package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * All that a training's numbers depend on, and what made them. It is on disk before the first step,
 * so that a training can go on whenever it is killed.
 *
 * @param network the architecture's name
 * @param data the data set's name
 * @param dataFolder where its files are; null for those that ship with Stride
 * @param optimizer the optimiser's name
 * @param learningRate the highest learning rate
 * @param stride the version of Stride that began the training
 * @param java the version of Java that began the training
 */
public record RunConfig(
    String network,
    String data,
    @Nullable Path dataFolder,
    int epochs,
    int batch,
    String optimizer,
    double learningRate,
    long seed,
    String stride,
    String java) {

  byte[] toJson() {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("network", network);
    json.put("data", data);
    json.put("data_dir", dataFolder == null ? null : dataFolder.toString());
    json.put("epochs", epochs);
    json.put("batch", batch);
    json.put("optimizer", optimizer);
    json.put("lr", learningRate);
    json.put("seed", seed);
    json.put("stride", stride);
    json.put("java", java);
    return (JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   */
  static RunConfig fromJson(byte[] bytes, Path file) throws IOException {
    try {
      Map<String, Object> json = JSON.std.mapFrom(new String(bytes, StandardCharsets.UTF_8));
      Object folder = json.get("data_dir");
      return new RunConfig(
          text(json, "network"),
          text(json, "data"),
          folder == null ? null : Path.of(folder.toString()),
          Math.toIntExact(number(json, "epochs").longValue()),
          Math.toIntExact(number(json, "batch").longValue()),
          text(json, "optimizer"),
          number(json, "lr").doubleValue(),
          number(json, "seed").longValue(),
          text(json, "stride"),
          text(json, "java"));
    } catch (JacksonException e) {
      throw new FormatException("%s: is not valid JSON".formatted(file), e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  private static String text(Map<String, Object> json, String field) {
    if (json.get(field) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "expected a text for \"%s\", found %s".formatted(field, json.get(field)));
  }

  private static Number number(Map<String, Object> json, String field) {
    if (json.get(field) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(
        "expected a number for \"%s\", found %s".formatted(field, json.get(field)));
  }
}
