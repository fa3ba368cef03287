package stride.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.image.Contained;
import stride.image.Fit;
import stride.image.Interpolated;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * A preprocessing as JSON: "fit" is "resize" (to the shape), "center" (the middle, with "shorter",
 * the length of the shorter side), both with "filter", one of PIL's, or the name of another fit
 * with its components under "settings"; "mean" and "std" are a number a channel; "order" is "bgr"
 * where channels are then turned around. Without filter, "interpolate" resizes to the shape, too.
 */
final class PreprocessingJson {
  /** The names of the fits that the library itself has. */
  static final List<String> OWN = List.of("resize", "center", "interpolate", "contain");

  private static final String FIT = "fit";
  private static final String FILTER = "filter";
  private static final String SHORTER = "shorter";
  private static final String SETTINGS = "settings";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String ORDER = "order";
  private static final String BLUE_FIRST = "bgr";
  private static final Set<String> KEYS = Set.of(FIT, FILTER, SHORTER, SETTINGS, MEAN, STD, ORDER);

  private PreprocessingJson() {}

  static String write(Preprocessing preprocessing, OperationTypes types) {
    var json = new LinkedHashMap<String, Object>();
    switch (preprocessing.fit()) {
      case Fit.Stretch(var filter) -> {
        json.put(FIT, "resize");
        json.put(FILTER, filter.name().toLowerCase(Locale.ROOT));
      }
      case Fit.Center(int shorter, var filter) -> {
        json.put(FIT, "center");
        json.put(SHORTER, shorter);
        json.put(FILTER, filter.name().toLowerCase(Locale.ROOT));
      }
      case Interpolated() -> json.put(FIT, "interpolate");
      case Contained(var filter) -> {
        json.put(FIT, "contain");
        json.put(FILTER, filter.name().toLowerCase(Locale.ROOT));
      }
      case Fit other -> {
        var written = types.writeFit(other);
        json.put(FIT, written.getKey());
        if (!written.getValue().isEmpty()) {
          json.put(SETTINGS, written.getValue());
        }
      }
    }
    json.put(MEAN, preprocessing.normalization().mean());
    json.put(STD, preprocessing.normalization().standardDeviation());
    if (preprocessing.normalization().blueFirst()) {
      json.put(ORDER, BLUE_FIRST);
    }
    return JSON.std.asString(json);
  }

  /**
   * Reads a preprocessing.
   *
   * @param text null where a file says nothing
   * @param input the network's input
   * @param types names the fits that are known
   * @param source the file, for messages
   */
  static Preprocessing read(@Nullable String text, Shape input, OperationTypes types, String source)
      throws FormatException {
    if (text == null) {
      return Preprocessing.none(input);
    }
    try {
      Map<String, Object> json = JSON.std.mapFrom(text);
      if (json == null) {
        throw new IllegalArgumentException("expected an object, found null");
      }
      for (var key : json.keySet()) {
        if (!KEYS.contains(key)) {
          throw new IllegalArgumentException("unknown entry " + FormatException.quote(key));
        }
      }
      return new Preprocessing(
          fit(json, types),
          input,
          new Normalization(
              numbers(json.get(MEAN)), numbers(json.get(STD)), blueFirst(json.get(ORDER))));
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the preprocessing is not valid JSON: %s".formatted(source, e.getOriginalMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          "%s: the preprocessing is damaged: %s".formatted(source, String.valueOf(e.getMessage())),
          e);
    }
  }

  private static boolean blueFirst(@Nullable Object order) {
    if (order != null && !order.equals(BLUE_FIRST)) {
      throw new IllegalArgumentException("expected bgr for order, found " + order);
    }
    return order != null;
  }

  private static Fit fit(Map<String, Object> json, OperationTypes types) {
    // Files of before filters could be chosen name none.
    var filter =
        Resampling.valueOf(
            String.valueOf(json.getOrDefault(FILTER, "bilinear")).toUpperCase(Locale.ROOT));
    String fit = String.valueOf(json.get(FIT));
    return switch (fit) {
      case "resize" -> new Fit.Stretch(filter);
      case "interpolate" -> new Interpolated();
      case "contain" -> new Contained(filter);
      case "center" -> {
        if (json.get(SHORTER) instanceof Integer shorter) {
          yield new Fit.Center(shorter, filter);
        }
        throw new IllegalArgumentException(
            "expected a whole number for shorter, found " + json.get(SHORTER));
      }
      default -> {
        if (json.getOrDefault(SETTINGS, Map.of()) instanceof Map<?, ?> settings) {
          yield types.readFit(fit, settings);
        }
        throw new IllegalArgumentException(
            "expected an object for settings, found " + json.get(SETTINGS));
      }
    };
  }

  private static List<Double> numbers(@Nullable Object json) {
    if (json instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
      return list.stream().map(number -> ((Number) number).doubleValue()).toList();
    }
    throw new IllegalArgumentException("expected a list of numbers, found " + json);
  }
}
