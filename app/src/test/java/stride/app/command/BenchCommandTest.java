package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import stride.app.Stride;
import stride.app.console.Console;
import stride.app.console.Terminal;
import stride.tensor.Shape;
import stride.zoo.Zoo;

class BenchCommandTest {
  @Test
  void measuresInferenceForPrograms() throws Exception {
    var json =
        Stride.run("bench", "lenet5", "--batch", 3, "--threads", 2, "--steps", 5, "--json").json();
    assertEquals(
        List.of(
            "network",
            "mode",
            "input",
            "batch",
            "threads",
            "steps",
            "images_per_second",
            "milliseconds",
            "milliseconds_min",
            "spread",
            "gflops",
            "allocated_bytes_per_step",
            "peak_rss_mb"),
        List.copyOf(json.keySet()));
    assertEquals("lenet5", json.get("network"));
    assertEquals("inference", json.get("mode"));
    assertEquals(List.of(28, 28, 1), json.get("input"));
    assertEquals(3, json.get("batch"));
    assertEquals(2, json.get("threads"));
    assertEquals(5, json.get("steps"));
    assertFits(json, 2 * 416_520);
    assertTrue(number(json, "milliseconds_min") <= number(json, "milliseconds"), json::toString);
  }

  @Test
  void countsATrainingStepAsThreePasses() throws Exception {
    var json =
        Stride.run(
                "bench",
                "resnet20",
                "--mode",
                "training",
                "--input",
                "8x8x1",
                "--batch",
                2,
                "--steps",
                1,
                "--json")
            .json();
    assertEquals("training", json.get("mode"));
    assertEquals(List.of(8, 8, 1), json.get("input"));
    var architecture = Zoo.find("resnet20");
    long multiplyAdds = architecture.network(Shape.image(8, 8, 1), 10).multiplyAdds();
    assertFits(json, 6 * multiplyAdds);
    assertEquals(0.0, json.get("spread"));
  }

  @Test
  void tellsPeopleInThreeLines() {
    var lines =
        Stride.run("bench", "lenet5", "--batch", 1, "--threads", 1, "--steps", 3)
            .succeeds()
            .out()
            .lines()
            .toList();
    assertEquals(3, lines.size(), lines::toString);
    assertTrue(
        lines
            .getFirst()
            .matches(
                "lenet5, inference, batches of 1 of 28x28x1, 1 thread: [\\d,.]+ images/s, [\\d,.]+"
                    + " GFLOP/s"),
        lines::toString);
    assertTrue(
        lines
            .get(1)
            .matches(
                "[\\d,.]+ ms a step \\(median of 3; fastest [\\d,.]+ ms, spread [\\d,.]+ ms\\).*"),
        lines::toString);
    assertTrue(
        lines.getLast().matches("[\\d,]+ bytes allocated a step, by all threads"), lines::toString);
  }

  @Test
  void namesTheKernelOfEachLayer() throws Exception {
    var json =
        Stride.run(
                "bench",
                "mobilenet_v2",
                "--mode",
                "training",
                "--input",
                "64x64x3",
                "--batch",
                1,
                "--steps",
                1,
                "--layers",
                "--json")
            .json();
    var kernels = new HashMap<String, Object>();
    for (var layer : (List<?>) json.get("layers")) {
      kernels.put((String) ((Map<?, ?>) layer).get("name"), ((Map<?, ?>) layer).get("kernel"));
    }
    assertEquals("rows", kernels.get("features.0.0"));
    assertNull(kernels.get("features.0.1"), "batch norm");
    assertEquals("depthwise", kernels.get("features.1.conv.0.0"));
    assertEquals("direct", kernels.get("classifier.1"));
  }

  @Test
  void reckonsWhatSeveralMachinesWouldDo() throws Exception {
    var json =
        Stride.run(
                "bench",
                "lenet5",
                "--steps",
                3,
                "--batch",
                8,
                "--simulate-workers",
                "1,8",
                "--json")
            .json();
    var rows = Stride.list(json, "workers");
    assertEquals(2, rows.size());
    assertEquals(0.0, rows.getFirst().get("exchange_milliseconds"));
    assertTrue((Double) rows.getLast().get("exchange_milliseconds") > 0, json.toString());
    assertTrue((Double) rows.getLast().get("efficiency") < 1, json.toString());
    Stride.run("bench", "lenet5", "--latency", 3)
        .refusesWith("--latency goes with --simulate-workers");
    Stride.run("bench", "lenet5", "--simulate-workers", "2", "--mode", "inference")
        .refusesWith("--mode inference does not go with --simulate-workers");
    Stride.run("bench", "lenet5", "--simulate-workers", "2", "--bandwidth", 0)
        .refusesWith("--bandwidth takes Gbit/s above 0");
  }

  @Test
  void saysWhatItCannotMeasure() {
    Stride.run("bench", "lenet6").failsWith("lenet6", "there are", "resnet18");
    Stride.run("bench", "vgg16", "--input", "16x16x3").failsWith("features.30", "1x1x512");
  }

  @Test
  void whatIsUnknownIsNull() {
    var out = new StringWriter();
    var console = new Console(new PrintWriter(out), new PrintWriter(out), Terminal.none());
    var json = new LinkedHashMap<String, Object>();
    json.put("peak_rss_mb", null);
    console.print(json);
    assertEquals("{\"peak_rss_mb\":null}", out.toString().strip());
  }

  private static void assertFits(Map<String, Object> json, double operations) {
    double imagesPerSecond = number(json, "images_per_second");
    int batch = (Integer) json.get("batch");
    assertEquals(batch, imagesPerSecond * number(json, "milliseconds") / 1e3, 1e-6);
    assertEquals(1, operations * imagesPerSecond / 1e9 / number(json, "gflops"), 1e-6);
    assertTrue(number(json, "spread") >= 0, json::toString);
  }

  private static double number(Map<String, Object> json, String field) {
    return ((Number) json.get(field)).doubleValue();
  }
}
