package stride.data;

/** Leaves samples as they are. */
record NoAugmentation() implements Augmentation {
  @Override
  public void apply(long key, Sample sample) {
    // Nothing to change.
  }
}
