package stride.style;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.kernel.ConvGeometry;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;
import stride.kernel.WeightGradient;

/**
 * F'F of a layer's maps F, part by part, and maps times a matrix. Both are products that a 1x1
 * convolution computes: F'F is its weights' gradient where inputs and output gradients are F, and F
 * S its forward pass with the weights S.
 *
 * <p>A chunk of pixels is summed in float, chunks in double. Some sums are made at the same time
 * and added in order, so the bits do not depend on the number of threads.
 */
final class GramSums {
  private static final int CHUNK_FLOATS = 1 << 17;
  private static final int MOST_CHUNK_PIXELS = 1024;
  private static final int LEAST_CHUNK_PIXELS = 64;

  /** Sums at the same time, and what they take at most. */
  private static final int MOST_PARTIAL = 8;

  private static final int PARTIAL_VALUES = 1 << 23;

  private final Engine engine;
  private final int filters;
  private final int chunk;
  private final WeightGradient product;
  private final ConvolutionPass multiplication;
  private final double[][] partial;
  private final @Nullable Workspace[] workspaces;
  private float[] packed = {};
  private long pixels;

  /** What a thread computes with. */
  private final class Workspace {
    final float[] maps = new float[chunk * filters];
    final float[] products = new float[Math.max(filters, chunk) * filters];
    final float[] scratch =
        new float[Math.max(product.scratchLength(), multiplication.scratchLength())];
  }

  GramSums(Engine engine, int filters) {
    this.engine = engine;
    this.filters = filters;
    chunk = Math.clamp(CHUNK_FLOATS / filters, LEAST_CHUNK_PIXELS, MOST_CHUNK_PIXELS);
    var kernels =
        engine
            .kernels()
            .convolutions()
            .of(
                ConvGeometry.pointwise(chunk, filters, filters),
                new Kernels.Usage(1, 1, 1, engine.exact()));
    product = kernels.weightGradient();
    multiplication = kernels.forward();
    partial = new double[Math.clamp(PARTIAL_VALUES / filters / filters, 1, MOST_PARTIAL)][];
    for (int i = 0; i < partial.length; i++) {
      partial[i] = new double[filters * filters];
    }
    workspaces = new Workspace[engine.threads()];
  }

  void clear() {
    for (double[] sums : partial) {
      Arrays.fill(sums, 0);
    }
    pixels = 0;
  }

  /** Adds the products of some pixels' values. */
  void add(Buffer maps, int sample, MapArea area) {
    int chunks = Math.ceilDiv(area.pixels(), chunk);
    pixels += area.pixels();
    engine.forEach(
        partial.length,
        (p, worker) -> {
          int first = (int) ((long) p * chunks / partial.length);
          int end = (int) ((p + 1L) * chunks / partial.length);
          for (int c = first; c < end; c++) {
            addChunk(maps, sample, area, c, partial[p], workspace(worker));
          }
        });
  }

  private void addChunk(
      Buffer maps, int sample, MapArea area, int c, double[] sums, Workspace work) {
    load(maps, sample, area, c, work);
    Arrays.fill(work.products, 0, sums.length, 0);
    product.addAll(work.maps, 0, work.maps, 0, 0, 1, work.products, 0, work.scratch);
    for (int i = 0; i < sums.length; i++) {
      sums[i] += work.products[i];
    }
  }

  private Workspace workspace(int worker) {
    var workspace = workspaces[worker];
    if (workspace == null) {
      workspace = new Workspace();
      workspaces[worker] = workspace;
    }
    return workspace;
  }

  /** Copies a chunk of the area's pixels; what is missing in the last one is 0. */
  private void load(Buffer maps, int sample, MapArea area, int c, Workspace work) {
    int from = c * chunk;
    int to = Math.min(from + chunk, area.pixels());
    area.forStretches(
        from,
        to,
        (row, column, count) ->
            System.arraycopy(
                maps.array(),
                area.at(maps, sample, row) + column * filters,
                work.maps,
                (row * area.width() + column - from) * filters,
                count * filters));
    Arrays.fill(work.maps, (to - from) * filters, work.maps.length, 0);
  }

  /** The number of pixels that were added. */
  long pixels() {
    return pixels;
  }

  /** {@return the sum over all pixels that were added, divided by their number} */
  GramMatrix mean() {
    var mean = new double[filters * filters];
    for (double[] sums : partial) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += sums[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= pixels;
    }
    return new GramMatrix(filters, mean);
  }

  /** Sets the matrix S of {@link #addProduct}, (N, N). */
  void multiplyBy(float[] matrix) {
    if (multiplication.readsPlainWeights()) {
      packed = matrix;
    } else {
      packed = packed.length == 0 ? new float[multiplication.packedLength()] : packed;
      multiplication.pack(matrix, 0, packed, 0);
    }
  }

  /** Adds F S at some pixels to a buffer of the maps' layout. */
  void addProduct(Buffer maps, int sample, MapArea area, Buffer into) {
    engine.forEach(
        Math.ceilDiv(area.pixels(), chunk),
        (c, worker) -> addProduct(maps, sample, area, c, into, workspace(worker)));
  }

  private void addProduct(
      Buffer maps, int sample, MapArea area, int c, Buffer into, Workspace work) {
    load(maps, sample, area, c, work);
    multiplication.runAll(
        work.maps, 0, packed, 0, Epilogue.NONE, work.products, 0, 0, 1, work.scratch);
    var add = engine.kernels().elementwise();
    int from = c * chunk;
    area.forStretches(
        from,
        Math.min(from + chunk, area.pixels()),
        (row, column, count) -> {
          int at = area.at(into, sample, row) + column * filters;
          int product = (row * area.width() + column - from) * filters;
          add.add(into.array(), at, work.products, product, into.array(), at, count * filters);
        });
  }
}
