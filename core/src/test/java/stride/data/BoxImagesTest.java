package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.Mosaic;
import stride.data.augment.RandomIouCrop;
import stride.data.augment.RandomZoomOut;
import stride.data.augment.ScaleJitter;
import stride.data.augment.Tiling;
import stride.data.augment.View;
import stride.image.Contained;
import stride.image.Fit;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.PictureOptions;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Pictures in which each object is a rectangle of a colour that nothing else has: wherever the
 * pixels of the colour are in an image, there the box has to be.
 */
class BoxImagesTest {
  private static final int[][] SIZES = {{96, 64}, {64, 96}, {80, 80}, {120, 50}};

  /** Of each picture two: left, top, right and bottom in tenths of the picture. */
  private static final int[][] PLACES = {{1, 2, 5, 7}, {6, 4, 9, 9}};

  @TempDir Path temp;
  private BoxPictures pictures;

  @BeforeEach
  void draw() throws IOException {
    var marked = new ArrayList<MarkedPicture>();
    var labels = new ArrayList<String>();
    for (int i = 0; i < SIZES.length; i++) {
      int width = SIZES[i][0];
      int height = SIZES[i][1];
      var values = Tensor.zeros(Shape.image(height, width, 3));
      var boxes = new ArrayList<TrueBox>();
      for (int[] place : PLACES) {
        int label = labels.size();
        labels.add("colour " + label);
        int left = place[0] * width / 10;
        int top = place[1] * height / 10;
        int right = place[2] * width / 10;
        int bottom = place[3] * height / 10;
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            for (int c = 0; c < 3; c++) {
              values.data()[(y * width + x) * 3 + c] = colour(label, c);
            }
          }
        }
        boxes.add(TrueBox.of(new Box(label, left, top, right, bottom)));
      }
      var file = temp.resolve(i + ".png");
      Files.write(file, new Image(values).toPng());
      marked.add(new MarkedPicture(file, height, width, false, boxes));
    }
    pictures = new BoxPictures(temp, labels, marked, List.of(), PictureOptions.STANDARD);
  }

  /** A corner of the colour cube, but black, for each of eight classes; the last is orange. */
  private static float colour(int label, int channel) {
    if (label == 7) {
      return channel == 0 ? 1 : channel == 1 ? 0.5f : 0;
    }
    return (label + 1 >> channel & 1) == 1 ? 1 : 0;
  }

  private static Preprocessing preprocessing(Fit fit) {
    // Its mean, the colour of what is beyond a picture, is like none of the others.
    return new Preprocessing(
        fit,
        Shape.image(90, 100, 3),
        new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)));
  }

  /** The places of a colour's pixels: left, top, right, bottom; null if there are none. */
  private static int[] seen(Sample sample, int label) {
    int width = sample.shape().width();
    int[] seen = null;
    for (int i = 0; i < width * sample.shape().height(); i++) {
      double off = 0;
      for (int c = 0; c < 3; c++) {
        off = Math.max(off, Math.abs(sample.image()[3 * i + c] - colour(label, c)));
      }
      if (off < 0.2) {
        int x = i % width;
        int y = i / width;
        seen =
            seen == null
                ? new int[] {x, y, x + 1, y + 1}
                : new int[] {
                  Math.min(seen[0], x),
                  Math.min(seen[1], y),
                  Math.max(seen[2], x + 1),
                  Math.max(seen[3], y + 1)
                };
      }
    }
    return seen;
  }

  static Stream<Arguments> augmentations() {
    var all =
        List.of(
            Augmentation.none(),
            new HorizontalFlip(1),
            new RandomZoomOut(1, 3),
            new RandomIouCrop(),
            new ScaleJitter(0.5, 2),
            new Mosaic(1),
            Augmentation.chain(
                new RandomZoomOut(0.5, 2), new RandomIouCrop(), new HorizontalFlip(0.5)),
            Augmentation.chain(new Mosaic(0.5), new HorizontalFlip(0.5)));
    return all.stream()
        .flatMap(
            augmentation ->
                Stream.of(
                        new Fit.Stretch(Resampling.BILINEAR),
                        new Contained(Resampling.BILINEAR),
                        new Fit.Center(110, Resampling.BILINEAR))
                    .map(fit -> Arguments.of(augmentation, fit)));
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void boxesStayAroundWhatTheyMark(Augmentation augmentation, Fit fit) {
    var images = pictures.images(preprocessing(fit));
    var sample =
        new Sample(
            images.shapes().getFirst(),
            images.targets(augmentation),
            images.preprocessing().normalization());
    int found = 0;
    for (int epoch = 0; epoch < (augmentation.mostPictures() > 1 ? 200 : 20); epoch++) {
      for (int index = 0; index < images.size(); index++) {
        long key = CounterRandom.key(1, epoch, index);
        var tiling = augmentation.tiling(key, index, images.size());
        if (tiling != null
            && tiling.tiles().stream().map(Tiling.Tile::sample).distinct().count() < 4) {
          // Of the same picture twice one may show what has its box in the other.
          continue;
        }
        var boxes = images.read(index, key, augmentation, sample);
        images.targets(augmentation).write(boxes, sample.target(), 0);
        augmentation.apply(key, sample);
        var labels = new ArrayList<Integer>();
        for (int i = 0; i < sample.target()[0]; i++) {
          labels.add((int) sample.target()[1 + 5 * i]);
        }
        for (int i = 0; i < labels.size(); i++) {
          int label = labels.get(i);
          int[] seen = seen(sample, label);
          if (seen == null) {
            // Of what is a pixel wide, no pixel need have its colour.
            float[] box = Arrays.copyOfRange(sample.target(), 2 + 5 * i, 6 + 5 * i);
            assertTrue(
                box[2] - box[0] < 4 || box[3] - box[1] < 4,
                "nothing is in %s, epoch %d, picture %d"
                    .formatted(Arrays.toString(box), epoch, index));
            continue;
          }
          found++;
          for (int edge = 0; edge < 4; edge++) {
            assertEquals(
                seen[edge],
                sample.target()[2 + 5 * i + edge],
                2.5,
                "class %d, edge %d, epoch %d, picture %d".formatted(label, edge, epoch, index));
          }
        }
        // What is seen without a box has lost its middle: it is at an edge.
        for (int label = 0; label < 8 && augmentation.mostPictures() == 1; label++) {
          int[] seen = seen(sample, label);
          if (seen != null && !labels.contains(label)) {
            assertTrue(
                seen[0] < 3
                    || seen[1] < 3
                    || seen[2] > 97
                    || seen[3] > 87
                    || !(fit instanceof Fit.Stretch),
                "class %d is seen and has no box, epoch %d, picture %d"
                    .formatted(label, epoch, index));
          }
        }
      }
    }
    assertTrue(found > 60, found + " boxes were looked at");
  }

  @Test
  void aCropKeepsEnoughOfABoxAndAsOftenAll() {
    var boxes = pictures.get(0).learned();
    var whole = View.all(64, 96);
    int all = 0;
    var sizes = new HashSet<View>();
    for (int key = 0; key < 700; key++) {
      var view = new RandomIouCrop().view(CounterRandom.bits(5, key), whole, boxes);
      all += view.equals(whole) ? 1 : 0;
      sizes.add(view);
      assertTrue(boxes.stream().anyMatch(view::keeps), view.toString());
      assertTrue(
          view.left() >= 0
              && view.top() >= 0
              && view.left() + view.width() <= 96
              && view.top() + view.height() <= 64,
          view.toString());
    }
    // One choice of seven is all of the picture; the larger ones are often not met, and drawn anew.
    assertTrue(all > 100 && all < 350, all + " of 700 show all");
    assertTrue(sizes.size() > 300, sizes.size() + " differ");
  }

  /** Shows one part of every picture. */
  private record Fixed(View part) implements Augmentation {
    @Override
    public void apply(long key, Sample sample) {}

    @Override
    public View view(long key, View view, List<Box> boxes) {
      return part;
    }
  }

  @Test
  void thePartThatIsChosenFillsTheImage() {
    var images = pictures.images(preprocessing(new Fit.Stretch(Resampling.BILINEAR)));
    var sample = new Sample(images.shapes().getFirst(), images.targets(), Normalization.none(3));
    // 40x30 of 96x64 pixels become 100x90; the first box is 9, 12 to 48, 44, the other beyond.
    var boxes = images.read(0, 1, new Fixed(new View(10, 20, 40, 30)), sample);
    assertEquals(List.of(new Box(0, 0, 0, 95, 72)), boxes.boxes());
    int[] seen = seen(sample, 0);
    assertEquals(0, seen[0]);
    assertEquals(0, seen[1]);
    assertEquals(95, seen[2], 2);
    assertEquals(72, seen[3], 2);
  }

  @Test
  void withoutAugmentationAPictureIsReadAsForAPrediction() {
    var images = pictures.images(preprocessing(new Fit.Stretch(Resampling.BILINEAR)));
    var boxes = ((Target.Boxes) images.get(0).target()).boxes();
    var first = boxes.getFirst();
    // 9, 12, 48, 44 of 96x64 pixels.
    assertEquals(9 * 100 / 96f, first.left(), 1e-4);
    assertEquals(12 * 90 / 64f, first.top(), 1e-4);
    assertEquals(48 * 100 / 96f, first.right(), 1e-4);
    assertEquals(44 * 90 / 64f, first.bottom(), 1e-4);
    assertEquals(new TargetType.Boxes(2, 2), images.targets());
    assertEquals(new TargetType.Boxes(8), images.targets(new Mosaic(0.5)));
  }

  @Test
  void theSameKeyGivesTheSameImage() {
    var images = pictures.images(preprocessing(new Fit.Stretch(Resampling.BILINEAR)));
    var augmentation = Augmentation.chain(new Mosaic(0.5), new RandomZoomOut(0.5, 2));
    var results = new HashSet<List<Box>>();
    for (int turn = 0; turn < 2; turn++) {
      for (int index : IntStream.range(0, 4).toArray()) {
        var sample =
            new Sample(
                images.shapes().getFirst(), images.targets(augmentation), Normalization.none(3));
        results.add(
            images.read(index, CounterRandom.key(3, 1, index), augmentation, sample).boxes());
      }
    }
    assertEquals(4, results.size());
  }

  @Test
  void partsOfTheDataHaveItsClasses() {
    var parts = pictures.holdOut(0.25, 1);
    assertEquals(3, parts.train().size());
    assertEquals(1, parts.test().size());
    assertEquals(pictures.labels(), parts.test().labels());
    assertEquals(2, IntStream.of(parts.test().objectsByClass()).sum(), "those of one picture");
  }

  @Test
  void crowdsAndIgnoredObjectsAreNotCounted() {
    var objects = new ArrayList<TrueBox>();
    for (int i = 0; i < 3; i++) {
      objects.add(new TrueBox(new Box(i % 2, 0, 0, 9, 9), 81, i == 1, i == 2));
    }
    var marked = new MarkedPicture(temp.resolve("0.png"), 0, 0, false, objects);
    var counted =
        new BoxPictures(
            temp, List.of("a", "b"), List.of(marked), List.of(), PictureOptions.STANDARD);
    assertArrayEquals(new int[] {1, 0}, counted.objectsByClass());
    assertEquals(3, counted.mostObjects());
  }

  @Test
  void cachedPicturesAreTheSameAndDecodedOnce() throws IOException {
    var preprocessing = preprocessing(new Fit.Stretch(Resampling.BILINEAR));
    var plain = examples(pictures, preprocessing);
    var cached = pictures.cached(new PictureCache());
    var full = pictures.cached(new PictureCache(10));
    assertEquals(plain, examples(cached, preprocessing));
    assertEquals(plain, examples(full, preprocessing));
    for (int i = 0; i < pictures.size(); i++) {
      Files.delete(pictures.marked(i).file());
    }
    assertEquals(plain, examples(cached, preprocessing));
    assertThrows(UncheckedIOException.class, () -> full.images(preprocessing).get(0));
  }

  private static List<Example> examples(BoxPictures pictures, Preprocessing preprocessing) {
    var images = pictures.images(preprocessing);
    return IntStream.range(0, images.size()).mapToObj(images::get).toList();
  }
}
