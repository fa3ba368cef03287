package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model file may be damaged: no number of a method of detection is taken that makes no sense. */
final class DamagedMethodTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssd300_vgg16",
        "ssdlite320_mobilenet_v3_large",
        "retinanet_resnet50_fpn",
        "fcos_resnet50_fpn",
        "fasterrcnn_resnet50_fpn",
        "fasterrcnn_mobilenet_v3_large_320_fpn",
        "fastestdet"
      })
  void noNumberBelowZeroOrInfiniteOrNoneIsTaken(String name) throws ReflectiveOperationException {
    var method = Zoo.find(name).detector().method();
    var damaged = new ArrayList<Damaged>();
    damage(method, "method", damaged);
    assertTrue(damaged.size() >= 4, damaged.toString());
    for (var one : damaged) {
      var thrown = assertThrows(InvocationTargetException.class, one::make, one.toString());
      assertInstanceOf(IllegalArgumentException.class, thrown.getCause(), one.toString());
    }
    assertEquals(method, copy((Record) method, -1, null), "undamaged it is taken");
  }

  /** A record of which a component is to be replaced. */
  private record Damaged(String place, Record record, int component, Object value) {
    Object make() throws ReflectiveOperationException {
      return copy(record, component, value);
    }

    @Override
    public String toString() {
      return place + " = " + value;
    }
  }

  private static Object copy(Record record, int component, Object value)
      throws ReflectiveOperationException {
    var components = record.getClass().getRecordComponents();
    var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    var values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i == component ? value : components[i].getAccessor().invoke(record);
    }
    return record.getClass().getConstructor(types).newInstance(values);
  }

  /** Finds all numbers in a record, and in the records in it. */
  private static void damage(Object of, String place, List<Damaged> damaged)
      throws ReflectiveOperationException {
    if (!(of instanceof Record record)) {
      return;
    }
    var components = record.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      var value = components[i].getAccessor().invoke(record);
      var at = place + "." + components[i].getName();
      damage(value, at, damaged);
      for (var wrong : wrong(value)) {
        damaged.add(new Damaged(at, record, i, wrong));
      }
    }
  }

  /** The same with one number that makes no sense. */
  private static List<Object> wrong(Object value) {
    return switch (value) {
      case Integer _ -> List.of(-1, Integer.MIN_VALUE);
      case Float _ -> List.of(-1f, Float.NaN, Float.POSITIVE_INFINITY);
      case Double _ -> List.of(-1.0, Double.NaN, Double.POSITIVE_INFINITY);
      case List<?> list -> {
        var all = new ArrayList<Object>();
        for (int i = 0; i < list.size(); i++) {
          for (var wrong : wrong(list.get(i))) {
            var copy = new ArrayList<Object>(list);
            copy.set(i, wrong);
            all.add(copy);
          }
        }
        yield all;
      }
      default -> List.of();
    };
  }
}
