package stride.train;

import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.data.Sample;
import stride.image.Normalization;
import stride.image.Region;

/** Reads, varies and normalises a data set's images one at a time. Used by one thread at a time. */
final class SampleReader implements Region.Choice {
  private final ImageDataset data;
  private final Augmentation augmentation;
  private final Normalization normalization;
  private final Sample sample;
  private final int targetWidth;
  private final boolean crops;
  private long key;

  SampleReader(ImageDataset data, Augmentation augmentation, Normalization normalization) {
    this.data = data;
    this.augmentation = augmentation;
    this.normalization = normalization;
    targetWidth = targetWidth(data, augmentation);
    sample = new Sample(data.shape(), targetWidth, normalization);
    crops = augmentation.crops();
  }

  /** How many values the target of each image has that is read together with it; 0 for none. */
  static int targetWidth(ImageDataset data, Augmentation augmentation) {
    return augmentation.changesTargets() ? data.labels().size() : 0;
  }

  /**
   * Writes an image to {@code into} from {@code at} on.
   *
   * @param key where its variation comes from
   */
  void read(int index, long key, float[] into, int at) {
    this.key = key;
    sample.setCropped(crops && data.readPart(index, this, sample.image(), 0));
    if (!sample.isCropped()) {
      data.read(index, sample.image(), 0);
    }
    for (int i = 0; i < targetWidth; i++) {
      sample.target()[i] = data.hasLabel(index, i) ? 1 : 0;
    }
    augmentation.apply(key, sample);
    int length = data.shape().elements();
    System.arraycopy(sample.image(), 0, into, at, length);
    normalization.apply(into, at, length);
  }

  /** What the image shows that was read last; of no length where no augmentation changes it. */
  float[] target() {
    return sample.target();
  }

  @Override
  public Region of(int height, int width) {
    var region = augmentation.region(key, height, width);
    return region == null ? new Region(0, 0, height, width) : region;
  }
}
