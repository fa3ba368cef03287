package stride.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.jr.ob.JSON;

/**
 * JSON that every program can read. It has no NaN and no infinities: they are written as null, as
 * are unknown numbers.
 */
public final class StrictJson {
  private StrictJson() {}

  /**
   * Returns an object as one line of JSON.
   *
   * @param object texts, numbers, booleans, nulls, and lists and maps of them
   * @return the JSON text
   */
  public static String line(Map<String, ?> object) {
    return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(strict(object));
  }

  private static @Nullable Object strict(@Nullable Object value) {
    return switch (value) {
      case Double number when !Double.isFinite(number) -> null;
      case Float number when !Float.isFinite(number) -> null;
      case Map<?, ?> map -> {
        var strict = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((name, entry) -> strict.put(String.valueOf(name), strict(entry)));
        yield strict;
      }
      case List<?> list -> {
        var strict = new ArrayList<@Nullable Object>();
        list.forEach(entry -> strict.add(strict(entry)));
        yield strict;
      }
      case null, default -> value;
    };
  }
}
