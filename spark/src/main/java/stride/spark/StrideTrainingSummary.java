package stride.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** How a training went, epoch by epoch. */
public final class StrideTrainingSummary implements Serializable {
  private static final long serialVersionUID = 1;

  static final StructType SCHEMA =
      new StructType()
          .add("epoch", DataTypes.IntegerType, false)
          .add("loss", DataTypes.DoubleType, false)
          .add("accuracy", DataTypes.DoubleType, false)
          .add("learningRate", DataTypes.DoubleType, false)
          .add("seconds", DataTypes.DoubleType, false)
          .add("samples", DataTypes.IntegerType, false)
          .add("validationLoss", DataTypes.DoubleType, true)
          .add("validationAccuracy", DataTypes.DoubleType, true);

  private final List<TaskResult.Epoch> epochs;
  private final List<String> notes;

  StrideTrainingSummary(List<TaskResult.Epoch> epochs, List<String> notes) {
    this.epochs = List.copyOf(epochs);
    this.notes = List.copyOf(notes);
  }

  /** Reads what {@link #curves} gave. */
  static StrideTrainingSummary of(List<Row> curves) {
    var epochs = new ArrayList<TaskResult.Epoch>();
    for (var row : curves) {
      epochs.add(
          new TaskResult.Epoch(
              row.getInt(0),
              row.getDouble(1),
              row.getDouble(2),
              row.getDouble(3),
              row.getDouble(4),
              row.getInt(5),
              row.isNullAt(6) ? null : row.getDouble(6),
              row.isNullAt(7) ? null : row.getDouble(7)));
    }
    return new StrideTrainingSummary(epochs, List.of());
  }

  /** {@return the number of epochs} */
  public int totalIterations() {
    return epochs.size();
  }

  /** {@return the mean training loss of each epoch} */
  public double[] objectiveHistory() {
    return epochs.stream().mapToDouble(TaskResult.Epoch::loss).toArray();
  }

  /**
   * {@return the accuracy of each epoch on the rows that were learned from, at the steps that did,
   * in [0, 1]}
   */
  public double[] accuracyHistory() {
    return epochs.stream().mapToDouble(TaskResult.Epoch::accuracy).toArray();
  }

  /**
   * {@return the mean loss of each epoch on the rows to measure with; none where there are no such
   * rows}
   */
  public double[] validationLossHistory() {
    return epochs.stream()
        .flatMap(epoch -> Stream.ofNullable(epoch.validationLoss()))
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /**
   * {@return the accuracy of each epoch on the rows to measure with, in [0, 1]; none where there
   * are no such rows}
   */
  public double[] validationAccuracyHistory() {
    return epochs.stream()
        .flatMap(epoch -> Stream.ofNullable(epoch.validationAccuracy()))
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** {@return what was done unasked, as sentences: rows left out, a rate multiplied} */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the curves as a table: a row for each epoch, with its number from 1, the loss, the
   * accuracy, the learning rate of its last step, its seconds, the number of its samples, and the
   * loss and accuracy on the rows to measure with, null without such.
   *
   * @param session where the table is made
   * @return the table
   */
  public Dataset<Row> curves(SparkSession session) {
    var rows =
        epochs.stream()
            .map(
                epoch ->
                    RowFactory.create(
                        epoch.epoch(),
                        epoch.loss(),
                        epoch.accuracy(),
                        epoch.learningRate(),
                        epoch.seconds(),
                        epoch.samples(),
                        epoch.validationLoss(),
                        epoch.validationAccuracy()))
            .toList();
    return session.createDataFrame(rows, SCHEMA);
  }
}
