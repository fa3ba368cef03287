package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
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

  /** Spark Connect looks for stages in this way. */
  @Test
  void stagesAreFoundByTheirInterfaces() {
    assertEquals(
        List.of("StrideClassifierModel", "StrideImageClassifier"), names(Transformer.class));
    assertEquals(List.of("StrideClassifier"), names(Estimator.class));
  }

  private static List<String> names(Class<?> stage) {
    return ServiceLoader.load(stage).stream()
        .map(provider -> provider.type().getSimpleName())
        .filter(name -> name.startsWith("Stride"))
        .sorted()
        .toList();
  }

  /**
   * Each setting has a parameter with a sentence, a setter of its name, and a check where needed.
   */
  @Test
  void everyParameterOfTheEstimatorCanBeSetAndIsExplained() {
    var estimator = new StrideClassifier();
    var setters =
        Stream.of(StrideClassifier.class.getMethods())
            .map(Method::getName)
            .filter(name -> name.startsWith("set"))
            .toList();
    assertEquals(41, estimator.params().length);
    for (var param : estimator.params()) {
      assertTrue(param.doc().length() > 10, param.name());
      assertTrue(
          setters.contains(
              "set"
                  + param.name().substring(0, 1).toUpperCase(Locale.ROOT)
                  + param.name().substring(1)),
          param.name());
    }
    assertTrue(estimator.explainParams().contains("ranks: how many batches a step learns from"));
    var copy = estimator.setRanks(3).setSeed(7).copy(new ParamMap());
    assertEquals(3, copy.getOrDefault(copy.ranks()));
    assertEquals(7L, copy.getOrDefault(copy.seed()));
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    List<Consumer<StrideClassifier>> wrong =
        List.of(
            stage -> stage.setRanks(0),
            stage -> stage.setTasks(-1),
            stage -> stage.setBatchSize(0),
            stage -> stage.setEpochs(0),
            stage -> stage.setLearningRate(0),
            stage -> stage.setMomentum(1),
            stage -> stage.setWeightDecay(-1),
            stage -> stage.setOptimizer("adagrad"),
            stage -> stage.setSchedule("often"),
            stage -> stage.setAugmentation("much"),
            stage -> stage.setFreeze("head"),
            stage -> stage.setHandleInvalid("perhaps"),
            stage -> stage.setValidationFraction(1),
            stage -> stage.setTimeout(0),
            stage -> stage.setStallTimeout(0),
            stage -> stage.setHeadRateFactor(0),
            stage -> stage.setCheckpointInterval(-1));
    for (int i = 0; i < wrong.size(); i++) {
      var set = wrong.get(i);
      assertThrows(
          IllegalArgumentException.class, () -> set.accept(new StrideClassifier()), "case " + i);
    }
  }

  @Test
  void columnsOfClassesAreChecked() {
    var estimator = new StrideClassifier();
    assertEquals(
        "there is no column label, the columns are path, content: setLabelCol names that of the"
            + " classes",
        assertThrows(IllegalArgumentException.class, () -> estimator.transformSchema(TABLE))
            .getMessage());
    assertEquals(
        "the column label holds boolean: classes are whole numbers from 0, or names",
        assertThrows(
                IllegalArgumentException.class,
                () -> estimator.transformSchema(TABLE.add("label", DataTypes.BooleanType)))
            .getMessage());
    assertEquals(
        7, estimator.transformSchema(TABLE.add("label", DataTypes.DoubleType)).fieldNames().length);
  }
}
