package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import stride.kernel.scalar.ScalarKernels;

/** A training step runs kernels thousands of times: they must leave nothing to collect. */
class AllocationTest {
  private static final int CALLS = 200;

  @Test
  void scalarKernelsAllocateNothing() {
    var kernels = ScalarKernels.create();
    var g = new ConvGeometry(6, 5, 4, 6, 5, 6, 3, 3, 1, 1, 1, 1, 1, 1, 2);
    var pool = new PoolGeometry(6, 5, 4, 3, 2, 2, 2, 2, 2, 0, 0, 0, 0, false);
    var convolution = kernels.convolutions().of(g, new Kernels.Usage(1, 1, 2, true));
    var depthwise =
        kernels
            .convolutions()
            .of(
                new ConvGeometry(6, 5, 4, 6, 5, 4, 3, 3, 1, 1, 1, 1, 1, 1, 4),
                new Kernels.Usage(1, 1, 2, true));
    var a = new float[2000];
    var b = new float[2000];
    var c = new float[2000];
    var d = new float[2000];
    var argmax = new float[200];
    var scratch = new float[convolution.inputGradient().scratchLength()];
    assertAllocatesNothing("convolution", passes(convolution, a, b, c, d, scratch));
    assertAllocatesNothing("depthwise convolution", passes(depthwise, a, b, c, d, scratch));
    assertAllocatesNothing(
        "pooling",
        () -> {
          kernels.pooling().max(pool, a, 0, b, 0, argmax, 0);
          kernels.pooling().maxGradient(pool, b, 0, argmax, 0, c, 0);
          kernels.pooling().average(pool, a, 0, b, 0);
          kernels.pooling().averageGradient(pool, b, 0, c, 0);
        });
    assertAllocatesNothing(
        "element-wise kernels",
        () -> {
          var k = kernels.elementwise();
          k.tanh(a, 0, b, 1, 999);
          k.tanhGradient(a, 0, b, 1, c, 2, 999);
          k.sigmoid(a, 0, b, 1, 999);
          k.sigmoidGradient(a, 0, b, 1, c, 2, 999);
          k.relu(a, 0, b, 1, 6, 999);
          k.reluGradient(a, 0, b, 1, c, 2, 6, 999);
          k.add(a, 0, b, 1, c, 2, 999);
          k.scale(2, a, 0, b, 1, 999);
          k.multiply(a, 0, b, 1, c, 2, 999);
          k.subtract(a, 0, b, 1, c, 2, 999);
          k.elu(a, 0, b, 1, 1, 999);
          k.gelu(a, 0, b, 1, 999);
          k.geluGradient(a, 0, b, 1, c, 2, 999);
          k.mish(a, 0, b, 1, 999);
          k.mishGradient(a, 0, b, 1, c, 2, 999);
          k.softplus(a, 0, b, 1, 1, 20, 999);
        });
    var epilogue = Epilogue.bias(b, 0).withScale(c, 0).withBounds(0, 6);
    assertAllocatesNothing(
        "channel-wise kernels",
        () -> {
          var k = kernels.channelwise();
          k.sum(a, 0, 100, 9, b, 0);
          k.moments(a, 0, 100, 9, b, 0, c, 0);
          k.apply(epilogue, 0, a, 0, 100, 9, d, 0);
          k.normGradientSums(epilogue, a, 0, b, 0, 100, 9, c, d, 0);
          k.normGradient(epilogue, a, 0, b, 0, 100, 9, c, c, d, 0);
          k.softmax(a, 0, 100, 9, b, 0);
          k.softmaxGradient(b, 0, a, 0, 100, 9, c, 0);
          k.localResponse(a, 0, 100, 9, 5, 1, 0.75f, 1, b, 0);
          k.localResponseGradient(a, 0, b, 0, 100, 9, 5, 1, 0.75f, 1, c, 0);
          k.layerNorm(a, 0, 100, 9, 1, b, 0, c, 0, argmax, 0, d, 0);
          k.layerNormGradient(a, 0, b, 0, 100, 9, c, 0, argmax, 0, d, 0);
          k.layerNormSums(a, 0, b, 0, 100, 9, argmax, 0, d, 0);
          k.prelu(a, 0, b, 100, 9, c, 0);
          k.preluGradient(a, 0, b, 0, c, 100, 9, d, 0);
          k.preluSums(a, 0, b, 0, 100, 9, c, 0);
          k.copy(a, 0, 9, b, 0, 12, 100, 9);
        });
    assertAllocatesNothing(
        "updates",
        () -> {
          kernels.updates().sgd(a, b, c, 0, 999, 0.1f, 0.9f, true, 0.1f);
          kernels.updates().adam(a, b, c, d, 0, 999, 1, 0, 0, 1, 1, 1, 1, true);
          kernels.updates().rmsprop(a, b, c, d, 0, 999, 1, 0, 1, 0, 0);
        });
  }

  /** A plan makes the passes once, and runs them in every step. */
  private static Runnable passes(
      Convolution k, float[] a, float[] b, float[] c, float[] d, float[] scratch) {
    var forward = k.forward();
    var inputGradient = k.inputGradient();
    var weightGradient = k.weightGradient();
    return () -> {
      forward.pack(a, 0, b, 0);
      forward.runAll(a, 0, b, 0, Epilogue.NONE, c, 0, 0, 1, scratch);
      inputGradient.pack(a, 0, b, 0);
      inputGradient.runAll(c, 0, b, 0, Epilogue.NONE, d, 0, 0, 1, scratch);
      weightGradient.addAll(a, 0, c, 0, 0, 1, d, 0, scratch);
    };
  }

  private static void assertAllocatesNothing(String what, Runnable kernels) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    kernels.run();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      kernels.run();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // Less than an object a call: what the JVM itself allocates now and then.
    assertTrue(
        allocated < CALLS * 8L,
        () -> "%s: %d calls allocated %d bytes".formatted(what, CALLS, allocated));
  }
}
