package stride.data;

import stride.tensor.Shape;

/**
 * Copies images as they are. A record, as every augmentation that a checkpoint has to recognise by
 * its text.
 */
record NoAugmentation() implements Augmentation {
  @Override
  public void apply(
      long key, Shape shape, float[] from, int fromOffset, float[] into, int intoOffset) {
    System.arraycopy(from, fromOffset, into, intoOffset, shape.elements());
  }
}
