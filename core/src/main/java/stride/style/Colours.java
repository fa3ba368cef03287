package stride.style;

import stride.image.Pixels;

/**
 * What becomes of a photo's colours (Gatys, Bethge, Hertzmann and Shechtman 2016, "Preserving Color
 * in Neural Artistic Style Transfer").
 */
public enum Colours {
  /** They become the painting's. */
  OF_STYLE,

  /** They stay: only how light the pixels are is painted. */
  LUMINANCE,

  /** The painting is given the photo's mean colour and spread of colours first. */
  HISTOGRAM;

  /** What keeps a painting of fewer colours than three directions from being divided by 0. */
  private static final double LEAST_VARIANCE = 1e-5;

  /** The painting as it is learned from. */
  Pixels ofStyle(Pixels style, Pixels photo) {
    return switch (this) {
      case OF_STYLE -> style;
      case LUMINANCE -> matchedLuminance(style, photo);
      case HISTOGRAM -> matched(style, photo);
    };
  }

  /** The photo as it is painted. */
  Pixels ofPhoto(Pixels photo) {
    return this == LUMINANCE ? grey(photo, 1, 0) : photo;
  }

  /** The result, of what was painted; values (H, W, 3). */
  void restore(float[] painted, Pixels photo) {
    if (this != LUMINANCE) {
      return;
    }
    // Red, green and blue are the luminance and what they differ from it by, which stays.
    for (int i = 0; i < painted.length; i += 3) {
      double change = luminance(painted[i], painted[i + 1], painted[i + 2]) - luminance(photo, i);
      for (int c = 0; c < 3; c++) {
        painted[i + c] = (float) ((photo.data()[i + c] & 0xFF) / 255.0 + change);
      }
    }
  }

  /** Luma (ITU-R BT.601). */
  private static double luminance(double red, double green, double blue) {
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  }

  private static double luminance(Pixels picture, int at) {
    byte[] rgb = picture.data();
    return luminance(rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF) / 255;
  }

  private static Pixels grey(Pixels picture, double factor, double offset) {
    var grey = new byte[picture.data().length];
    for (int i = 0; i < grey.length; i += 3) {
      byte value = toByte(factor * luminance(picture, i) + offset);
      grey[i] = value;
      grey[i + 1] = value;
      grey[i + 2] = value;
    }
    return new Pixels(picture.height(), picture.width(), 3, grey);
  }

  private static byte toByte(double value) {
    return (byte) Math.clamp(Math.round(255 * value), 0, 255);
  }

  private static Pixels matchedLuminance(Pixels style, Pixels photo) {
    double[] own = luminanceMoments(style);
    double[] wanted = luminanceMoments(photo);
    double factor = wanted[1] / Math.max(own[1], Math.sqrt(LEAST_VARIANCE));
    return grey(style, factor, wanted[0] - factor * own[0]);
  }

  /** The mean and the deviation of the luminance. */
  private static double[] luminanceMoments(Pixels picture) {
    double sum = 0;
    double squares = 0;
    int count = picture.data().length / 3;
    for (int i = 0; i < count; i++) {
      double value = luminance(picture, 3 * i);
      sum += value;
      squares += value * value;
    }
    double mean = sum / count;
    return new double[] {mean, Math.sqrt(Math.max(0, squares / count - mean * mean))};
  }

  /**
   * y = L (L_s^-1 (x - m_s)) + m, where L L' is the photo's covariance of colours and L_s L_s' the
   * painting's.
   */
  private static Pixels matched(Pixels style, Pixels photo) {
    double[] ownMean = mean(style);
    double[] mean = mean(photo);
    double[][] own = cholesky(covariance(style, ownMean));
    double[][] wanted = cholesky(covariance(photo, mean));
    var data = new byte[style.data().length];
    var z = new double[3];
    for (int i = 0; i < data.length; i += 3) {
      for (int c = 0; c < 3; c++) {
        double value = (style.data()[i + c] & 0xFF) / 255.0 - ownMean[c];
        for (int k = 0; k < c; k++) {
          value -= own[c][k] * z[k];
        }
        z[c] = value / own[c][c];
      }
      for (int c = 0; c < 3; c++) {
        double value = mean[c];
        for (int k = 0; k <= c; k++) {
          value += wanted[c][k] * z[k];
        }
        data[i + c] = toByte(value);
      }
    }
    return new Pixels(style.height(), style.width(), 3, data);
  }

  private static double[] mean(Pixels picture) {
    var mean = new double[3];
    for (int i = 0; i < picture.data().length; i++) {
      mean[i % 3] += picture.data()[i] & 0xFF;
    }
    for (int c = 0; c < 3; c++) {
      mean[c] /= 255.0 * picture.height() * picture.width();
    }
    return mean;
  }

  private static double[][] covariance(Pixels picture, double[] mean) {
    var covariance = new double[3][3];
    byte[] data = picture.data();
    for (int i = 0; i < data.length; i += 3) {
      for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) {
          covariance[a][b] +=
              ((data[i + a] & 0xFF) / 255.0 - mean[a]) * ((data[i + b] & 0xFF) / 255.0 - mean[b]);
        }
      }
    }
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        covariance[a][b] = covariance[a][b] / (data.length / 3.0) + (a == b ? LEAST_VARIANCE : 0);
      }
    }
    return covariance;
  }

  private static double[][] cholesky(double[][] a) {
    var l = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
      }
    }
    return l;
  }
}
