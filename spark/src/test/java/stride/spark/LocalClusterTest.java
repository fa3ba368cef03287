package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static stride.layer.Layers.*;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** A master, two workers and two executors, each a process of its own. */
@Tag("slow")
final class LocalClusterTest {
  private static final int PICTURES = 30;

  @TempDir Path folder;

  @Test
  void executorsAnswerAsStrideDoes() throws IOException {
    var shape = Shape.image(16, 16, 3);
    var network =
        Network.of(
            shape, sequential(conv(8, 3).padding(1), relu(), maxPool(2), flatten(), dense(3)));
    var model =
        new Model(
            network,
            Model.initialized(network, 5).weights(),
            List.of("cat", "dog", "cow"),
            new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), shape, Normalization.IMAGENET));
    var file = folder.resolve("model.safetensors");
    model.save(file);
    var rows = new ArrayList<Row>();
    var random = new Random(1);
    for (int i = 0; i < PICTURES; i++) {
      var picture = new BufferedImage(20, 20 + i, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < picture.getHeight(); y++) {
        picture.setRGB(random.nextInt(20), y, random.nextInt());
      }
      var bytes = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", bytes);
      rows.add(RowFactory.create(i, bytes.toByteArray()));
    }
    // Workers look for Spark's jars here; they are on the class path already.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    try (var spark =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .getOrCreate()) {
      var table =
          spark
              .createDataFrame(
                  rows,
                  new StructType()
                      .add("number", DataTypes.IntegerType)
                      .add("content", DataTypes.BinaryType))
              .repartition(4);
      var answers =
          new StrideImageClassifier()
              .setModel(file.toUri().toString())
              .setBatchSize(1)
              .transform(table)
              .orderBy("number")
              .collectAsList();
      assertEquals(PICTURES, answers.size());
      for (int i = 0; i < PICTURES; i++) {
        var expected = model.classify((byte[]) rows.get(i).get(1));
        assertArrayEquals(
            expected.probabilities().stream().mapToDouble(Float::doubleValue).toArray(),
            answers.get(i).<Vector>getAs("probability").toArray());
      }
    }
  }
}
