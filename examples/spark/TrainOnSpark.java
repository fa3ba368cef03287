import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.split;

import java.io.IOException;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.SparkSession;
import stride.spark.StrideClassifier;

/**
 * Learns to tell the pictures of a folder apart, train/CLASS/PICTURE, and says how well it does
 * with those in val/CLASS/PICTURE. The folder, the checkpoints and the model lie where all
 * executors reach them.
 */
public final class TrainOnSpark {
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 5) {
      System.err.println("usage: TrainOnSpark FOLDER NETWORK WEIGHTS RANKS OUTPUT");
      System.exit(2);
    }
    String folder = arguments[0];
    String output = arguments[4];
    try (var spark = SparkSession.builder().appName("stride").getOrCreate()) {
      var files = spark.read().format("binaryFile").load(folder + "/*/*");
      var named = files.select(col("path"), element_at(split(col("path"), "/"), -2).as("class"));
      var indexer =
          new StringIndexer()
              .setInputCol("class")
              .setOutputCol("label")
              .setStringOrderType("alphabetAsc");
      var pictures = indexer.fit(named).transform(named).cache();
      var model =
          new StrideClassifier()
              .setNetwork(arguments[1])
              .setWeights(arguments[2])
              .setFreeze("backbone")
              .setInputCol("path")
              .setRanks(Integer.parseInt(arguments[3]))
              .setBatchSize(8)
              .setEpochs(5)
              .setLearningRate(0.001)
              .setCheckpointDir(output + "/checkpoints")
              .fit(pictures.filter(col("path").contains("/train/")));
      model.write().overwrite().save(output + "/model");
      model.summary().curves(spark).show();
      var answers = model.transform(pictures.filter(col("path").contains("/val/")));
      var evaluator = new MulticlassClassificationEvaluator().setMetricName("accuracy");
      System.out.printf("accuracy: %.3f%n", evaluator.evaluate(answers));
    }
  }
}
