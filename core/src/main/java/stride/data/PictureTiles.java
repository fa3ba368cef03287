package stride.data;

import java.util.ArrayList;
import java.util.List;
import stride.image.Neighbours;
import stride.image.Picture;
import stride.image.Placement;
import stride.tensor.Shape;

/** Draws pictures into the image of a sample, and moves their boxes along. */
final class PictureTiles {
  private static final float BYTE = 1 / 255f;

  private final Shape shape;
  private final Sample sample;

  PictureTiles(Shape shape, Sample sample) {
    this.shape = shape;
    this.sample = sample;
  }

  /**
   * A rectangle of the image.
   *
   * @param right the first column that is no longer in it
   * @param bottom the first row that is no longer in it
   */
  record Place(int left, int top, int right, int bottom) {
    boolean isEmpty() {
      return left >= right || top >= bottom;
    }

    int width() {
      return right - left;
    }

    int height() {
      return bottom - top;
    }

    /** The part of it that lies in another rectangle, by the middles of pixels. */
    Place within(double fromX, double fromY, double toX, double toY) {
      return new Place(
          (int) Math.clamp(Math.rint(fromX), left, right),
          (int) Math.clamp(Math.rint(fromY), top, bottom),
          (int) Math.clamp(Math.rint(toX), left, right),
          (int) Math.clamp(Math.rint(toY), top, bottom));
    }

    /** Moves boxes of a picture to where it is drawn: those whose middle is in this place. */
    List<Box> placed(List<Box> boxes, Placement placement) {
      var placed = new ArrayList<Box>();
      for (var box : boxes) {
        double fromX = placement.x(box.left());
        double fromY = placement.y(box.top());
        double toX = placement.x(box.right());
        double toY = placement.y(box.bottom());
        double middleX = (fromX + toX) / 2;
        double middleY = (fromY + toY) / 2;
        float x1 = (float) Math.max(fromX, left);
        float y1 = (float) Math.max(fromY, top);
        float x2 = (float) Math.min(toX, right);
        float y2 = (float) Math.min(toY, bottom);
        boolean inside = middleX >= left && middleX < right && middleY >= top && middleY < bottom;
        if (inside && x1 < x2 && y1 < y2) {
          placed.add(new Box(box.label(), x1, y1, x2, y2));
        }
      }
      return placed;
    }
  }

  /** All of the image. */
  Place whole() {
    return new Place(0, 0, shape.width(), shape.height());
  }

  /** Makes all of the image the mean colour. */
  void clear() {
    float[] image = sample.image();
    int channels = shape.channels();
    for (int i = 0; i < image.length; i++) {
      image[i] = sample.neutral(i % channels);
    }
  }

  /** Makes all of the image these values. */
  void set(float[] values) {
    System.arraycopy(values, 0, sample.image(), 0, values.length);
  }

  /**
   * Draws a picture in a place of the image, interpolated between the middles of its pixels. What
   * is beyond the picture is left as it is.
   */
  void draw(Picture picture, Placement placement, Place place) {
    if (place.isEmpty()) {
      return;
    }
    int channels = shape.channels();
    var pixels = channels == 1 ? picture.grey() : picture.rgb();
    var columns =
        axis(place.left, place.width(), placement.left(), placement.along(), pixels.width());
    var rows = axis(place.top, place.height(), placement.top(), placement.down(), pixels.height());
    float[] image = sample.image();
    byte[] data = pixels.data();
    int pitch = pixels.width() * channels;
    for (int y = 0; y < rows.count(); y++) {
      if (rows.first()[y] < 0) {
        continue;
      }
      int upper = rows.first()[y] * pitch;
      int lower = rows.second()[y] * pitch;
      float below = rows.share()[y];
      int at = ((place.top + y) * shape.width() + place.left) * channels;
      for (int x = 0; x < columns.count(); x++, at += channels) {
        if (columns.first()[x] < 0) {
          continue;
        }
        int left = columns.first()[x] * channels;
        int right = columns.second()[x] * channels;
        float part = columns.share()[x];
        for (int c = 0; c < channels; c++) {
          float above =
              (1 - part) * (data[upper + left + c] & 0xFF)
                  + part * (data[upper + right + c] & 0xFF);
          float under =
              (1 - part) * (data[lower + left + c] & 0xFF)
                  + part * (data[lower + right + c] & 0xFF);
          image[at + c] = ((1 - below) * above + below * under) * BYTE;
        }
      }
    }
  }

  /**
   * The pixels of a picture around the middles of some of the image's; none beyond the picture.
   *
   * @param offset where the picture begins in the image
   * @param scale the image's pixels to one of the picture's
   */
  private static Neighbours axis(int from, int count, double offset, double scale, int size) {
    return Neighbours.of(
        count,
        size,
        i -> {
          double place = (from + i + 0.5 - offset) / scale;
          return place < 0 || place >= size ? Double.NaN : place - 0.5;
        });
  }
}
