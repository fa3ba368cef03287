package stride.app.lecture;

import java.util.StringJoiner;

/** A sum of products, in symbols and in numbers: "z11 = f11 x11 + f12 x12 = 5*1 + 6*2 = 17". */
final class SumOfProducts {
  private final String name;
  private final StringJoiner symbols = new StringJoiner(" + ");
  private final StringJoiner numbers = new StringJoiner(" + ");
  private float sum;

  SumOfProducts(String name) {
    this.name = name;
  }

  void add(String left, String right, float leftValue, float rightValue) {
    symbols.add(left + " " + right);
    numbers.add(Grid.number(leftValue) + "*" + Grid.number(rightValue));
    sum += leftValue * rightValue;
  }

  /** The whole line. */
  String line(int symbolWidth) {
    return "%s = %s = %s = %s"
        .formatted(name, padded(symbols.toString(), symbolWidth), numbers, Grid.number(sum));
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  float sum() {
    return sum;
  }
}
