package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** Pictures in Spark's tables, classified as Stride itself classifies them. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StrideImageClassifierTest {
  private static final int PICTURES = 23;
  private static final StructType BYTES =
      new StructType().add("path", DataTypes.StringType).add("content", DataTypes.BinaryType);

  private SparkSession spark;
  private Path folder;
  private Path file;
  private Model model;
  private final List<byte[]> pictures = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path shared) throws IOException {
    folder = shared;
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    var shape = Shape.image(16, 16, 3);
    var network =
        Network.of(
            shape, sequential(conv(8, 3).padding(1), relu(), maxPool(2), flatten(), dense(3)));
    var fresh = Model.initialized(network, 5);
    model =
        new Model(
            network,
            fresh.weights(),
            List.of("cat", "dog", "cow"),
            new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), shape, Normalization.IMAGENET));
    file = folder.resolve("model.safetensors");
    model.save(file);
    var random = new Random(1);
    for (int i = 0; i < PICTURES; i++) {
      var picture = new BufferedImage(20 + i, 24, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < picture.getHeight(); y++) {
        for (int x = 0; x < picture.getWidth(); x++) {
          picture.setRGB(x, y, random.nextInt());
        }
      }
      var bytes = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", bytes);
      pictures.add(bytes.toByteArray());
      Files.write(folder.resolve("%02d.png".formatted(i)), bytes.toByteArray());
    }
  }

  @AfterAll
  void stop() {
    spark.stop();
  }

  private StrideImageClassifier classifier() {
    return new StrideImageClassifier().setModel(file.toUri().toString()).setBatchSize(1);
  }

  private Dataset<Row> table(List<byte[]> contents, int partitions) {
    var rows =
        IntStream.range(0, contents.size())
            .mapToObj(i -> RowFactory.create("picture-%02d".formatted(i), contents.get(i)))
            .toList();
    return spark.createDataFrame(rows, BYTES).repartition(partitions);
  }

  /** The class, its name and the probabilities are those of Stride, bit for bit. */
  private void assertAsStride(List<Row> rows) throws IOException {
    assertEquals(PICTURES, rows.size());
    for (int i = 0; i < PICTURES; i++) {
      var expected = model.classify(pictures.get(i));
      var row = rows.get(i);
      var best = expected.top(1).getFirst();
      assertEquals((double) best.index(), row.<Double>getAs("prediction"));
      assertEquals(best.label(), row.<String>getAs("predictedLabel"));
      assertArrayEquals(
          expected.probabilities().stream().mapToDouble(Float::doubleValue).toArray(),
          row.<Vector>getAs("probability").toArray());
      var input = model.preprocessing().normalize(model.preprocessing().prepare(pictures.get(i)));
      float[] logits = model.logits(input).data();
      assertArrayEquals(
          IntStream.range(0, logits.length).mapToDouble(c -> logits[c]).toArray(),
          row.<Vector>getAs("rawPrediction").toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 40})
  void answersAreThoseOfStride(int partitions) throws IOException {
    var answers = classifier().transform(table(pictures, partitions));
    assertAsStride(answers.orderBy("path").collectAsList());
  }

  /** Partitions of other sizes fill batches otherwise; the bits are the same. */
  @Test
  void bitsDoNotDependOnPartitions() {
    var of = new ArrayList<List<Row>>();
    for (int partitions : new int[] {1, 3, 30}) {
      of.add(
          classifier()
              .setBatchSize(8)
              .transform(table(pictures, partitions))
              .drop("content")
              .orderBy("path")
              .collectAsList());
    }
    assertEquals(of.get(0).toString(), of.get(1).toString());
    assertEquals(of.get(0).toString(), of.get(2).toString());
    assertEquals(PICTURES, of.getFirst().size());
  }

  @Test
  void filesPathsAndImageStructsAreRead() throws IOException {
    var binary = spark.read().format("binaryFile").load(folder.resolve("*.png").toString());
    assertAsStride(classifier().transform(binary).orderBy("path").collectAsList());
    var paths = binary.select("path");
    assertAsStride(
        classifier().setInputCol("path").transform(paths).orderBy("path").collectAsList());
    var images = spark.read().format("image").load(folder.resolve("*.png").toString());
    assertAsStride(
        classifier()
            .setInputCol("image")
            .transform(images)
            .orderBy("image.origin")
            .collectAsList());
  }

  @Test
  void brokenPicturesAreAnErrorSkippedOrKept() {
    var mixed = new ArrayList<byte[]>(pictures);
    mixed.set(3, new byte[] {1, 2, 3});
    mixed.set(22, null);
    var table = table(mixed, 2);
    var e = assertThrows(Exception.class, () -> classifier().transform(table).collectAsList());
    assertTrue(deepest(e).contains("handleInvalid skip or keep goes on"), deepest(e));
    var skipped = classifier().setHandleInvalid("skip").transform(table).collectAsList();
    assertEquals(PICTURES - 2, skipped.size());
    var kept =
        classifier().setHandleInvalid("keep").transform(table).orderBy("path").collectAsList();
    assertEquals(PICTURES, kept.size());
    for (int i = 0; i < PICTURES; i++) {
      boolean broken = i == 3 || i == 22;
      String error = kept.get(i).getAs("error");
      assertEquals(broken, kept.get(i).getAs("prediction") == null);
      if (broken) {
        assertTrue(error.startsWith("picture-%02d: ".formatted(i)), error);
      } else {
        assertNull(error);
      }
    }
    assertEquals(
        PICTURES - 2, kept.stream().filter(row -> row.getAs("rawPrediction") != null).count());
  }

  private static String deepest(Throwable failure) {
    var said = new StringBuilder();
    for (var e = failure; e != null; e = e.getCause()) {
      said.append(e.getMessage()).append('\n');
    }
    return said.toString();
  }

  @Test
  void savedPipelinesAreReadAgain() throws IOException {
    var pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {classifier().setProbabilityCol("p")})
            .fit(table(pictures, 2));
    var saved = folder.resolve("pipeline").toUri().toString();
    pipeline.write().overwrite().save(saved);
    var read = PipelineModel.load(saved);
    assertEquals(
        pipeline
            .transform(table(pictures, 2))
            .drop("content")
            .orderBy("path")
            .collectAsList()
            .toString(),
        read.transform(table(pictures, 2))
            .drop("content")
            .orderBy("path")
            .collectAsList()
            .toString());
    var alone = folder.resolve("classifier").toUri().toString();
    classifier().setHandleInvalid("keep").write().overwrite().save(alone);
    var loaded = StrideImageClassifier.load(alone);
    assertEquals(file.toUri().toString(), loaded.getOrDefault(loaded.model()));
    assertEquals("keep", loaded.getOrDefault(loaded.handleInvalid()));
  }
}
