package stride.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** Charts as SVG and as pictures. */
final class ChartTest {
  private static final double[] EPOCHS = {1, 2, 3};

  private static Chart chart() {
    return Chart.of("Loss <of> \"it\"", "epoch", "loss")
        .line("plain & simple", EPOCHS, new double[] {1, 0.5, 0.25})
        .dashed("test", EPOCHS, new double[] {1.1, Double.NaN, 0.35});
  }

  @Test
  void aChartIsWellFormedXml() throws Exception {
    var svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(chart().toSvg(480, 320))))
            .getDocumentElement();
    assertEquals("svg", svg.getTagName());
    assertEquals(
        "Loss <of> \"it\", loss against epoch: plain & simple, test",
        svg.getAttribute("aria-label"));
  }

  @Test
  void aFileIsDarkWhereItsReaderLikesThat() {
    String svg = chart().toSvg(480, 320);
    assertTrue(svg.contains("stroke=\"#0072b2\""), svg);
    assertFalse(svg.contains("stroke=\"#d55e00\""), "a dashed line has the colour before it");
    assertTrue(svg.contains("stroke-dasharray=\"6 4\""), svg);
    assertTrue(svg.contains("svg [stroke='#0072b2'] { stroke: #56b4e9 }"), svg);
    assertTrue(svg.contains("svg [fill='#ffffff'] { fill: #0d1117 }"), svg);
  }

  @Test
  void aNameThatAllDashedLinesHaveStandsOnce() {
    var chart =
        Chart.of("", "x", "y")
            .line("a", EPOCHS, EPOCHS)
            .dashed("training", EPOCHS, EPOCHS)
            .line("b", EPOCHS, EPOCHS)
            .dashed("training", EPOCHS, EPOCHS);
    assertEquals(
        List.of(0, 0, 1, 1), chart.series().stream().map(Chart.Series::ink).toList(), "colours");
    var legend = Legend.of(chart, 480);
    assertEquals(1, legend.rows().size());
    assertEquals(3, legend.rows().getFirst().size());
    assertEquals(3, Legend.of(chart, 60).rows().size(), "a narrow chart has more rows");
  }

  @Test
  void logarithmicAxesSpreadPowersOfTenEvenly() {
    var svg =
        Chart.of("", "rate", "loss")
            .line("loss", new double[] {1e-4, 1e-3, 1e-2}, new double[] {1, 2, 3})
            .logX()
            .toSvg(480, 320);
    var line =
        svg.lines()
            .filter(element -> element.contains("stroke=\"#0072b2\""))
            .findFirst()
            .orElseThrow();
    var xs =
        java.util.regex.Pattern.compile("[ML]([\\d.]+) ")
            .matcher(line)
            .results()
            .map(point -> Double.parseDouble(point.group(1)))
            .toList();
    assertEquals(3, xs.size(), line);
    assertEquals(xs.get(1) - xs.get(0), xs.get(2) - xs.get(1), 1.5, line);
  }

  private static List<Double> ticks(boolean logarithmic, int most, double... values) {
    return Scale.of(values, logarithmic, most).ticks();
  }

  @Test
  void ticksAreRoundNumbersThatFit() {
    assertEquals(List.of(0.2, 0.4, 0.6000000000000001), ticks(false, 4, 0.05, 0.61));
    assertEquals(List.of(1.0, 2.0, 3.0), ticks(false, 10, 1, 2, 3), "there is no epoch 1.5");
    assertEquals(List.of(5.0, 10.0, 15.0, 20.0), ticks(false, 6, 1, 20));
    assertEquals(List.of(1.0), ticks(false, 6, 1), "one epoch");
    assertEquals(List.of(1e-6, 1e-4, 1e-2, 1.0), ticks(true, 5, 1e-6, 10));
    assertEquals(List.of(0.1, 0.2, 0.5, 1.0, 2.0), ticks(true, 5, 0.1, 2.2));
    assertEquals(List.of(-1.0, 0.0, 1.0), ticks(false, 3, -1, 1, Double.NaN, 1 / 0.0));
    assertTrue(ticks(false, 5, 2.3, 1.23e16).size() >= 2);
  }

  @Test
  void valuesWithoutAPlaceAreGapsAndAPointAloneIsADot() {
    var gaps = new double[] {1, Double.NaN, 2};
    var svg = Chart.of("", "x", "y").line("a", EPOCHS, gaps).toSvg(480, 320);
    assertEquals(
        2,
        svg.lines().filter(element -> element.contains("fill=\"#0072b2\"")).count(),
        "dots on both sides of the gap");
    var negative = new double[] {10, -1, 100};
    svg = Chart.of("", "x", "y").line("a", EPOCHS, negative).logY().toSvg(480, 320);
    assertFalse(svg.contains("NaN"), svg);
    var nothing = new double[] {Double.NaN, Double.NaN, Double.NaN};
    svg = Chart.of("", "x", "y").line("a", EPOCHS, nothing).toSvg(480, 320);
    assertFalse(svg.contains("NaN"), svg);
  }

  @Test
  void aPictureIsTwiceAsFine() {
    var picture = chart().toImage(480, 320);
    assertEquals(960, picture.getWidth());
    assertEquals(0xFFFFFF, picture.getRGB(1, 1) & 0xFFFFFF);
  }

  @Test
  void aLineOfUnequalLengthsIsRefused() {
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> Chart.of("", "x", "y").line("a", EPOCHS, new double[2]));
    assertEquals(
        "a: a line has as many x as y and at least one, found 3 and 2", failure.getMessage());
  }
}
