package stride.app.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Where the values of an axis lie. Of a logarithmic one all are the values' logarithms to base 10.
 *
 * @param from the axis's beginning
 * @param to its end, above its beginning
 * @param ticks the values that are labelled, themselves and not their logarithms
 */
record Scale(double from, double to, boolean logarithmic, List<Double> ticks) {
  /** The part of the values' range that is left free at both ends. */
  private static final double MARGIN = 0.04;

  /**
   * Returns an axis on which all values lie. Those that are no numbers, and on a logarithmic axis
   * those that are not above 0, have no place.
   *
   * @param most how many ticks there is room for, 2 or more
   */
  static Scale of(double[] values, boolean logarithmic, int most) {
    double[] placed =
        Arrays.stream(values)
            .map(value -> logarithmic ? Math.log10(value) : value)
            .filter(Double::isFinite)
            .toArray();
    double least = Arrays.stream(placed).min().orElse(0);
    double largest = Arrays.stream(placed).max().orElse(1);
    double range = largest - least;
    // Values that are all the same lie in the middle.
    double margin = range > 0 ? MARGIN * range : Math.max(0.5, 0.1 * Math.abs(least));
    double from = least - margin;
    double to = largest + margin;
    boolean whole = Arrays.stream(values).allMatch(value -> value == Math.rint(value));
    var ticks = logarithmic ? powers(from, to, most) : multiples(from, to, most, whole);
    return new Scale(from, to, logarithmic, ticks.boxed().toList());
  }

  /** Multiples of 1, 2 or 5 times a power of ten. */
  private static DoubleStream multiples(double from, double to, int most, boolean whole) {
    double ten = Math.pow(10, Math.floor(Math.log10((to - from) / most)));
    double step =
        DoubleStream.of(1, 2, 5, 10)
            .map(part -> whole ? Math.max(1, part * ten) : part * ten)
            .filter(candidate -> (to - from) / candidate <= most)
            .findFirst()
            .orElse(10 * ten);
    long first = (long) Math.ceil(from / step);
    long last = (long) Math.floor(to / step);
    return LongStream.rangeClosed(first, last).mapToDouble(i -> i * step);
  }

  /** Powers of ten or, where there are hardly any, 2 and 5 times these too. */
  private static DoubleStream powers(double from, double to, int most) {
    long first = (long) Math.floor(from);
    long last = (long) Math.ceil(to);
    double every = Math.max(1, Math.ceil((to - from) / most));
    boolean few = to - from < 2;
    return LongStream.rangeClosed(first, last)
        .filter(power -> power % every == 0)
        .mapToObj(
            power ->
                few
                    ? DoubleStream.of(1, 2, 5).map(part -> part * ten(power))
                    : DoubleStream.of(ten(power)))
        .flatMapToDouble(all -> all)
        .filter(value -> Math.log10(value) >= from && Math.log10(value) <= to);
  }

  private static double ten(long power) {
    return Double.parseDouble("1e" + power);
  }

  /** Returns where a value lies: 0 at the beginning, 1 at the end; NaN if it has no place. */
  double place(double value) {
    double at = logarithmic ? Math.log10(value) : value;
    return Double.isFinite(at) ? (at - from) / (to - from) : Double.NaN;
  }
}
