package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.format.TextFile;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * All that a training's numbers depend on, and what made them, each under its option's name without
 * the dashes in front and with underscores between words. It is on disk before the first step, so
 * that a training can go on whenever it is killed.
 *
 * @param settings texts, whole numbers as Long, others as Double, Booleans and lists of them; what
 *     is not set is missing
 */
public record RunConfig(Map<String, Object> settings) {
  public RunConfig {
    var copy = new LinkedHashMap<String, Object>();
    settings.forEach((name, value) -> copy.put(name, plain(value)));
    settings = Collections.unmodifiableMap(copy);
  }

  /** A value as it is once it has been written and read. */
  private static Object plain(Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case List<?> list ->
          list.stream().map(entry -> plain(Objects.requireNonNull(entry))).toList();
      case Boolean _, Long _, Double _, String _ -> value;
      default -> value.toString();
    };
  }

  /** The architecture's name. */
  public String network() {
    return text("network");
  }

  /** The data set's name, or a folder of pictures. */
  public String data() {
    return text("data");
  }

  /** Where the data set's files are; null for those that ship with Stride. */
  public @Nullable Path dataFolder() {
    return given("data_dir") ? Path.of(text("data_dir")) : null;
  }

  public int epochs() {
    return whole("epochs");
  }

  /** The sizes of batches, one for each of equal parts of the epochs. */
  public List<Integer> batches() {
    return settings.get("batch") instanceof List<?> sizes
        ? sizes.stream().map(size -> Math.toIntExact(((Number) size).longValue())).toList()
        : List.of(whole("batch"));
  }

  /** The optimiser's name. */
  public String optimizer() {
    return text("optimizer");
  }

  /** The highest learning rate. */
  public double learningRate() {
    return number("lr");
  }

  public long seed() {
    return number("seed", Long.class);
  }

  /** Whether a setting is there. */
  public boolean given(String name) {
    return settings.containsKey(name);
  }

  /** Whether a setting is there and is true. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(settings.get(name));
  }

  /**
   * A text.
   *
   * @throws IllegalArgumentException if there is none; the message names it
   */
  public String text(String name) {
    if (settings.get(name) instanceof String text) {
      return text;
    }
    throw wrong("text", name);
  }

  /** A whole number. */
  public int whole(String name) {
    return Math.toIntExact(number(name, Long.class));
  }

  /** A number. */
  public double number(String name) {
    return number(name, Number.class).doubleValue();
  }

  /** A list of numbers. */
  public List<Double> numbers(String name) {
    if (settings.get(name) instanceof List<?> list
        && list.stream().allMatch(Number.class::isInstance)) {
      return list.stream().map(number -> ((Number) number).doubleValue()).toList();
    }
    throw wrong("list of numbers", name);
  }

  private <N extends Number> N number(String name, Class<N> type) {
    Object value = settings.get(name);
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    throw wrong("number", name);
  }

  private IllegalArgumentException wrong(String expected, String name) {
    return new IllegalArgumentException(
        "expected a %s for \"%s\", found %s".formatted(expected, name, settings.get(name)));
  }

  byte[] toJson() {
    return (JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(settings) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   */
  static RunConfig fromJson(byte[] bytes, Path file) throws IOException {
    try {
      var settings = JSON.std.mapFrom(TextFile.decode(bytes, file));
      settings.values().removeIf(Objects::isNull);
      var config = new RunConfig(settings);
      config.network();
      config.data();
      config.epochs();
      config.batches();
      config.optimizer();
      config.learningRate();
      config.seed();
      return config;
    } catch (JacksonException e) {
      throw new FormatException("%s: is not valid JSON".formatted(file), e);
    } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }
}
