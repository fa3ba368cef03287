package stride.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import stride.compute.Buffer;
import stride.graph.WeightTable;

/**
 * Gives a plan's buffers their arrays. Buffers that are never in use at the same time share one:
 * each is in use from the first to the last stage of the plan that touches it.
 *
 * <p>Large buffers choose first, each the first array that is large enough and free for as long as
 * it is needed.
 */
final class MemoryPlanner {
  /** The buffer of what does not exist. */
  static final Buffer NONE = new Buffer(new float[0], 0, 0);

  private final int batch;
  private final Map<Buffer, Claim> claims = new IdentityHashMap<>();
  private final List<Claim> inOrder = new ArrayList<>();
  private final List<Shared> arrays = new ArrayList<>();

  MemoryPlanner(int batch) {
    this.batch = batch;
  }

  /** A buffer for the batch, to be placed by {@link #allocate}. */
  Buffer reserve(int perSample) {
    long floats = (long) perSample * batch + WeightTable.ALIGNMENT_OFFSET + WeightTable.SLACK;
    if (floats > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          "a batch of %d samples of %d values is more than 2^31 values: use a smaller batch"
              .formatted(batch, perSample));
    }
    var buffer = Buffer.ofSamples(perSample);
    var claim = new Claim(buffer, (int) floats);
    claims.put(buffer, claim);
    inOrder.add(claim);
    return buffer;
  }

  /** A buffer that shares its array with no other one. */
  Buffer reserveForGood(int perSample) {
    var buffer = reserve(perSample);
    use(buffer, 0);
    use(buffer, Integer.MAX_VALUE);
    return buffer;
  }

  /**
   * Says that a stage touches a buffer, or a slice of it; buffers from elsewhere are passed over.
   */
  void use(Buffer buffer, int stage) {
    var claim = claims.get(buffer.whole());
    if (claim != null) {
      claim.first = Math.min(claim.first, stage);
      claim.last = Math.max(claim.last, stage);
    }
  }

  /** Decides which buffers share an array, when it is known when each is in use. */
  void arrange() {
    var large = new ArrayList<>(inOrder);
    large.sort(Comparator.comparingInt((Claim claim) -> claim.floats).reversed());
    for (var claim : large) {
      if (claim.first > claim.last) {
        continue;
      }
      var shared =
          arrays.stream()
              .filter(array -> array.isFreeFor(claim))
              .findFirst()
              .orElseGet(
                  () -> {
                    var array = new Shared(claim.floats);
                    arrays.add(array);
                    return array;
                  });
      shared.claims.add(claim);
    }
  }

  /** The floats of all arrays. */
  long floats() {
    return arrays.stream().mapToLong(shared -> shared.floats).sum();
  }

  /** Gives every buffer that is used its array; goes on where it has failed before. */
  void allocate() {
    for (var shared : arrays) {
      if (shared.array.length == 0) {
        shared.array = new float[shared.floats];
        for (var claim : shared.claims) {
          claim.buffer.place(shared.array, WeightTable.ALIGNMENT_OFFSET);
        }
      }
    }
  }

  private static final class Claim {
    final Buffer buffer;
    final int floats;
    int first = Integer.MAX_VALUE;
    int last = -1;

    Claim(Buffer buffer, int floats) {
      this.buffer = buffer;
      this.floats = floats;
    }
  }

  /** An array and whose it is: large enough for all, since the largest came first. */
  private static final class Shared {
    final int floats;
    final List<Claim> claims = new ArrayList<>();
    float[] array = {};

    Shared(int floats) {
      this.floats = floats;
    }

    boolean isFreeFor(Claim claim) {
      return claims.stream().allMatch(c -> c.last < claim.first || claim.last < c.first);
    }
  }
}
