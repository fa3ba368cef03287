package stride.app.report;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The colours of charts, in light and in dark. Those of series are Okabe and Ito's, which people
 * who see fewer colours tell apart too ("Color Universal Design", 2008), lightened for dark pages.
 */
enum Ink {
  TEXT(0x3A4048, 0xC9D1D9),
  AXIS(0x8C959F, 0x6E7681),
  GRID(0xE4E8EC, 0x2B3138),
  SERIES_1(0x0072B2, 0x56B4E9),
  SERIES_2(0xD55E00, 0xF58A45),
  SERIES_3(0x009E73, 0x33C79B),
  SERIES_4(0xB5508E, 0xE29AC7),
  SERIES_5(0xB88000, 0xF0C04A),
  SERIES_6(0x5B5BD6, 0xA5A5FF);

  private static final List<Ink> SERIES =
      List.of(SERIES_1, SERIES_2, SERIES_3, SERIES_4, SERIES_5, SERIES_6);

  private final Color light;
  private final Color dark;

  Ink(int light, int dark) {
    this.light = new Color(light);
    this.dark = new Color(dark);
  }

  /** The colour of a chart's i-th series; from the seventh on they come again. */
  static Ink ofSeries(int i) {
    return SERIES.get(i % SERIES.size());
  }

  /** The colour on white paper. */
  Color light() {
    return light;
  }

  /** As SVG writes it: the page's colour, and the light one where no page says any. */
  String svg() {
    return "var(%s, %s)".formatted(variable(), hex(light));
  }

  /**
   * As SVG writes a colour.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static String svg(Color color) {
    return Arrays.stream(values())
        .filter(ink -> ink.light.getRGB() == color.getRGB())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no ink has the colour " + hex(color)))
        .svg();
  }

  /** What a style sheet says of these colours: "--chart-text: #3a4048; ...". */
  static String css(boolean dark) {
    return Arrays.stream(values())
        .map(ink -> "%s: %s;".formatted(ink.variable(), hex(dark ? ink.dark : ink.light)))
        .collect(Collectors.joining(" "));
  }

  private String variable() {
    return "--chart-" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  private static String hex(Color color) {
    return "#%06x".formatted(color.getRGB() & 0xFFFFFF);
  }
}
