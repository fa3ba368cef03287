package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.data.Sample;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.RandomErasing;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.network.Task;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.train.loss.OneOutput;

@Timeout(30)
class LoaderTest {
  private static final Shape SHAPE = Shape.image(3, 4, 1);
  private static final int IMAGES = 23;
  private static final Augmentation AUGMENTATION =
      Augmentation.chain(new RandomShift(1), new HorizontalFlip(0.5));

  /** Images whose values tell which they are. */
  private static class Images implements ImageDataset {
    final Set<Integer> read = ConcurrentHashMap.newKeySet();
    private final boolean files;

    Images(boolean files) {
      this.files = files;
    }

    @Override
    public Shape shape() {
      return SHAPE;
    }

    @Override
    public List<String> labels() {
      return List.of("even", "odd");
    }

    @Override
    public Preprocessing preprocessing() {
      return Preprocessing.none(SHAPE);
    }

    @Override
    public int size() {
      return IMAGES;
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public boolean readsFiles() {
      return files;
    }

    @Override
    public void read(int index, float[] into, int offset) {
      for (int i = 0; i < SHAPE.elements(); i++) {
        into[offset + i] = (index + i / 100f) / IMAGES;
      }
      read.add(index);
    }
  }

  private static int[] order() {
    int[] order = new int[IMAGES];
    Arrays.setAll(order, i -> (i * 5 + 2) % IMAGES);
    return order;
  }

  private static Buffer room(int batch) {
    int length = SHAPE.elements();
    return new Buffer(new float[batch * length], 0, length);
  }

  /** Batches of changing sizes over two epochs, then a jump into the middle of one. */
  private static float[] all(ImageDataset data, int threads) {
    int[] order = order();
    var all = new float[(2 * IMAGES + 4) * SHAPE.elements()];
    int at = 0;
    try (var engine = Engine.withThreads(threads)) {
      var batches =
          new Batches(
              new Samples.Images(data, Normalization.grey(0.5, 0.25)), AUGMENTATION, engine);
      int[][] stretches = {{0, 0, 8}, {0, 8, 3}, {0, 11, 12}, {1, 0, 23}, {7, 9, 4}};
      for (var stretch : stretches) {
        int samples = stretch[2];
        var into = room(samples);
        var targets = Targets.classes(samples);
        batches.fill(order, stretch[1], samples, 3, stretch[0], List.of(into), targets);
        for (int n = 0; n < samples; n++) {
          assertEquals(order[stretch[1] + n] % 2, targets.label(n));
        }
        System.arraycopy(into.array(), 0, all, at, into.array().length);
        at += into.array().length;
      }
    }
    return all;
  }

  @Test
  void picturesReadAheadAreTheSameNumbersInTheSameOrder() {
    float[] expected = all(new Images(false), 1);
    for (int threads = 1; threads <= 3; threads++) {
      assertArrayEquals(expected, all(new Images(true), threads));
    }
  }

  /** Half of the images are turned upside down, and their targets with them. */
  private record UpsideDown() implements Augmentation {
    @Override
    public void apply(long key, Sample sample) {
      if (CounterRandom.below(CounterRandom.bits(key, 0), 2) == 0) {
        return;
      }
      float[] image = sample.image();
      for (int i = 0; i < image.length; i++) {
        sample.spare()[i] = image[image.length - 1 - i];
      }
      sample.swap();
      float even = sample.target()[0];
      sample.target()[0] = sample.target()[1];
      sample.target()[1] = even;
    }

    @Override
    public boolean changesTargets() {
      return true;
    }
  }

  @Test
  void anAugmentationChangesImageAndTargetTogether() {
    var augmentation = Augmentation.chain(new UpsideDown(), new RandomErasing(0));
    for (boolean files : List.of(false, true)) {
      var images = new Images(files);
      int[] order = order();
      var into = room(IMAGES);
      var samples = new Samples.Images(images, Normalization.none(1));
      var targets =
          Targets.of(samples.batchTargets(Task.SINGLE_LABEL, augmentation, Shape.of(5)), IMAGES);
      try (var engine = Engine.withThreads(2)) {
        new Batches(samples, augmentation, engine)
            .fill(order, 0, IMAGES, 1, 0, List.of(into), targets);
      }
      int turned = 0;
      for (int n = 0; n < IMAGES; n++) {
        boolean isTurned = into.array()[into.at(n)] > into.array()[into.at(n) + 1];
        turned += isTurned ? 1 : 0;
        assertEquals((order[n] + (isTurned ? 1 : 0)) % 2, targets.likeliest(n));
        assertEquals(1, targets.value(n, 0) + targets.value(n, 1));
        assertEquals(0, targets.value(n, 4), "an output that is no class");
      }
      assertTrue(turned > 5 && turned < IMAGES - 5, turned + " were turned");
    }
  }

  @Test
  void severalLabelsBecomeRowsAndAreCountedEachForItself() {
    var images =
        new Images(false) {
          @Override
          public boolean isMultiLabel() {
            return true;
          }

          @Override
          public boolean hasLabel(int index, int label) {
            return (index >> label & 1) == 1;
          }
        };
    try (var engine = Engine.withThreads(1)) {
      var samples = new Samples.Images(images, Normalization.none(1));
      var targets =
          Targets.of(
              samples.batchTargets(Task.SEVERAL_LABELS, Augmentation.none(), Shape.of(2)), 4);
      new Batches(samples, Augmentation.none(), engine)
          .fill(new int[] {0, 1, 2, 3}, 0, 4, 1, 0, List.of(room(4)), targets);
      for (int n = 0; n < 4; n++) {
        assertEquals(n & 1, targets.value(n, 0));
        assertEquals(n >> 1, targets.value(n, 1));
      }
      var outputs = new Buffer(new float[] {-1, -1, 1, 1, 1, 1, 1, Float.NaN}, 0, 2);
      var measurement = new Measurement(Metric.forTask(Task.SEVERAL_LABELS, Shape.of(2)));
      measurement.add(new OneOutput(outputs, outputs), targets, 4);
      assertEquals(
          Map.of("accuracy", 1 / 4.0, "label_accuracy", 5 / 8.0),
          measurement.values(),
          "all labels of the first are right, and one of each other");
    }
  }

  @Test
  void theNextBatchIsReadWhileNobodyAsks() throws InterruptedException {
    var images = new Images(true);
    var loader = new Loader(images, Augmentation.none(), Normalization.none(1), 2);
    int[] order = order();
    loader.fill(order, 0, 4, 1, 0, room(4));
    for (int i = 0; i < 200 && images.read.size() < 12; i++) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertEquals(12, images.read.size(), "this batch and two more");
    TimeUnit.MILLISECONDS.sleep(50);
    assertEquals(12, images.read.size(), "and not all there are");
  }

  @Test
  void aBrokenPictureFailsTheBatchThatItBelongsTo() {
    int[] order = order();
    var broken = new AtomicBoolean(true);
    var images =
        new Images(true) {
          @Override
          public void read(int index, float[] into, int offset) {
            if (index == order[6] && broken.get()) {
              throw new UncheckedIOException("bee.jpg: is damaged", new java.io.IOException());
            }
            super.read(index, into, offset);
          }
        };
    var loader = new Loader(images, Augmentation.none(), Normalization.none(1), 2);
    loader.fill(order, 0, 5, 1, 0, room(5));
    var e = assertThrows(UncheckedIOException.class, () -> loader.fill(order, 5, 5, 1, 0, room(5)));
    assertEquals("bee.jpg: is damaged", e.getMessage());
    broken.set(false);
    var again = room(5);
    loader.fill(order, 5, 5, 1, 0, again);
    var fresh = room(5);
    new Loader(images, Augmentation.none(), Normalization.none(1), 2)
        .fill(order, 5, 5, 1, 0, fresh);
    assertArrayEquals(fresh.array(), again.array(), "once it is repaired");
  }

  @Test
  void severalPicturesAreDecodedAtATime() throws InterruptedException {
    var both = new CountDownLatch(2);
    var images =
        new Images(true) {
          @Override
          public void read(int index, float[] into, int offset) {
            both.countDown();
            try {
              assertTrue(both.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            super.read(index, into, offset);
          }
        };
    var loader = new Loader(images, Augmentation.none(), Normalization.none(1), 2);
    loader.fill(order(), 0, 2, 1, 0, room(2));
    assertEquals(0, both.getCount());
  }
}
