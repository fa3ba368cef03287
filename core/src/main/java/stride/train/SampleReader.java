package stride.train;

import java.util.ArrayList;
import java.util.List;
import stride.data.Augmentation;
import stride.data.BoxImages;
import stride.data.Example;
import stride.data.ImageDataset;
import stride.data.Sample;
import stride.data.TargetType;
import stride.image.Normalization;
import stride.image.Region;
import stride.tensor.Tensor;

/**
 * Reads, augments and normalises samples, one at a time. An augmentation changes a sample's first
 * input and its target. Used by one thread at a time.
 */
final class SampleReader implements Region.Choice {
  private final Samples data;
  private final Augmentation augmentation;
  private final Sample sample;
  private final Normalization normalization;
  private final TargetType targets;
  private final boolean crops;

  /** The inputs after the first one of the sample that was read last. */
  private final List<Tensor> others = new ArrayList<>();

  private long key;

  SampleReader(Samples data, Augmentation augmentation) {
    this.data = data;
    this.augmentation = augmentation;
    targets = data.readTargets(augmentation);
    normalization = data.normalization();
    sample = new Sample(data.shapes().getFirst(), targets, normalization);
    crops = augmentation.crops();
  }

  /**
   * Reads a sample, which {@link #copyInput} and {@link #target} return until the next one is read.
   *
   * @param index the sample, from 0
   * @param key the source of the augmentation's randomness
   */
  void read(int index, long key) {
    this.key = key;
    switch (data) {
      case Samples.Images(var images, _) -> read(images, index);
      case Samples.Boxed(var boxes) -> read(boxes, index);
      case Samples.Others(var examples) -> read(examples.get(index), index);
    }
    augmentation.apply(key, sample);
  }

  private void read(ImageDataset images, int index) {
    sample.setCropped(crops && images.readPart(index, this, sample.image(), 0));
    if (!sample.isCropped()) {
      images.read(index, sample.image(), 0);
    }
    if (targets instanceof TargetType.SeveralClasses(int classes)) {
      for (int i = 0; i < classes; i++) {
        sample.target()[i] = images.hasLabel(index, i) ? 1 : 0;
      }
    } else {
      sample.target()[0] = images.label(index);
    }
  }

  private void read(BoxImages images, int index) {
    sample.setCropped(true);
    others.clear();
    targets.write(images.read(index, key, augmentation, sample), sample.target(), 0);
  }

  private void read(Example example, int index) {
    sample.setCropped(false);
    float[] image = example.inputs().getFirst().data();
    System.arraycopy(image, 0, sample.image(), 0, image.length);
    others.clear();
    for (int i = 1; i < example.inputs().size(); i++) {
      others.add(example.inputs().get(i));
    }
    try {
      targets.write(example.target(), sample.target(), 0);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("example %d: %s".formatted(index, e.getMessage()), e);
    }
  }

  /** Writes an input of the sample to {@code into} from {@code at} on. */
  void copyInput(int input, float[] into, int at) {
    if (input > 0) {
      float[] values = others.get(input - 1).data();
      System.arraycopy(values, 0, into, at, values.length);
      return;
    }
    int length = sample.shape().elements();
    System.arraycopy(sample.image(), 0, into, at, length);
    normalization.apply(into, at, length);
  }

  /** Returns the target of the sample, a row of the type {@link Samples#readTargets}. */
  float[] target() {
    return sample.target();
  }

  @Override
  public Region of(int height, int width) {
    var region = augmentation.region(key, height, width);
    return region == null ? new Region(0, 0, height, width) : region;
  }
}
