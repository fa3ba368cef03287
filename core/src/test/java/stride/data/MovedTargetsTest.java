package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.RandAugment;
import stride.data.augment.RandomResizedCrop;
import stride.data.augment.RandomRotation;
import stride.data.augment.RandomShift;
import stride.data.augment.Warp;
import stride.image.Normalization;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Targets that lie over an image move as an augmentation moves the image's pixels. */
final class MovedTargetsTest {
  private static final int HEIGHT = 40;
  private static final int WIDTH = 56;
  private static final Shape SHAPE = Shape.image(HEIGHT, WIDTH, 3);

  static List<Augmentation> geometric() {
    return List.of(
        new HorizontalFlip(1),
        new RandomShift(9),
        new RandomRotation(25),
        new RandomResizedCrop(0.3),
        Augmentation.chain(
            new RandomResizedCrop(0.4), new HorizontalFlip(0.5), new RandomRotation(10)));
  }

  static List<Augmentation> all() {
    var all = new java.util.ArrayList<>(geometric());
    all.add(new RandAugment(2, 9));
    return all;
  }

  /** A white rectangle on black, from (x0, y0) to before (x1, y1). */
  private static float[] rectangle(int x0, int y0, int x1, int y1) {
    var image = new float[SHAPE.elements()];
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        for (int c = 0; c < 3; c++) {
          image[(y * WIDTH + x) * 3 + c] = 1;
        }
      }
    }
    return image;
  }

  private static TargetType type() {
    var parts = new LinkedHashMap<String, TargetType>();
    parts.put("class", new TargetType.OneClass());
    parts.put("image", new TargetType.Image(SHAPE));
    parts.put("map", new TargetType.ClassMap(HEIGHT, WIDTH));
    parts.put("boxes", new TargetType.Boxes(3));
    parts.put("values", new TargetType.Values(Shape.of(2)));
    return new TargetType.Several(parts);
  }

  private static Sample sample(float[] image, int x0, int y0, int x1, int y1) {
    var sample = new Sample(SHAPE, type(), Normalization.none(3));
    System.arraycopy(image, 0, sample.image(), 0, image.length);
    var classes = new int[HEIGHT * WIDTH];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = image[3 * i] > 0.5f ? 7 : 2;
    }
    var target = new LinkedHashMap<String, Target>();
    target.put("class", Target.ofClass(5));
    target.put("image", Target.image(new Tensor(SHAPE, image.clone())));
    target.put("map", new Target.ClassMap(HEIGHT, WIDTH, classes));
    target.put("boxes", Target.boxes(List.of(new Box(3, x0, y0, x1, y1))));
    target.put("values", Target.values(0.25f, -4));
    type().write(Target.several(target), sample.target(), 0);
    return sample;
  }

  private static int offset(String part) {
    return ((TargetType.Several) type()).offset(part);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aClassMapIsThatOfTheMovedImage(Augmentation augmentation) {
    var random = new SplittableRandom(1);
    for (long key = 0; key < 40; key++) {
      int x0 = random.nextInt(5, 25);
      int y0 = random.nextInt(5, 18);
      int x1 = x0 + random.nextInt(8, 25);
      int y1 = y0 + random.nextInt(8, 16);
      var sample = sample(rectangle(x0, y0, x1, y1), x0, y0, x1, y1);
      boolean colours = augmentation instanceof RandAugment;
      augmentation.apply(key, sample);
      int map = offset("map");
      int image = offset("image");
      int wrong = 0;
      int different = 0;
      for (int i = 0; i < HEIGHT * WIDTH; i++) {
        float label = sample.target()[map + i];
        float light = sample.target()[image + 3 * i];
        assertTrue(label == 2 || label == 7 || label == -1, "no class between classes: " + label);
        if (label >= 0 && Math.abs(light - 0.5) > 0.49) {
          wrong += (label == 7) == light > 0.5f ? 0 : 1;
        }
        different += colours || Math.abs(sample.image()[3 * i] - light) < 2e-5f ? 0 : 1;
      }
      // Parts that are cut out of an image are stretched by themselves, up to their edges.
      assertTrue(different < HEIGHT + WIDTH, different + " pixels of the image as target");
      assertEquals(0, wrong, augmentation + ", key " + key);
      assertEquals(5, sample.target()[offset("class")]);
      assertEquals(-4, sample.target()[offset("values") + 1]);
    }
  }

  /**
   * Returns the box around the white pixels of the moved image; edges are blurred by up to a pixel.
   */
  @ParameterizedTest
  @MethodSource("geometric")
  void aBoxStaysAroundWhatIsInIt(Augmentation augmentation) {
    var random = new SplittableRandom(2);
    int kept = 0;
    for (long key = 0; key < 60; key++) {
      int x0 = random.nextInt(3, 30);
      int y0 = random.nextInt(3, 20);
      int x1 = x0 + random.nextInt(6, 22);
      int y1 = y0 + random.nextInt(6, 16);
      var sample = sample(rectangle(x0, y0, x1, y1), x0, y0, x1, y1);
      augmentation.apply(key, sample);
      int at = offset("boxes");
      int left = WIDTH;
      int top = HEIGHT;
      int right = 0;
      int bottom = 0;
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          if (sample.image()[(y * WIDTH + x) * 3] > 0.5f) {
            left = Math.min(left, x);
            right = Math.max(right, x + 1);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y + 1);
          }
        }
      }
      if (sample.target()[at] == 0) {
        continue;
      }
      kept++;
      assertEquals(3, sample.target()[at + 1]);
      String what = augmentation + ", key " + key;
      // A rotated box becomes the upright one around it, which the white pixels fill up to blurred
      // corners.
      double slack = augmentation.toString().contains("Rotation") ? 3 : 1.51;
      assertEquals(left, sample.target()[at + 2], slack, what);
      assertEquals(top, sample.target()[at + 3], slack, what);
      assertEquals(right, sample.target()[at + 4], slack, what);
      assertEquals(bottom, sample.target()[at + 5], slack, what);
    }
    assertTrue(kept > 20, kept + " boxes were kept");
  }

  @org.junit.jupiter.api.Test
  void aBoxWhoseMiddleHasLeftTheImageIsDroppedAndOthersAreCutOff() {
    var sample = new Sample(SHAPE, new TargetType.Boxes(3), Normalization.none(3));
    var boxes =
        List.of(new Box(1, 0, 0, 10, 10), new Box(2, 0, 0, 30, 10), new Box(3, 40, 20, 50, 30));
    new TargetType.Boxes(3).write(Target.boxes(boxes), sample.target(), 0);
    sample.moveTarget(new Warp(1, 0, 10, 0, 1, 0));
    assertArrayEquals(
        new float[] {2, 2, 0, 0, 20, 10, 3, 30, 20, 40, 30},
        java.util.Arrays.copyOf(sample.target(), 11),
        "10 pixels to the left");
  }
}
