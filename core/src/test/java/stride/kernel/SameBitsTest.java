package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same input gives the same bits whether a kernel is interpreted or compiled, that is, whether
 * it runs for the first time or for the thousandth. Some of the JDK's own functions do not.
 */
@Tag("kernels")
class SameBitsTest {
  private static final int ROUNDS = 300;

  @Test
  void interpreterAndCompilersGiveTheSameBits() throws IOException, InterruptedException {
    String expected = fingerprint();
    for (int round = 1; round < ROUNDS; round++) {
      assertEquals(expected, fingerprint(), "fingerprint of round " + round);
    }
    assertEquals(expected, fingerprintOf("-Xint"), "fingerprint of the interpreter");
  }

  /** Prints the fingerprint. */
  public static void main(String[] args) {
    IO.println(fingerprint());
  }

  /** The fingerprint that a JVM with this one's options and another makes. */
  private static String fingerprintOf(String option) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!argument.startsWith("-agentlib")) {
        command.add(argument);
      }
    }
    command.add(option);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SameBitsTest.class.getName());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines();
    process.waitFor();
    return lines.reduce("nothing printed", (first, last) -> last);
  }

  private static String fingerprint() {
    var text = new StringBuilder();
    KernelProviders.all().forEach(k -> text.append(fingerprint(k.getPayload())).append(' '));
    return text.toString().strip();
  }

  /** A number that changes with every bit of what every kernel makes of some random values. */
  private static String fingerprint(Kernels kernels) {
    var random = new SplittableRandom(1);
    var crc = new CRC32();
    var grouped = new ConvGeometry(5, 7, 12, 5, 7, 40, 3, 3, 1, 1, 1, 1, 1, 1, 2);
    var depthwise = new ConvGeometry(5, 7, 19, 3, 4, 19, 3, 3, 2, 2, 1, 1, 1, 1, 19);
    for (var g : new ConvGeometry[] {grouped, depthwise}) {
      var calls =
          new ConvolutionCalls(kernels.convolutions().of(g, new Kernels.Usage(1, 1, 2, false)), 1);
      update(crc, calls, random);
    }
    var small = new ConvGeometry(5, 7, 3, 5, 7, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1);
    update(
        crc,
        new ConvolutionCalls(
            kernels.convolutions().of(small, new Kernels.Usage(16, 16, 2, false)), 16),
        random);

    int rows = 9;
    int channels = 21;
    int n = rows * channels;
    float[] a = Values.between(-6, 6, n, random);
    float[] b = Values.signed(n, random);
    float[] c = Values.between(0, 1, n, random);
    var y = new float[n];
    var e = kernels.elementwise();
    e.tanh(a, 0, y, 0, n);
    update(crc, y);
    e.tanhGradient(b, 0, a, 0, y, 0, n);
    update(crc, y);
    e.sigmoid(a, 0, y, 0, n);
    update(crc, y);
    e.sigmoidGradient(c, 0, a, 0, y, 0, n);
    update(crc, y);
    e.exp(a, 0, y, 0, n);
    update(crc, y);
    e.elu(a, 0, y, 0, 1.3f, n);
    update(crc, y);
    e.gelu(a, 0, y, 0, n);
    update(crc, y);
    e.geluGradient(a, 0, b, 0, y, 0, n);
    update(crc, y);
    e.geluTanh(a, 0, y, 0, n);
    update(crc, y);
    e.geluTanhGradient(a, 0, b, 0, y, 0, n);
    update(crc, y);
    e.mish(a, 0, y, 0, n);
    update(crc, y);
    e.mishGradient(a, 0, b, 0, y, 0, n);
    update(crc, y);
    e.softplus(a, 0, y, 0, 1.5f, 9, n);
    update(crc, y);
    e.softplusGradient(a, 0, b, 0, y, 0, 1.5f, 9, n);
    update(crc, y);
    var k = kernels.channelwise();
    k.sum(a, 0, rows, channels, y, 0);
    int period = k.period(channels);
    float[] numbers = Values.signed(2 * period, random);
    float[] positive = Values.between(0, 1, period, random);
    k.moments(a, 0, rows, channels, numbers, period, numbers, 0);
    update(crc, numbers);
    var norm = Epilogue.bias(positive, 0).withScale(numbers, 0).withBounds(0, 6);
    k.apply(norm, 0, a, 0, rows, channels, y, 0);
    update(crc, y);
    k.normGradient(norm, a, 0, b, 0, rows, channels, numbers, positive, y, 0);
    update(crc, y);
    var sums = new float[2 * period];
    k.normGradientSums(norm, a, 0, b, 0, rows, channels, positive, sums, 0);
    update(crc, sums);
    k.prelu(a, 0, numbers, rows, channels, y, 0);
    update(crc, y);
    k.preluSums(a, 0, b, 0, rows, channels, sums, 0);
    update(crc, sums);
    var moments = new float[2 * rows];
    k.layerNorm(a, 0, rows, channels, 1e-5f, numbers, 0, positive, 0, moments, 0, y, 0);
    update(crc, y);
    k.layerNormGradient(a, 0, b, 0, rows, channels, numbers, 0, moments, 0, y, 0);
    update(crc, y);
    k.layerNormSums(a, 0, b, 0, rows, channels, moments, 0, sums, 0);
    update(crc, sums);
    k.softmax(a, 0, rows, channels, y, 0);
    update(crc, y);
    k.softmaxGradient(c, 0, b, 0, rows, channels, y, 0);
    update(crc, y);
    k.localResponse(a, 0, rows, channels, 5, 1, 0.75f, 2, y, 0);
    update(crc, y);
    k.localResponseGradient(a, 0, b, 0, rows, channels, 5, 1, 0.6f, 2, y, 0);
    update(crc, y);
    var pool = new PoolGeometry(3, 3, channels, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0, false);
    kernels.pooling().average(pool, a, 0, y, 0);
    update(crc, y);
    kernels.pooling().averageGradient(pool, b, 0, y, 0, 0, pool.inHeight());
    update(crc, y);
    var u = kernels.updates();
    u.sgd(a, b, y, 0, n, 0.1f, 0.9f, true, 0.01f);
    u.adam(a, b, y, c, 0, n, 0.1f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.01f, 0.01f, true);
    u.rmsprop(a, b, c, y, 0, n, 0.1f, 0.9f, 1e-8f, 0.9f, 0.01f);
    update(crc, a);
    update(crc, c);
    return Long.toHexString(crc.getValue());
  }

  private static void update(CRC32 crc, ConvolutionCalls calls, SplittableRandom random) {
    float[] x = Values.signed(calls.inputs(), random);
    float[] w = Values.signed(calls.kernels().geometry().weights(), random);
    float[] dy = Values.signed(calls.outputs(), random);
    update(crc, calls.forward(x, w, null));
    update(crc, calls.weightGradient(x, dy, w));
    update(crc, calls.inputGradient(dy, w));
  }

  private static void update(CRC32 crc, float[] values) {
    for (float value : values) {
      int bits = Float.floatToIntBits(value);
      for (int shift = 0; shift < 32; shift += 8) {
        crc.update(bits >>> shift);
      }
    }
  }
}
