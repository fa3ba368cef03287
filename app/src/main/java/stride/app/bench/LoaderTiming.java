package stride.app.bench;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.data.Shuffle;
import stride.train.Loader;

/**
 * How many images a second are decoded and varied, and trained on, each by itself and both at once.
 *
 * @param loaderAlone decoded and varied, while nothing else runs
 * @param trainingAlone trained on, always the same batch
 * @param loaderBeside decoded and varied as fast as it goes while a training runs beside it
 * @param trainingBeside trained on meanwhile
 * @param trainingFed trained on when each batch comes from the loader
 */
public record LoaderTiming(
    double loaderAlone,
    double trainingAlone,
    double loaderBeside,
    double trainingBeside,
    double trainingFed) {
  private static final double WARM_UP_SECONDS = 3;
  private static final int MIN_BATCHES = 64;

  /**
   * Measures.
   *
   * @param workload a training
   * @param seconds of each of the four measurements
   */
  public static LoaderTiming of(
      ImageDataset images,
      Augmentation augmentation,
      Workload workload,
      int threads,
      double seconds)
      throws InterruptedException {
    int batch = workload.plan().batch();
    var input = workload.plan().input();
    var elsewhere = new Buffer(new float[batch * input.stride()], 0, input.stride());
    var batches = new Batches(images, augmentation, batch, threads);
    during(WARM_UP_SECONDS, () -> batches.next(elsewhere));
    double loaderAlone = batch * during(seconds, () -> batches.next(elsewhere));
    new Stopwatch(workload.step()).warmUp();
    double trainingAlone = batch * during(seconds, workload.step());

    var over = new AtomicBoolean();
    var loaded = new AtomicLong();
    var loading =
        new FutureTask<Void>(
            () -> {
              while (!over.get()) {
                batches.next(elsewhere);
                loaded.incrementAndGet();
              }
            },
            null);
    Thread.ofPlatform().daemon().start(loading);
    long start = System.nanoTime();
    double trainingBeside = batch * during(seconds, workload.step());
    double loaderBeside = batch * loaded.get() / ((System.nanoTime() - start) * 1e-9);
    over.set(true);
    await(loading);

    double trainingFed =
        batch
            * during(
                seconds,
                () -> {
                  batches.next(input);
                  workload.step().run();
                });
    return new LoaderTiming(loaderAlone, trainingAlone, loaderBeside, trainingBeside, trainingFed);
  }

  private static void await(Future<?> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  /** Runs something again and again, and tells how often a second. */
  private static double during(double seconds, Runnable step) {
    long start = System.nanoTime();
    BooleanSupplier goesOn = () -> System.nanoTime() - start < seconds * 1e9;
    long runs = 0;
    do {
      step.run();
      runs++;
    } while (goesOn.getAsBoolean());
    return runs / ((System.nanoTime() - start) * 1e-9);
  }

  /** Batches without end; few images come again and again. */
  private static final class Batches {
    private final Loader loader;
    private final int batch;
    private final int[] order;
    private int first;
    private int epoch;

    Batches(ImageDataset images, Augmentation augmentation, int batch, int threads) {
      this.batch = batch;
      loader = new Loader(images, augmentation, images.preprocessing().normalization(), threads);
      var once = new int[images.size()];
      Shuffle.fill(once, 1, 0);
      order = new int[Math.max(once.length, MIN_BATCHES * batch)];
      for (int i = 0; i < order.length; i++) {
        order[i] = once[i % once.length];
      }
    }

    void next(Buffer into) {
      if (first + batch > order.length) {
        first = 0;
        epoch++;
      }
      loader.fill(order, first, batch, 1, epoch, into);
      first += batch;
    }
  }
}
