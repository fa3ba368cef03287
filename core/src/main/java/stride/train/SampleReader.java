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
  private final boolean crops;
  private long key;

  SampleReader(ImageDataset data, Augmentation augmentation, Normalization normalization) {
    this.data = data;
    this.augmentation = augmentation;
    this.normalization = normalization;
    sample = new Sample(data.shape(), normalization);
    crops = augmentation.crops();
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
    augmentation.apply(key, sample);
    int length = data.shape().elements();
    System.arraycopy(sample.image(), 0, into, at, length);
    normalization.apply(into, at, length);
  }

  @Override
  public Region of(int height, int width) {
    var region = augmentation.region(key, height, width);
    return region == null ? new Region(0, 0, height, width) : region;
  }
}
