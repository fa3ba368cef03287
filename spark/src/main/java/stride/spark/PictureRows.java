package stride.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * Reads the rows of a training where they lie.
 *
 * @param kind what the column of pictures holds
 * @param picture its index
 * @param label the index of the column of classes
 * @param measured the index of the column that says which rows to measure with; -1 if there is none
 * @param path the index of the column that names pictures; -1 if there is none
 * @param skipping whether rows whose picture cannot be read are left out: then all are read
 * @param files opens paths
 */
record PictureRows(
    PictureKind kind,
    int picture,
    int label,
    int measured,
    int path,
    boolean skipping,
    SerializableConfiguration files)
    implements Serializable {
  /** Any size shows whether a picture can be read. */
  private static final Preprocessing TRIED = Preprocessing.none(Shape.image(8, 8, 3));

  /**
   * What the driver knows of a row.
   *
   * @param path of the picture; null if the row holds it
   * @param key of the picture; null if it is a file
   * @param label a number or a name; null if there is none
   * @param measured whether it is to measure with
   * @param broken why the picture cannot be read; null if it can, or was not tried
   */
  record Entry(
      @Nullable String path,
      @Nullable PictureKey key,
      @Nullable Object label,
      boolean measured,
      @Nullable String broken)
      implements Serializable {}

  /**
   * A picture on its way to the task that learns from it.
   *
   * @param file the bytes of its file
   */
  record Picture(PictureKey key, byte[] file) implements Serializable {}

  /** What there is in a partition. */
  Iterator<Entry> entries(Iterator<Row> rows) {
    var entries = new ArrayList<Entry>();
    while (rows.hasNext()) {
      entries.add(entry(rows.next()));
    }
    return entries.iterator();
  }

  private Entry entry(Row row) {
    var value = row.get(picture);
    var label = row.get(this.label);
    boolean measured = isMeasured(row);
    try {
      if (value == null) {
        throw new IOException("there is no picture");
      }
      if (skipping) {
        var _ = kind.prepare(value, TRIED, files.value());
      }
      return kind == PictureKind.PATH
          ? new Entry((String) value, null, label, measured, null)
          : new Entry(null, PictureKey.of(kind.file(value, files.value())), label, measured, null);
    } catch (IOException | IllegalArgumentException e) {
      return new Entry(null, null, label, measured, kind.named(row, picture, path) + message(e));
    }
  }

  private boolean isMeasured(Row row) {
    return measured >= 0 && !row.isNullAt(measured) && row.getBoolean(measured);
  }

  /**
   * The pictures of a partition, for the tasks that learn from them; those that the table does not
   * have are left out.
   */
  Iterator<Picture> pictures(Iterator<Row> rows) {
    return new Iterator<>() {
      private @Nullable Picture next = read();

      private @Nullable Picture read() {
        while (rows.hasNext()) {
          var row = rows.next();
          var value = row.get(picture);
          if (value != null) {
            try {
              byte[] file = kind.file(value, files.value());
              return new Picture(PictureKey.of(file), file);
            } catch (IOException | IllegalArgumentException e) {
              // The driver was told of it, and the table does not have it.
            }
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Picture next() {
        var picture = next;
        if (picture == null) {
          throw new NoSuchElementException();
        }
        next = read();
        return picture;
      }
    };
  }

  static String message(Exception e) {
    return e instanceof FileNotFoundException
        ? "there is no such file"
        : String.valueOf(e.getMessage());
  }
}
