package stride.image;

/**
 * Bilinear interpolation of bytes as OpenCV's {@code resize} does it ({@code INTER_LINEAR}): a
 * place between pixels' middles gets parts of the two beside it along rows, then along columns, in
 * integers. Smaller images are not averaged.
 */
final class FixedPoint {
  /** Weights are in parts of 2048. */
  private static final float ONE = 2048;

  private FixedPoint() {}

  static Pixels resize(Pixels from, int height, int width) {
    int channels = from.channels();
    var along = Axis.of(from.width(), width, true);
    var down = Axis.of(from.height(), height, false);
    var data = new byte[height * width * channels];
    int[] upper = new int[width * channels];
    int[] lower = new int[width * channels];
    int upperRow = -1;
    int lowerRow = -1;
    for (int y = 0; y < height; y++) {
      if (down.first[y] == lowerRow) {
        int[] swapped = upper;
        upper = lower;
        lower = swapped;
        int row = upperRow;
        upperRow = lowerRow;
        lowerRow = row;
      }
      if (down.first[y] != upperRow) {
        upperRow = down.first[y];
        row(from, upperRow, along, upper);
      }
      if (down.second[y] != lowerRow) {
        lowerRow = down.second[y];
        row(from, lowerRow, along, lower);
      }
      for (int i = 0; i < upper.length; i++) {
        int above = (upper[i] >> 4) * down.firstWeight[y] >> 16;
        int below = (lower[i] >> 4) * down.secondWeight[y] >> 16;
        data[y * upper.length + i] = (byte) (above + below + 2 >> 2);
      }
    }
    return new Pixels(height, width, channels, data);
  }

  private static void row(Pixels from, int y, Axis along, int[] into) {
    int channels = from.channels();
    byte[] data = from.data();
    int start = y * from.width() * channels;
    for (int x = 0; x < along.first.length; x++) {
      int left = start + along.first[x] * channels;
      int right = start + along.second[x] * channels;
      for (int c = 0; c < channels; c++) {
        into[x * channels + c] =
            (data[left + c] & 0xFF) * along.firstWeight[x]
                + (data[right + c] & 0xFF) * along.secondWeight[x];
      }
    }
  }

  /** For each place of the result the two pixels beside it, and their weights. */
  private record Axis(int[] first, int[] second, int[] firstWeight, int[] secondWeight) {
    /**
     * @param whole whether the pixel at the edge has all of the weight beyond its middle; else it
     *     has both parts, which are rounded apart
     */
    static Axis of(int inputs, int outputs, boolean whole) {
      var axis = new Axis(new int[outputs], new int[outputs], new int[outputs], new int[outputs]);
      double scale = 1 / ((double) outputs / inputs);
      for (int i = 0; i < outputs; i++) {
        float place = (float) ((i + 0.5) * scale - 0.5);
        int first = (int) Math.floor(place);
        float share = place - first;
        if (whole && (first < 0 || first >= inputs - 1)) {
          share = 0;
        }
        axis.first[i] = Math.clamp(first, 0, inputs - 1);
        axis.second[i] = Math.clamp(first + 1L, 0, inputs - 1);
        axis.firstWeight[i] = (int) Math.rint((1 - share) * ONE);
        axis.secondWeight[i] = (int) Math.rint(share * ONE);
      }
      return axis;
    }
  }
}
