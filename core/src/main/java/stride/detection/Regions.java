package stride.detection;

import java.util.List;

/** The regions of some pictures in one row, one picture's after the other's. */
final class Regions {
  private final List<FoundBoxes> pictures;

  /** The picture of each region. */
  private final int[] samples;

  /** The first region of each picture. */
  private final int[] firsts;

  Regions(List<FoundBoxes> pictures) {
    this.pictures = List.copyOf(pictures);
    samples = new int[pictures.stream().mapToInt(FoundBoxes::count).sum()];
    firsts = new int[pictures.size()];
    int at = 0;
    for (int n = 0; n < firsts.length; n++) {
      firsts[n] = at;
      for (int i = 0; i < pictures.get(n).count(); i++) {
        samples[at++] = n;
      }
    }
  }

  /** How many regions there are. */
  int count() {
    return samples.length;
  }

  /** How many pictures there are. */
  int pictures() {
    return firsts.length;
  }

  /** The number of regions of a picture. */
  int count(int picture) {
    return pictures.get(picture).count();
  }

  /** The first region of a picture. */
  int first(int picture) {
    return firsts[picture];
  }

  /** The picture of a region. */
  int picture(int region) {
    return samples[region];
  }

  /** An array with the corners of a region. */
  float[] corners(int region) {
    return pictures.get(samples[region]).corners();
  }

  /** Where the corners of a region begin in {@link #corners}. */
  int corner(int region) {
    return 4 * (region - firsts[samples[region]]);
  }
}
