package stride.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.jr.ob.JSON;

/**
 * The position of a training and its history as JSON. Doubles are read back exactly. Unknown
 * members, which a later version may write, are ignored.
 */
final class CheckpointJson {
  private CheckpointJson() {}

  static String position(TrainingState state) {
    var json = new LinkedHashMap<String, Object>();
    json.put("epoch", state.epoch);
    json.put("step", state.step);
    json.put("total_steps", state.totalSteps);
    json.put("loss_sum", state.lossSum);
    json.put("seconds", state.seconds);
    json.put("metric_sums", state.measurement.sums());
    return JSON.std.asString(json);
  }

  /**
   * Restores the position of a training.
   *
   * @throws IllegalArgumentException if something is missing
   */
  static void readPosition(String text, TrainingState state) {
    var json = new Json(JSON.std.mapFrom(text));
    state.epoch = (int) json.number("epoch");
    state.step = (int) json.number("step");
    state.totalSteps = (long) json.number("total_steps");
    state.lossSum = json.number("loss_sum");
    state.seconds = json.number("seconds");
    var saved = json.object("metric_sums");
    state
        .measurement
        .sums()
        .forEach(
            (name, sums) -> {
              if (!(saved.get(name) instanceof List<?> list) || list.size() != sums.length) {
                throw new IllegalArgumentException("the sums of %s are missing".formatted(name));
              }
              for (int i = 0; i < sums.length; i++) {
                sums[i] = ((Number) list.get(i)).doubleValue();
              }
            });
  }

  static String history(List<EpochResult> history) {
    return JSON.std.asString(history.stream().map(CheckpointJson::epoch).toList());
  }

  private static Map<String, Object> epoch(EpochResult result) {
    var json = new LinkedHashMap<String, Object>();
    json.put("epoch", result.epoch());
    json.put("samples", result.samples());
    json.put("loss", result.loss());
    json.put("metrics", result.metrics());
    json.put("learning_rate", result.learningRate());
    json.put("seconds", result.seconds());
    var test = result.test();
    if (test != null) {
      var tested = new LinkedHashMap<String, Object>();
      tested.put("samples", test.images());
      tested.put("loss", test.loss());
      tested.put("metrics", test.metrics());
      tested.put("seconds", test.seconds());
      json.put("test", tested);
    }
    return json;
  }

  /**
   * Reads the epochs that are done.
   *
   * @throws IllegalArgumentException if something is missing
   */
  static List<EpochResult> readHistory(String text) {
    var history = new ArrayList<EpochResult>();
    for (var line : JSON.std.listFrom(text)) {
      if (!(line instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("an epoch is not an object");
      }
      var json = new Json(map);
      history.add(
          new EpochResult(
              (int) json.number("epoch"),
              json.number("loss"),
              json.numbers("metrics"),
              json.number("learning_rate"),
              map.containsKey("test") ? test(new Json(json.object("test"))) : null,
              json.number("seconds"),
              (int) json.number("samples")));
    }
    return history;
  }

  private static Evaluation test(Json json) {
    return new Evaluation(
        json.numbers("metrics"),
        (int) json.number("samples"),
        json.number("seconds"),
        json.number("loss"));
  }

  /** A JSON object, whose members are read by type. */
  private record Json(Map<?, ?> map) {
    double number(String name) {
      return number(name, map.get(name));
    }

    private static double number(String name, @Nullable Object value) {
      if (value instanceof Number number) {
        return number.doubleValue();
      }
      throw new IllegalArgumentException(name + " is not a number");
    }

    Map<?, ?> object(String name) {
      if (map.get(name) instanceof Map<?, ?> object) {
        return object;
      }
      throw new IllegalArgumentException(name + " is not an object");
    }

    Map<String, Double> numbers(String name) {
      var numbers = new LinkedHashMap<String, Double>();
      object(name).forEach((key, value) -> numbers.put(String.valueOf(key), number(name, value)));
      return numbers;
    }
  }
}
