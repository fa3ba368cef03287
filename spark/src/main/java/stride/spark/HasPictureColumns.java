package stride.spark;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * The columns of a stage that reads pictures and says of what class they are.
 *
 * @param <T> the stage
 */
public interface HasPictureColumns<T extends HasPictureColumns<T>> extends Params {
  /** {@return where the parameters are kept} */
  PictureColumns columns();

  /** {@return this stage, under its own type} */
  T self();

  /** {@return the parameter of the column of pictures} */
  default Param<String> inputCol() {
    return columns().inputCol;
  }

  /**
   * {@return this stage, with a column of pictures}
   *
   * @param column bytes of files, paths, or Spark's image structs
   */
  default T setInputCol(String column) {
    set(inputCol(), column);
    return self();
  }

  /** {@return the parameter of the column of classes, as indices} */
  default Param<String> predictionCol() {
    return columns().predictionCol;
  }

  /**
   * {@return this stage, with a column for indices of classes}
   *
   * @param column its name; empty for none
   */
  default T setPredictionCol(String column) {
    set(predictionCol(), column);
    return self();
  }

  /** {@return the parameter of the column of classes, as names} */
  default Param<String> predictedLabelCol() {
    return columns().predictedLabelCol;
  }

  /**
   * {@return this stage, with a column for names of classes}
   *
   * @param column its name; empty for none
   */
  default T setPredictedLabelCol(String column) {
    set(predictedLabelCol(), column);
    return self();
  }

  /** {@return the parameter of the column of probabilities} */
  default Param<String> probabilityCol() {
    return columns().probabilityCol;
  }

  /**
   * {@return this stage, with a column for probabilities}
   *
   * @param column its name; empty for none
   */
  default T setProbabilityCol(String column) {
    set(probabilityCol(), column);
    return self();
  }

  /** {@return the parameter of the column of the network's outputs} */
  default Param<String> rawPredictionCol() {
    return columns().rawPredictionCol;
  }

  /**
   * {@return this stage, with a column for the network's outputs}
   *
   * @param column its name; empty for none
   */
  default T setRawPredictionCol(String column) {
    set(rawPredictionCol(), column);
    return self();
  }

  /** {@return the parameter of the column of features} */
  default Param<String> featuresCol() {
    return columns().featuresCol;
  }

  /**
   * {@return this stage, with a column for features: what the network's head reads}
   *
   * @param column its name; empty for none
   */
  default T setFeaturesCol(String column) {
    set(featuresCol(), column);
    return self();
  }

  /** {@return the parameter of the column of messages} */
  default Param<String> errorCol() {
    return columns().errorCol;
  }

  /**
   * {@return this stage, with a column for messages}
   *
   * @param column its name
   */
  default T setErrorCol(String column) {
    set(errorCol(), column);
    return self();
  }

  /** {@return the parameter of what becomes of broken pictures} */
  default Param<String> handleInvalid() {
    return columns().handleInvalid;
  }

  /**
   * {@return this stage, with another way to deal with broken pictures}
   *
   * @param way error, skip or keep
   * @throws IllegalArgumentException if it is another word
   */
  default T setHandleInvalid(String way) {
    set(handleInvalid(), way);
    return self();
  }
}
