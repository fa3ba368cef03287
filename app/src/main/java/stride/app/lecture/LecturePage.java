package stride.app.lecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import stride.engine.Engine;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What an example shows: lines for people, numbers for programs, and whether its claims hold. */
public final class LecturePage {
  private static final int GAP = 3;

  private final Setting setting;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Object> numbers = new LinkedHashMap<>();
  private boolean passed = true;

  LecturePage(Setting setting) {
    this.setting = setting;
  }

  Engine engine() {
    return setting.engine();
  }

  long seed() {
    return setting.seed();
  }

  /** One line of text; with arguments, a format. */
  void say(String text, Object... arguments) {
    lines.add(arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments));
  }

  /**
   * Grids side by side with words between them: {@code show(input, "*", filter, "=", output)}.
   *
   * @param parts {@link Grid}s and strings
   */
  void show(Object... parts) {
    var grids = new ArrayList<Grid>();
    for (Object part : parts) {
      grids.add(part instanceof Grid grid ? grid : new Grid("", List.of(part.toString())));
    }
    int height = grids.stream().mapToInt(grid -> grid.lines().size()).reduce(0, Math::max);
    var titles = new StringBuilder();
    grids.forEach(grid -> titles.append(padded(grid.title(), grid)));
    if (!titles.toString().isBlank()) {
      lines.add(titles.toString().stripTrailing());
    }
    for (int y = 0; y < height; y++) {
      var line = new StringBuilder();
      for (var grid : grids) {
        int i = y - (height - grid.lines().size()) / 2;
        line.append(padded(i < 0 || i >= grid.lines().size() ? "" : grid.lines().get(i), grid));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add("");
  }

  private static String padded(String text, Grid grid) {
    return text + " ".repeat(grid.width() - text.length() + GAP);
  }

  /** A number for programs, under a name; a tensor becomes lists of its rows. */
  void number(String name, Object value) {
    numbers.put(name, value instanceof Tensor tensor ? nested(tensor) : value);
  }

  /** An image of one channel as rows of numbers, any other tensor as its shape says. */
  private static List<?> nested(Tensor tensor) {
    var shape = tensor.shape();
    boolean grey = shape.isImage() && shape.channels() == 1;
    return nested(tensor.data(), 0, grey ? Shape.of(shape.height(), shape.width()) : shape, 0);
  }

  private static List<?> nested(float[] data, int offset, Shape shape, int dimension) {
    var list = new ArrayList<Object>();
    int step = 1;
    for (int d = dimension + 1; d < shape.rank(); d++) {
      step *= shape.size(d);
    }
    for (int i = 0; i < shape.size(dimension); i++) {
      int at = offset + i * step;
      list.add(
          dimension == shape.rank() - 1
              ? (Object) data[at]
              : nested(data, at, shape, dimension + 1));
    }
    return list;
  }

  /** States what should be so, and whether it is. */
  void check(String claim, boolean holds) {
    passed &= holds;
    lines.add((holds ? "ok: " : "WRONG: ") + claim);
  }

  /** Whether a tensor has these values, up to rounding. */
  static boolean near(Tensor found, float... expected) {
    boolean near = found.data().length == expected.length;
    for (int i = 0; near && i < expected.length; i++) {
      near = Math.abs(found.data()[i] - expected[i]) <= 1e-5 * Math.max(1, Math.abs(expected[i]));
    }
    return near;
  }

  public List<String> lines() {
    return lines;
  }

  public Map<String, Object> numbers() {
    return numbers;
  }

  /** Whether every claim holds. */
  public boolean passed() {
    return passed;
  }
}
