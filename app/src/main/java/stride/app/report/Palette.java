package stride.app.report;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;

/**
 * The colours of charts, in light and in dark. Those of series are Okabe and Ito's, which people
 * who see fewer colours tell apart too ("Color Universal Design", 2008), lightened for dark pages.
 */
enum Palette {
  PAPER(0xFFFFFF, 0x0D1117),
  TEXT(0x3A4048, 0xC9D1D9),
  AXIS(0x8C959F, 0x6E7681),
  GRID(0xE4E8EC, 0x2B3138),
  SERIES_1(0x0072B2, 0x56B4E9),
  SERIES_2(0xD55E00, 0xF58A45),
  SERIES_3(0x009E73, 0x33C79B),
  SERIES_4(0xB5508E, 0xE29AC7),
  SERIES_5(0xB88000, 0xF0C04A),
  SERIES_6(0x5B5BD6, 0xA5A5FF);

  private static final List<Palette> SERIES =
      List.of(SERIES_1, SERIES_2, SERIES_3, SERIES_4, SERIES_5, SERIES_6);

  private final Color light;
  private final Color dark;

  Palette(int light, int dark) {
    this.light = new Color(light);
    this.dark = new Color(dark);
  }

  /** The colour of a chart's i-th series; from the seventh on they come again. */
  static Palette ofSeries(int i) {
    return SERIES.get(i % SERIES.size());
  }

  /** The colour on white paper. */
  Color light() {
    return light;
  }

  /**
   * A colour on white paper as SVG writes it: "#0072b2".
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static String svg(Color color) {
    return Arrays.stream(values())
        .filter(ink -> ink.light.getRGB() == color.getRGB())
        .findFirst()
        .map(ink -> hex(ink.light))
        .orElseThrow(() -> new IllegalArgumentException("no ink has the colour " + hex(color)));
  }

  /**
   * The rules of a style sheet that make charts dark where their reader likes that. What knows no
   * style sheets shows the light colours that the elements have.
   */
  static String darkStyle() {
    var rules = new StringBuilder("@media (prefers-color-scheme: dark) {\n");
    for (var ink : values()) {
      for (String part : List.of("fill", "stroke")) {
        rules.append(
            "svg [%s='%s'] { %s: %s }\n".formatted(part, hex(ink.light), part, hex(ink.dark)));
      }
    }
    return rules.append("}\n").toString();
  }

  private static String hex(Color color) {
    return "#%06x".formatted(color.getRGB() & 0xFFFFFF);
  }
}
