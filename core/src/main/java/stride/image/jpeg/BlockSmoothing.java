package stride.image.jpeg;

import java.util.List;

/**
 * The samples of a progressive picture that leaves out coefficients, or their lower bits: missing
 * ones of the first nine AC coefficients are estimated from the surrounding DC coefficients, with
 * the numbers of libjpeg-turbo 2.1 (jdcoefct.c).
 */
final class BlockSmoothing implements Rendering.Source {
  /** The number of estimated coefficients. */
  private static final int GUESSED = 10;

  /**
   * For each coefficient, in the order of {@link ZigZag}, 128 times the weights of the DC
   * coefficients of five times five blocks, if no AC coefficient is known at all.
   */
  private static final int[][] WITHOUT_AC = {
    {
      -2, -6, -8, -6, -2, //
      -6, 6, 42, 6, -6, //
      -8, 42, 152, 42, -8, //
      -6, 6, 42, 6, -6, //
      -2, -6, -8, -6, -2, //
    },
    {
      -1, -1, 0, 1, 1, //
      -3, 13, 0, -13, 3, //
      -3, 38, 0, -38, 3, //
      -3, 13, 0, -13, 3, //
      -1, -1, 0, 1, 1, //
    },
    {
      -1, -3, -3, -3, -1, //
      -1, 13, 38, 13, -1, //
      0, 0, 0, 0, 0, //
      1, -13, -38, -13, 1, //
      1, 3, 3, 3, 1, //
    },
    {
      0, 0, 1, 0, 0, //
      0, 2, 7, 2, 0, //
      0, -5, -14, -5, 0, //
      0, 2, 7, 2, 0, //
      0, 0, 1, 0, 0, //
    },
    {
      -1, 0, 0, 0, 1, //
      0, 9, 0, -9, 0, //
      0, 0, 0, 0, 0, //
      0, -9, 0, 9, 0, //
      1, 0, 0, 0, -1, //
    },
    {
      0, 0, 0, 0, 0, //
      0, 2, -5, 2, 0, //
      1, 7, -14, 7, 1, //
      0, 2, -5, 2, 0, //
      0, 0, 0, 0, 0, //
    },
    {
      0, 0, 0, 0, 0, //
      0, 1, 0, -1, 0, //
      0, 2, 0, -2, 0, //
      0, 1, 0, -1, 0, //
      0, 0, 0, 0, 0, //
    },
    {
      0, 0, 0, 0, 0, //
      0, 1, -3, 1, 0, //
      0, 0, 0, 0, 0, //
      0, -1, 3, -1, 0, //
      0, 0, 0, 0, 0, //
    },
    {
      0, 0, 0, 0, 0, //
      0, 1, 0, -1, 0, //
      0, -3, 0, 3, 0, //
      0, 1, 0, -1, 0, //
      0, 0, 0, 0, 0, //
    },
    {
      0, 0, 0, 0, 0, //
      0, 1, 2, 1, 0, //
      0, 0, 0, 0, 0, //
      0, -1, -2, -1, 0, //
      0, 0, 0, 0, 0, //
    },
  };

  /** The weights if some AC coefficients are known; fewer are estimated then. */
  private static final int[][] WITH_AC = {
    {},
    {
      0, 0, 0, 0, 0, //
      0, 0, 0, 0, 0, //
      -7, 50, 0, -50, 7, //
      0, 0, 0, 0, 0, //
      0, 0, 0, 0, 0, //
    },
    {
      0, 0, -7, 0, 0, //
      0, 0, 50, 0, 0, //
      0, 0, 0, 0, 0, //
      0, 0, -50, 0, 0, //
      0, 0, 7, 0, 0, //
    },
    {
      0, 0, -1, 0, 0, //
      0, 0, 13, 0, 0, //
      0, 0, -24, 0, 0, //
      0, 0, 13, 0, 0, //
      0, 0, -1, 0, 0, //
    },
    {
      0, -1, 0, 1, 0, //
      -1, 10, 0, -10, 1, //
      0, 0, 0, 0, 0, //
      1, -10, 0, 10, -1, //
      0, 1, 0, -1, 0, //
    },
    {
      0, 0, 0, 0, 0, //
      0, 0, 0, 0, 0, //
      -1, 13, -24, 13, -1, //
      0, 0, 0, 0, 0, //
      0, 0, 0, 0, 0, //
    },
  };

  private final List<Component> components;
  private final Coefficients coefficients;
  private final Progression progression;
  private final int lastRow;
  private final InverseDct transform = new InverseDct();
  private final short[] block = new short[64];
  private final int[] window = new int[25];

  /**
   * Makes the samples of a picture whose scans have all been read.
   *
   * @param lastRow the last row of MCUs
   */
  BlockSmoothing(
      List<Component> components, Coefficients coefficients, Progression progression, int lastRow) {
    this.components = components;
    this.coefficients = coefficients;
    this.progression = progression;
    this.lastRow = lastRow;
  }

  /** Returns whether a coefficient is missing and can be estimated. */
  static boolean isOfUse(List<Component> components, Progression progression) {
    boolean useful = false;
    for (var component : components) {
      int[] lowBits = progression.lowBits(component);
      if (component.quantization == null || lowBits[0] == Progression.NOTHING) {
        return false;
      }
      for (int k = 0; k < GUESSED; k++) {
        if (component.quantization[ZigZag.ORDER[k]] == 0) {
          return false;
        }
        useful |= k > 0 && lowBits[k] != 0;
      }
    }
    return useful;
  }

  @Override
  public void fill(int row, List<Strip> strips) {
    for (var component : components) {
      int[] lowBits =
          row > coefficients.lastGoodRow()
              ? progression.lowBitsBefore(component)
              : progression.lowBits(component);
      int end = Math.min((row + 1) * component.down, component.blocksDown);
      for (int y = row * component.down; y < end; y++) {
        fill(component, lowBits, rowsAround(component, row, y), y, strips.get(component.index));
      }
    }
  }

  /** Returns a row of blocks and those above and below it, as far as libjpeg-turbo uses them. */
  private short[][] rowsAround(Component component, int row, int y) {
    int down = component.down;
    int end = Math.min((row + 1) * down, component.blocksDown);
    int above = y % down > 0 || row > 0 ? y - 1 : y;
    int farAbove = y % down > 1 || row > 1 ? y - 2 : above;
    int below = y < end - 1 || row < lastRow ? y + 1 : y;
    int farBelow = y < end - 2 || row + 1 < lastRow ? y + 2 : below;
    return new short[][] {
      coefficients.row(component, farAbove),
      coefficients.row(component, above),
      coefficients.row(component, y),
      coefficients.row(component, below),
      coefficients.row(component, farBelow)
    };
  }

  private void fill(Component component, int[] lowBits, short[][] rows, int y, Strip strip) {
    int[] quantization = java.util.Objects.requireNonNull(component.quantization);
    int at = strip.row(y % component.down * 8);
    for (int i = 0; i < 25; i++) {
      window[i] = rows[i / 5][0];
    }
    for (int x = 0; x < component.blocksAcross; x++) {
      move(rows, x, component.blocksAcross - 1);
      System.arraycopy(rows[2], 64 * x, block, 0, 64);
      guess(lowBits, quantization);
      transform.transform(block, 0, quantization, strip.samples, at + 8 * x, strip.stride);
    }
  }

  /** Moves the window to a block. If there are only two, the first one is used again. */
  private void move(short[][] rows, int x, int last) {
    for (int i = 0; i < 5; i++) {
      if (x > 0) {
        System.arraycopy(window, 5 * i + 1, window, 5 * i, 4);
      }
      if (x == 0 && last > 0) {
        window[5 * i + 3] = rows[i][64];
      }
      if (x + 1 < last) {
        window[5 * i + 4] = rows[i][64 * (x + 2)];
      }
    }
  }

  private void guess(int[] lowBits, int[] quantization) {
    boolean withoutAc = true;
    for (int k = 1; k < GUESSED; k++) {
      withoutAc &= lowBits[k] == Progression.NOTHING;
    }
    int[][] weights = withoutAc ? WITHOUT_AC : WITH_AC;
    for (int k = 1; k < weights.length; k++) {
      int at = ZigZag.ORDER[k];
      if (lowBits[k] != 0 && block[at] == 0) {
        int most = lowBits[k] > 0 ? (1 << lowBits[k]) - 1 : Integer.MAX_VALUE;
        block[at] = guess(weights[k], quantization[0], quantization[at], most);
      }
    }
    if (withoutAc) {
      block[0] = guess(weights[0], quantization[0], quantization[0], Integer.MAX_VALUE);
    }
  }

  private short guess(int[] weights, long dcQuantization, long quantization, int most) {
    int sum = 0;
    for (int i = 0; i < 25; i++) {
      sum += weights[i] * window[i];
    }
    long size = Math.abs(dcQuantization * sum);
    int value = Math.min((int) (((quantization << 7) + size) / (quantization << 8)), most);
    return (short) (sum < 0 ? -value : value);
  }
}
