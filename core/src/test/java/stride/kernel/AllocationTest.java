package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A training step runs kernels thousands of times: they must leave nothing to collect. A vector
 * that the compiler does not keep in a register is an object, and its kernel takes many times as
 * long; whether it does may depend on what was compiled before, so all kernels run in one JVM, in
 * changing orders.
 */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class AllocationTest {
  private static final int CALLS = 20;

  /** Less than an object for each call: the JVM itself sometimes allocates a little. */
  private static final long ALLOWED = CALLS * 8;

  /**
   * Interpreted and hastily compiled code makes objects of vectors: how long it may be in use, in
   * this thread's own time, since other processes may take most of a machine's.
   */
  private static final long WARM_UP_NANOS = 90_000_000_000L;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Parameter Kernels kernels;

  private record Call(String name, Runnable kernel) {}

  @Test
  void compiledKernelsAllocateNothingWhateverWasCompiledBefore() {
    var calls = new ArrayList<Call>();
    addElementwise(calls);
    addChannelwise(calls);
    addPooling(calls);
    addConvolutions(calls);
    addUpdates(calls);
    var random = new Random(1);
    long end = THREADS.getCurrentThreadCpuTime() + WARM_UP_NANOS;
    int roundsWithoutObjects = 0;
    var allocating = new TreeMap<String, Long>();
    while (roundsWithoutObjects < 3 && THREADS.getCurrentThreadCpuTime() < end) {
      Collections.shuffle(calls, random);
      allocating.clear();
      for (var call : calls) {
        long allocated = allocated(call.kernel());
        if (allocated >= ALLOWED) {
          allocating.put(call.name(), allocated);
        }
      }
      roundsWithoutObjects = allocating.isEmpty() ? roundsWithoutObjects + 1 : 0;
    }
    assertEquals(new TreeMap<String, Long>(), allocating, "bytes of %d calls".formatted(CALLS));
  }

  private static long allocated(Runnable kernel) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      kernel.run();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private void addElementwise(List<Call> calls) {
    var k = kernels.elementwise();
    int n = 203;
    float[] a = values(n + 3);
    float[] b = values(n + 3);
    var y = room(n + 3);
    for (var kernel : ElementwiseTest.Kernel.values()) {
      calls.add(new Call(kernel.name(), () -> kernel.run(k, a, 1, b, 2, y, 3, n)));
    }
  }

  private void addChannelwise(List<Call> calls) {
    var k = kernels.channelwise();
    int rows = 31;
    int channels = 37;
    int period = k.period(channels);
    int n = rows * channels;
    float[] x = values(n);
    float[] dy = values(n);
    float[] numbers = values(2 * period);
    var y = room(n);
    var sums = room(2 * period);
    var moments = room(2 * rows);
    var plain = Epilogue.bias(numbers, 0).withScale(numbers, 0);
    calls.add(new Call("sum", () -> k.sum(x, 0, rows, channels, sums, 0)));
    calls.add(new Call("moments", () -> k.moments(x, 0, rows, channels, sums, period, sums, 0)));
    for (var norm : List.of(plain, plain.withBounds(0, 6), plain.withResidual(dy, 0))) {
      String name = "norm, bounded %s, %s".formatted(norm.isBounded(), norm.residual() != null);
      calls.add(new Call(name, () -> k.apply(norm, 0, x, 0, rows, channels, y, 0)));
      calls.add(
          new Call(
              name + ", sums of its gradient",
              () -> k.normGradientSums(norm, dy, 0, x, 0, rows, channels, numbers, sums, 0)));
      calls.add(
          new Call(
              name + ", gradient",
              () -> k.normGradient(norm, dy, 0, x, 0, rows, channels, numbers, numbers, y, 0)));
    }
    calls.add(new Call("softmax", () -> k.softmax(x, 0, rows, channels, y, 0)));
    calls.add(
        new Call("softmax gradient", () -> k.softmaxGradient(x, 0, dy, 0, rows, channels, y, 0)));
    calls.add(
        new Call(
            "local response", () -> k.localResponse(x, 0, rows, channels, 5, 1, 0.75f, 1, y, 0)));
    calls.add(
        new Call(
            "local response gradient",
            () -> k.localResponseGradient(x, 0, dy, 0, rows, channels, 5, 1, 0.75f, 1, y, 0)));
    calls.add(
        new Call(
            "layer norm",
            () -> k.layerNorm(x, 0, rows, channels, 1, numbers, 0, dy, 0, moments, 0, y, 0)));
    calls.add(
        new Call(
            "layer norm gradient",
            () -> k.layerNormGradient(x, 0, dy, 0, rows, channels, numbers, 0, moments, 0, y, 0)));
    calls.add(
        new Call(
            "layer norm sums",
            () -> k.layerNormSums(x, 0, dy, 0, rows, channels, moments, 0, sums, 0)));
    calls.add(new Call("prelu", () -> k.prelu(x, 0, numbers, rows, channels, y, 0)));
    calls.add(
        new Call(
            "prelu gradient", () -> k.preluGradient(x, 0, dy, 0, numbers, rows, channels, y, 0)));
    calls.add(new Call("prelu sums", () -> k.preluSums(x, 0, dy, 0, rows, channels, sums, 0)));
    calls.add(new Call("copy", () -> k.copy(x, 0, 37, y, 0, 37, rows, 37)));
    calls.add(new Call("scale", () -> k.scale(x, 0, numbers, 0, rows, channels, y, 0)));
    calls.add(
        new Call("sum of products", () -> k.sumOfProducts(x, 0, dy, 0, rows, channels, sums, 0)));
    calls.add(new Call("pairs", () -> k.transpose(x, 0, 10, 2, 37, y, 0)));
    calls.add(new Call("pairs apart", () -> k.transpose(x, 0, 10, 37, 2, y, 0)));
    calls.add(new Call("transpose", () -> k.transpose(x, 0, 10, 3, 11, y, 0)));
  }

  private void addPooling(List<Call> calls) {
    var k = kernels.pooling();
    int channels = 19;
    var geometries =
        List.of(
            new PoolGeometry(8, 8, channels, 4, 4, 2, 2, 2, 2, 0, 0, 0, 0, false),
            new PoolGeometry(9, 9, channels, 5, 5, 3, 3, 2, 2, 1, 1, 1, 1, false),
            new PoolGeometry(7, 7, channels, 1, 1, 7, 7, 1, 1, 0, 0, 0, 0, false));
    float[] x = values(81 * channels);
    float[] dy = values(25 * channels);
    var y = room(25 * channels);
    var dx = room(81 * channels);
    for (var g : geometries) {
      var taps = room(25 * channels);
      int in = g.inHeight();
      int out = g.outHeight();
      k.max(g, x, 0, y, 0, taps, 0, 0, out);
      String name = " pooling of %d x %d".formatted(g.kernelHeight(), g.kernelWidth());
      calls.add(new Call("max" + name, () -> k.max(g, x, 0, y, 0, 0, out)));
      calls.add(new Call("max with taps" + name, () -> k.max(g, x, 0, y, 0, taps, 0, 0, out)));
      calls.add(
          new Call("max gradient" + name, () -> k.maxGradient(g, dy, 0, taps, 0, dx, 0, 0, in)));
      calls.add(new Call("average" + name, () -> k.average(g, x, 0, y, 0)));
      calls.add(
          new Call("average gradient" + name, () -> k.averageGradient(g, dy, 0, dx, 0, 0, in)));
    }
  }

  private void addConvolutions(List<Call> calls) {
    var one = new Kernels.Usage(1, 1, 2, true);
    var many = new Kernels.Usage(16, 16, 2, false);
    addConvolution(calls, "grouped", conv(6, 5, 8, 6, 3, 1, 2), one, 1);
    addConvolution(calls, "direct, strided", conv(8, 8, 20, 35, 3, 2, 1), one, 1);
    addConvolution(calls, "pointwise", conv(8, 8, 33, 40, 1, 1, 1), one, 1);
    addConvolution(calls, "Winograd", conv(8, 8, 48, 48, 3, 1, 1), many, 2);
    addConvolution(calls, "of patches", conv(14, 14, 3, 40, 7, 2, 1), one, 1);
    addConvolution(calls, "of samples", conv(8, 8, 3, 8, 3, 1, 1), many, 16);
    addConvolution(calls, "depthwise", conv(9, 9, 40, 40, 3, 1, 40), one, 1);
    addConvolution(calls, "depthwise, strided", conv(9, 9, 40, 40, 3, 2, 40), one, 1);
    addConvolution(calls, "depthwise, 5 x 5", conv(9, 9, 40, 40, 5, 1, 40), one, 1);
    addConvolution(calls, "dense", ConvGeometry.pointwise(1, 70, 50), one, 1);
    addConvolution(
        calls, "dense, learning", ConvGeometry.pointwise(1, 400, 170), many.withLearning(true), 16);
  }

  private static ConvGeometry conv(
      int height, int width, int in, int out, int kernel, int stride, int groups) {
    int pad = kernel / 2;
    return new ConvGeometry(
        height,
        width,
        in,
        (height - 1) / stride + 1,
        (width - 1) / stride + 1,
        out,
        kernel,
        kernel,
        stride,
        stride,
        pad,
        pad,
        1,
        1,
        groups);
  }

  private void addConvolution(
      List<Call> calls, String name, ConvGeometry g, Kernels.Usage usage, int samples) {
    var k = kernels.convolutions().of(g, usage);
    int inputs = samples * g.inPixels() * g.inChannels();
    int outputs = samples * g.outPixels() * g.outChannels();
    float[] x = values(inputs);
    float[] dy = values(outputs);
    float[] w = values(g.weights());
    float[] numbers = values(2 * g.outChannels());
    var residual = values(outputs);
    var epilogue =
        Epilogue.bias(numbers, 0)
            .withScale(numbers, g.outChannels())
            .withResidual(residual, 0)
            .withBounds(0, 6);
    addPass(calls, "convolution, " + name, k.forward(), x, w, Epilogue.NONE, outputs, samples);
    addPass(calls, "all of an epilogue, " + name, k.forward(), x, w, epilogue, outputs, samples);
    addPass(
        calls,
        "input gradient, " + name,
        k.inputGradient(),
        dy,
        w,
        Epilogue.NONE,
        x.length,
        samples);
    var pass = k.weightGradient();
    var dw = room(g.weights());
    var scratch = room(pass.scratchLength());
    calls.add(
        new Call(
            "weight gradient, " + name,
            () -> pass.addAll(x, 0, dy, 0, 0, samples, dw, 0, scratch)));
  }

  /** A plan makes the passes once, and runs them in every step. */
  private static void addPass(
      List<Call> calls,
      String name,
      ConvolutionPass pass,
      float[] x,
      float[] w,
      Epilogue epilogue,
      int length,
      int samples) {
    var y = room(length);
    var packed = room(pass.packedLength());
    var scratch = room(pass.scratchLength());
    pass.pack(w, 0, packed, 0);
    calls.add(
        new Call(name, () -> pass.runAll(x, 0, packed, 0, epilogue, y, 0, 0, samples, scratch)));
  }

  private void addUpdates(List<Call> calls) {
    var k = kernels.updates();
    int n = 1003;
    float[] w = values(n);
    float[] g = values(n);
    var a = room(n);
    var b = room(n);
    calls.add(new Call("sgd", () -> k.sgd(w, g, a, 0, n, 0.1f, 0.9f, true, 0.1f)));
    calls.add(new Call("adam", () -> k.adam(w, g, a, b, 0, n, 1, 0, 0, 1, 1, 1, 0.1f, true)));
    calls.add(new Call("rmsprop", () -> k.rmsprop(w, g, b, a, 0, n, 0.1f, 0.9f, 1, 0, 0)));
  }

  /** Random values, with room behind them. */
  private static float[] values(int n) {
    var values = room(n);
    System.arraycopy(Values.between(-2, 2, n, new SplittableRandom(n)), 0, values, 0, n);
    return values;
  }

  /**
   * An array that goes on for a vector behind its values: the Vector API itself sometimes makes an
   * object where the lanes that a mask leaves out are beyond the end of an array. That happens once
   * a call, if at all.
   */
  private static float[] room(int n) {
    return new float[n + 64];
  }
}
