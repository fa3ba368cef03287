package stride.spark;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.image.Preprocessing;

/**
 * Pictures of three classes in folders, as tables of Spark and as Stride's own data set.
 *
 * @param folder has a sub-folder for each class
 */
record DrawnPictures(Path folder) {
  private static final List<String> CLASSES = List.of("cat", "cow", "dog");

  static DrawnPictures draw(Path folder, int count) throws IOException {
    var random = new Random(7);
    for (int i = 0; i < count; i++) {
      int own = i % CLASSES.size();
      var picture = new BufferedImage(20 + i % 5, 24, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < picture.getHeight(); y++) {
        for (int x = 0; x < picture.getWidth(); x++) {
          picture.setRGB(x, y, random.nextInt(1 << 24) & (0xff0000 >> 8 * own | 0x3f3f3f));
        }
      }
      var file = folder.resolve(CLASSES.get(own)).resolve("%02d.png".formatted(i));
      Files.createDirectories(file.getParent());
      ImageIO.write(picture, "png", file.toFile());
    }
    return new DrawnPictures(folder);
  }

  /** As Stride lists them: by class, then by name. */
  ImageFolder listed(Preprocessing preprocessing) throws IOException {
    return ImageFolder.of(folder, preprocessing);
  }

  /** In the order of the digests of their files, by which rows are ordered. */
  ImageDataset byDigest(Preprocessing preprocessing) throws IOException {
    var listed = listed(preprocessing);
    var order =
        IntStream.range(0, listed.size())
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> signed(digest(listed.file(i)))))
            .mapToInt(Integer::intValue)
            .toArray();
    return listed.select(order);
  }

  private static String digest(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Digests are ordered as two numbers with signs: the first bit comes last. */
  private static String signed(String digest) {
    int first = Integer.parseInt(digest.substring(0, 1), 16) ^ 8;
    return Integer.toHexString(first) + digest.substring(1);
  }

  /** Rows of a path and a name of a class. */
  Dataset<Row> paths(SparkSession spark, String scheme) throws IOException {
    var rows = new ArrayList<Row>();
    var listed = listed(Preprocessing.imageNet(16));
    for (int i = 0; i < listed.size(); i++) {
      rows.add(
          RowFactory.create(scheme + ":" + listed.file(i), listed.labels().get(listed.label(i))));
    }
    return spark.createDataFrame(
        rows,
        new StructType().add("path", DataTypes.StringType).add("label", DataTypes.StringType));
  }

  /** Rows of a path, a file's bytes and a class as a number. */
  Dataset<Row> files(SparkSession spark) throws IOException {
    var rows = new ArrayList<Row>();
    var listed = listed(Preprocessing.imageNet(16));
    for (int i = 0; i < listed.size(); i++) {
      rows.add(
          RowFactory.create(
              listed.file(i).toString(),
              Files.readAllBytes(listed.file(i)),
              (double) listed.label(i)));
    }
    return spark.createDataFrame(
        rows,
        new StructType()
            .add("path", DataTypes.StringType)
            .add("content", DataTypes.BinaryType)
            .add("label", DataTypes.DoubleType));
  }
}
