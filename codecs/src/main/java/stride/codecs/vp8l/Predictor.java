package stride.codecs.vp8l;

import static stride.codecs.vp8l.Argb.add;
import static stride.codecs.vp8l.Argb.mean;

/**
 * The transform that predicted pixels from the ones on the left and above, and coded only the
 * differences (RFC 9649, section 3.5.1).
 *
 * @param bits the binary logarithm of a tile's side
 * @param tiles each tile's mode, in green
 * @param above the row above, and after it the first pixel of the row itself
 */
record Predictor(int codedWidth, int bits, int[] tiles, int[] above) implements Transform {
  static Predictor of(int width, int bits, int[] tiles) {
    return new Predictor(width, bits, tiles, new int[width + 1]);
  }

  @Override
  public int[] undo(int y, int[] row) {
    if (y == 0) {
      row[0] = add(row[0], Argb.OPAQUE_BLACK);
      left(row, 1, codedWidth);
    } else {
      row[0] = add(row[0], above[0]);
      above[codedWidth] = row[0];
      int tile = (y >> bits) * Transform.tiles(codedWidth, bits);
      for (int begin = 0; begin < codedWidth; begin += 1 << bits, tile++) {
        int end = Math.min(begin + (1 << bits), codedWidth);
        predict(tiles[tile] >> 8 & 0xF, row, Math.max(begin, 1), end);
      }
    }
    System.arraycopy(row, 0, above, 0, codedWidth);
    return row;
  }

  private static void left(int[] row, int from, int to) {
    int left = row[from - 1];
    for (int x = from; x < to; x++) {
      left = add(row[x], left);
      row[x] = left;
    }
  }

  /** Names and numbers as in the RFC: L, T, TR and TL are the neighbours. */
  private void predict(int mode, int[] row, int from, int to) {
    int[] t = above;
    switch (mode) {
      case 1 -> left(row, from, to);
      case 2 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], t[x]);
        }
      }
      case 3 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], t[x + 1]);
        }
      }
      case 4 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], t[x - 1]);
        }
      }
      case 5 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], mean(mean(row[x - 1], t[x + 1]), t[x]));
        }
      }
      case 6 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], mean(row[x - 1], t[x - 1]));
        }
      }
      case 7 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], mean(row[x - 1], t[x]));
        }
      }
      case 8 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], mean(t[x - 1], t[x]));
        }
      }
      case 9 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], mean(t[x], t[x + 1]));
        }
      }
      case 10 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], mean(mean(row[x - 1], t[x - 1]), mean(t[x], t[x + 1])));
        }
      }
      case 11 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], select(row[x - 1], t[x], t[x - 1]));
        }
      }
      case 12 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], Argb.addAndSubtract(row[x - 1], t[x], t[x - 1]));
        }
      }
      case 13 -> {
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], Argb.addHalf(mean(row[x - 1], t[x]), t[x - 1]));
        }
      }
      default -> {
        // 0, and 14 and 15, which the RFC leaves open.
        for (int x = from; x < to; x++) {
          row[x] = add(row[x], Argb.OPAQUE_BLACK);
        }
      }
    }
  }

  /** Returns left or top, whichever is nearer to left + top - topLeft. */
  private static int select(int left, int top, int topLeft) {
    return Argb.distance(top, topLeft) < Argb.distance(left, topLeft) ? left : top;
  }
}
