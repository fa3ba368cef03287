package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;

/** Leaves samples unchanged. */
public record NoAugmentation() implements Augmentation {
  @Override
  public void apply(long key, Sample sample) {
    // Nothing to change.
  }
}
