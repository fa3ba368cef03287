package stride.train.metric;

import stride.compute.Buffer;

/** Finds the class with the largest output of a pixel. */
final class PixelClasses {
  private PixelClasses() {}

  /** Returns the class of a pixel; with a single channel, 1 if it is above 0, else 0. */
  static int of(Buffer outputs, int sample, int pixel, int classes) {
    int at = outputs.at(sample) + pixel * classes;
    float[] z = outputs.array();
    if (classes == 1) {
      return z[at] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int j = 1; j < classes; j++) {
      if (z[at + j] > z[at + best]) {
        best = j;
      }
    }
    return best;
  }
}
