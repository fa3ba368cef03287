package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ServiceLoader;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** What needs no cluster: parameters, columns, and how a stage is found. */
final class ParametersTest {
  private static final StructType TABLE =
      new StructType().add("path", DataTypes.StringType).add("content", DataTypes.BinaryType);

  private static void assertRefused(String sentence, StrideImageClassifier classifier) {
    assertEquals(
        sentence,
        assertThrows(IllegalArgumentException.class, () -> classifier.transformSchema(TABLE))
            .getMessage());
  }

  @Test
  void columnsAreAdded() {
    assertArrayEquals(
        new String[] {
          "path", "content", "prediction", "predictedLabel", "probability", "rawPrediction"
        },
        new StrideImageClassifier().transformSchema(TABLE).fieldNames());
    assertArrayEquals(
        new String[] {"path", "content", "class", "predictedLabel", "p", "rawPrediction", "why"},
        new StrideImageClassifier()
            .setHandleInvalid("keep")
            .setErrorCol("why")
            .setPredictionCol("class")
            .setProbabilityCol("p")
            .transformSchema(TABLE)
            .fieldNames());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertRefused(
        "there is no column image, the columns are path, content: setInputCol names that of the"
            + " pictures",
        new StrideImageClassifier().setInputCol("image"));
    assertRefused(
        "the column path is there already: choose another name, or drop it",
        new StrideImageClassifier().setPredictionCol("path"));
    var numbers = new StructType().add("content", DataTypes.DoubleType);
    assertEquals(
        "the column content holds double: pictures are bytes of files (binary), paths (string) or"
            + " Spark's image structs",
        assertThrows(
                IllegalArgumentException.class,
                () -> new StrideImageClassifier().transformSchema(numbers))
            .getMessage());
    var classifier = new StrideImageClassifier();
    assertThrows(IllegalArgumentException.class, () -> classifier.setHandleInvalid("perhaps"));
    assertThrows(IllegalArgumentException.class, () -> classifier.setBatchSize(0));
  }

  /** Saved stages and grids set values without the setters. */
  @Test
  void valuesAreCheckedWhereverTheyComeFrom() {
    var classifier = new StrideImageClassifier();
    assertThrows(
        IllegalArgumentException.class, () -> classifier.set(classifier.batchSize(), (Object) 0));
    assertThrows(IllegalArgumentException.class, () -> classifier.set("handleInvalid", "perhaps"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ParamMap().put(classifier.handleInvalid(), "perhaps"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ParamMap().put(classifier.batchSize(), (Object) 0));
  }

  @Test
  void parametersAreExplainedAndCopied() {
    var classifier = new StrideImageClassifier("mine").setModel("m").setBatchSize(3);
    assertTrue(classifier.explainParams().contains("batchSize: pictures that are computed"));
    assertTrue(classifier.explainParams().contains("(default: 16, current: 3)"));
    var copy = classifier.copy(new ParamMap());
    assertEquals("mine", copy.uid());
    assertEquals("m", copy.getOrDefault(copy.model()));
    assertEquals(3, copy.getOrDefault(copy.batchSize()));
  }

  @Test
  void theStageIsFoundByItsInterface() {
    var names =
        ServiceLoader.load(Transformer.class).stream()
            .map(provider -> provider.type().getSimpleName())
            .toList();
    assertTrue(names.contains("StrideImageClassifier"), names.toString());
  }
}
