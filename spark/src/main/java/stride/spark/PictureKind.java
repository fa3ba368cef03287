package stride.spark;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.Preprocessing;

/** What a column of pictures holds. */
enum PictureKind {
  /** A picture file's bytes. */
  BYTES {
    @Override
    Image prepare(Object value, Preprocessing preparation, Configuration files) throws IOException {
      return preparation.prepare(file(value, files));
    }

    @Override
    byte[] file(Object value, Configuration files) {
      return (byte[]) value;
    }
  },

  /** The path of a picture file. */
  PATH {
    @Override
    Image prepare(Object value, Preprocessing preparation, Configuration files) throws IOException {
      try (var stream = open((String) value, files)) {
        return preparation.prepare(stream);
      }
    }

    @Override
    byte[] file(Object value, Configuration files) throws IOException {
      try (var stream = open((String) value, files)) {
        return stream.readAllBytes();
      }
    }
  },

  /** Spark's image struct: rows of 1, 3 or 4 bytes for each pixel, blue before green and red. */
  STRUCT {
    @Override
    Image prepare(Object value, Preprocessing preparation, Configuration files) throws IOException {
      return preparation.prepare(picture((Row) value));
    }

    /** A file in which no pixel changes. */
    @Override
    byte[] file(Object value, Configuration files) throws IOException {
      var bytes = new ByteArrayOutputStream();
      ImageIO.write(picture((Row) value), "png", bytes);
      return bytes.toByteArray();
    }
  };

  private static final List<String> FIELDS = List.of("height", "width", "nChannels", "data");

  /**
   * Decodes a picture and prepares it for a network.
   *
   * @param value the column's value
   * @param files opens paths
   */
  abstract Image prepare(Object value, Preprocessing preparation, Configuration files)
      throws IOException;

  /**
   * A picture's file.
   *
   * @param value the column's value
   * @param files opens paths
   * @return the bytes of a file in a format that Stride reads
   */
  abstract byte[] file(Object value, Configuration files) throws IOException;

  /**
   * "hdfs:/pictures/cat.jpg: ", if a row says where its picture is from; else nothing.
   *
   * @param picture the index of the column of pictures
   * @param path the index of the column that names them; -1 if there is none
   */
  String named(Row row, int picture, int path) {
    int at = this == PATH ? picture : path;
    return at < 0 || row.isNullAt(at) ? "" : row.get(at) + ": ";
  }

  /**
   * The kind of a column.
   *
   * @throws IllegalArgumentException if it holds no pictures
   */
  static PictureKind of(String column, DataType type) {
    if (type.equals(DataTypes.BinaryType)) {
      return BYTES;
    }
    if (type.equals(DataTypes.StringType)) {
      return PATH;
    }
    if (type instanceof StructType struct && List.of(struct.fieldNames()).containsAll(FIELDS)) {
      return STRUCT;
    }
    throw new IllegalArgumentException(
        "the column %s holds %s: pictures are bytes of files (binary), paths (string) or Spark's image structs"
            .formatted(column, type.simpleString()));
  }

  /**
   * Opens a picture file. One of the machine itself is opened without Hadoop's checksums, which
   * looks for a second file beside each of them.
   */
  private static InputStream open(String name, Configuration files) throws IOException {
    var path = new Path(name);
    var system = path.getFileSystem(files);
    return system instanceof LocalFileSystem local
        ? local.getRawFileSystem().open(path)
        : system.open(path);
  }

  private static BufferedImage picture(Row image) throws FormatException {
    int height = image.<Integer>getAs("height");
    int width = image.<Integer>getAs("width");
    int channels = image.<Integer>getAs("nChannels");
    byte[] data = image.getAs("data");
    if (height < 1
        || width < 1
        || (channels != 1 && channels != 3 && channels != 4)
        || data.length != (long) height * width * channels) {
      throw new FormatException(
          "an image of %d x %d pixels and %d channels has %d bytes"
              .formatted(height, width, channels, data.length));
    }
    var picture =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    if (channels == 1) {
      picture.getRaster().setDataElements(0, 0, width, height, data);
      return picture;
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * channels;
        picture.setRGB(
            x, y, (data[at + 2] & 255) << 16 | (data[at + 1] & 255) << 8 | (data[at] & 255));
      }
    }
    return picture;
  }
}
