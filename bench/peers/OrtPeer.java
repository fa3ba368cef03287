import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;

/**
 * Measures a model in ONNX Runtime and prints what "stride bench --json" prints; needs the jar of
 * ONNX Runtime on the class path.
 *
 * <pre>
 * OrtPeer NETWORK MODEL.onnx THREADS [STEPS]    how fast it runs, in batches of the model's size
 * OrtPeer predict MODEL.onnx THREADS IMAGE      one prediction, for the time from start to end
 * </pre>
 */
final class OrtPeer {
  private static final int FEWEST_STEPS = 10;
  private static final double FEWEST_SECONDS = 3;
  private static final int WARM_UP_STEPS = 3;
  private static final double WARM_UP_SECONDS = 2;

  public static void main(String[] args) throws OrtException, IOException {
    int threads = Integer.parseInt(args[2]);
    try (var environment = OrtEnvironment.getEnvironment();
        var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      try (var session = environment.createSession(args[1], options)) {
        var input = session.getInputInfo().values().iterator().next();
        long[] shape = ((TensorInfo) input.getInfo()).getShape();
        var values = floats(shape);
        try (var tensor = OnnxTensor.createTensor(environment, values, shape)) {
          var inputs = Map.of(input.getName(), tensor);
          if (args[0].equals("predict")) {
            read(Path.of(args[3]), values, shape);
            System.out.println(best(session, inputs));
          } else {
            Integer steps = args.length > 3 ? Integer.valueOf(args[3]) : null;
            double[] seconds = measure(session, inputs, steps);
            report(args[0], shape[0], threads, seconds, environment.getVersion());
          }
        }
      }
    }
  }

  /** Room for a tensor, with values in [-1, 1), where native code reads them without a copy. */
  static FloatBuffer floats(long[] shape) {
    int n = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    var floats =
        ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
    var random = new Random(1);
    for (int i = 0; i < n; i++) {
      floats.put(i, 2 * random.nextFloat() - 1);
    }
    return floats;
  }

  /** Scales a picture to the model's size and writes its planes, red first. */
  private static void read(Path picture, FloatBuffer to, long[] shape) throws IOException {
    int height = (int) shape[2];
    int width = (int) shape[3];
    var scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = scaled.createGraphics();
    graphics.drawImage(ImageIO.read(picture.toFile()), 0, 0, width, height, null);
    graphics.dispose();
    int[] pixels = scaled.getRGB(0, 0, width, height, null, 0, width);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < pixels.length; i++) {
        to.put(c * pixels.length + i, (pixels[i] >> 16 - 8 * c & 255) / 255f);
      }
    }
  }

  private static int best(OrtSession session, Map<String, OnnxTensor> inputs) throws OrtException {
    try (var result = session.run(inputs)) {
      float[] logits = ((float[][]) result.get(0).getValue())[0];
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      return best;
    }
  }

  /** The seconds of each step, sorted. */
  private static double[] measure(OrtSession session, Map<String, OnnxTensor> inputs, Integer steps)
      throws OrtException {
    if (steps != null) {
      time(session, inputs, Math.min(WARM_UP_STEPS, steps), 0);
      return time(session, inputs, steps, 0);
    }
    time(session, inputs, WARM_UP_STEPS, WARM_UP_SECONDS);
    return time(session, inputs, FEWEST_STEPS, FEWEST_SECONDS);
  }

  private static double[] time(
      OrtSession session, Map<String, OnnxTensor> inputs, int steps, double seconds)
      throws OrtException {
    var times = DoubleStream.builder();
    long start = System.nanoTime();
    long before = start;
    for (int i = 0; i < steps || (before - start) * 1e-9 < seconds; i++) {
      session.run(inputs).close();
      long now = System.nanoTime();
      times.add((now - before) * 1e-9);
      before = now;
    }
    return times.build().sorted().toArray();
  }

  private static void report(
      String network, long batch, int threads, double[] seconds, String version)
      throws IOException {
    int n = seconds.length;
    double median = (seconds[(n - 1) / 2] + seconds[n / 2]) / 2;
    System.out.printf(
        Locale.ROOT,
        "{\"network\": \"%s\", \"mode\": \"inference\", \"batch\": %d, \"threads\": %d,"
            + " \"steps\": %d, \"images_per_second\": %.6g, \"milliseconds\": %.6g,"
            + " \"milliseconds_min\": %.6g, \"peak_rss_mb\": %s, \"version\": \"%s\"}%n",
        network,
        batch,
        threads,
        n,
        batch / median,
        1e3 * median,
        1e3 * seconds[0],
        peakRss(),
        version);
  }

  /** Megabytes of 1,048,576 bytes; null where the system does not tell. */
  private static Double peakRss() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return null;
    }
    var peak = Pattern.compile("(?m)^VmHWM:\\s*(\\d+) kB$").matcher(Files.readString(status));
    return peak.find() ? Long.parseLong(peak.group(1)) / 1024.0 : null;
  }
}
