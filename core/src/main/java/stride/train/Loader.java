package stride.train;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.image.Normalization;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Reads a data set's images ahead of a training on separate threads: while a step runs, the images
 * of the next two steps are decoded, augmented and normalised. Each image depends on its key alone,
 * so the values do not depend on the number of threads. The threads are daemons that end when they
 * are idle; a loader need not be closed. Used by one thread at a time.
 */
public final class Loader {
  /** The number of batches that are read ahead. */
  private static final int BATCHES_AHEAD = 2;

  private static final long IDLE_MILLIS = 500;
  private static final int NOWHERE = -1;

  private final Samples data;
  private final int[] lengths;
  private final int targetWidth;
  private final ExecutorService threads;
  private final Queue<SampleReader> readers = new ConcurrentLinkedQueue<>();
  private final Queue<float[]> spare = new ConcurrentLinkedQueue<>();

  /** Samples that have been or will be read, in order: each the inputs, then the target. */
  private final ArrayDeque<Future<float[]>> ahead = new ArrayDeque<>();

  private final Augmentation augmentation;

  private int[] order = {};
  private long seed;
  private int epoch;

  /** The position in the order of the sample that is expected next. */
  private int next;

  /**
   * Creates a loader.
   *
   * @param data the images to read
   * @param augmentation the augmentation of each image; mixing the images of a batch is left to the
   *     training
   * @param normalization the normalisation that follows
   * @param threads the largest number of images decoded at the same time
   */
  public Loader(
      ImageDataset data, Augmentation augmentation, Normalization normalization, int threads) {
    this(new Samples.Images(data, normalization), augmentation, threads);
  }

  Loader(Samples data, Augmentation augmentation, int threads) {
    this.data = data;
    this.augmentation = augmentation;
    lengths = data.shapes().stream().mapToInt(Shape::elements).toArray();
    targetWidth = data.readTargets(augmentation).floats();
    var pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("stride-loader-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
  }

  /**
   * Writes the images order[first], order[first + 1] and so on, augmented for an epoch and
   * normalised, and begins to read the images after them. A call that continues where the last one
   * ended, with the same order, returns prefetched images.
   *
   * @param order the indices of the images; must not change within an epoch
   * @param first the position of the first image in {@code order}
   * @param samples the number of images
   * @param seed the seed of the augmentation
   * @param epoch the epoch, from 0
   * @param into receives the images
   * @throws java.io.UncheckedIOException if a file cannot be read; the message names it
   */
  public void fill(int[] order, int first, int samples, long seed, int epoch, Buffer into) {
    fill(order, first, samples, seed, epoch, List.of(into), null);
  }

  /**
   * Writes samples and their targets.
   *
   * @param into a buffer for each input
   */
  void fill(
      int[] order,
      int first,
      int samples,
      long seed,
      int epoch,
      List<Buffer> into,
      @Nullable TargetRows targets) {
    if (order != this.order || first != next || seed != this.seed || epoch != this.epoch) {
      restart(order, first, seed, epoch);
    }
    for (int n = 0; n < samples; n++) {
      // Counts the rest of this batch too, so that none of its samples waits.
      readAhead(samples * BATCHES_AHEAD);
      float[] sample = nextImage();
      int at = 0;
      for (int i = 0; i < lengths.length; i++) {
        System.arraycopy(sample, at, into.get(i).array(), into.get(i).at(n), lengths[i]);
        at += lengths[i];
      }
      if (targets != null) {
        targets.set(n, sample, at);
      }
      spare.add(sample);
    }
    readAhead(samples * BATCHES_AHEAD);
  }

  /** Returns the next sample; after a failure the next call starts again. */
  private float[] nextImage() {
    int place = next;
    next = NOWHERE;
    float[] image = result(ahead.remove());
    next = place + 1;
    return image;
  }

  private void restart(int[] order, int first, long seed, int epoch) {
    ahead.forEach(image -> image.cancel(false));
    ahead.clear();
    this.order = order;
    this.seed = seed;
    this.epoch = epoch;
    next = first;
  }

  private void readAhead(int most) {
    int end = (int) Math.min((long) next + most, order.length);
    while (next + ahead.size() < end) {
      int index = order[next + ahead.size()];
      long key = CounterRandom.key(seed, epoch, index);
      ahead.add(threads.submit(() -> read(index, key)));
    }
  }

  private float[] read(int index, long key) {
    float[] kept = spare.poll();
    float[] sample = kept == null ? new float[length()] : kept;
    var idle = readers.poll();
    var reader = idle == null ? new SampleReader(data, augmentation) : idle;
    reader.read(index, key);
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      reader.copyInput(i, sample, at);
      at += lengths[i];
    }
    System.arraycopy(reader.target(), 0, sample, at, targetWidth);
    readers.add(reader);
    return sample;
  }

  private int length() {
    return IntStream.of(lengths).sum() + targetWidth;
  }

  private static float[] result(Future<float[]> image) {
    try {
      return image.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException("interrupted while images were read");
    }
  }
}
