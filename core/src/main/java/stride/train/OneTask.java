package stride.train;

import java.util.ArrayList;
import java.util.List;

/** Adds up the ranks of a training with a single task; nothing is sent. */
final class OneTask implements Exchange {
  private final Ranks ranks;
  private final double[][] numbers;

  /** The sums of the step's ranks so far, an array for each that is given. */
  private final List<float[]> sums = new ArrayList<>();

  OneTask(Ranks ranks) {
    this.ranks = ranks;
    numbers = new double[ranks.all()][];
  }

  @Override
  public Ranks ranks() {
    return ranks;
  }

  @Override
  public byte[] share(byte[] message) {
    return message;
  }

  @Override
  public void share(float[] values) {}

  @Override
  public byte[][] all(byte[] own) {
    return new byte[][] {own};
  }

  @Override
  public void give(int rank, double[] numbers, List<Shared> arrays) {
    this.numbers[rank] = numbers.clone();
    for (int i = 0; i < arrays.size(); i++) {
      var array = arrays.get(i);
      int length = array.to() - array.from();
      if (sums.size() == i) {
        sums.add(new float[length]);
      } else if (sums.get(i).length < length) {
        sums.set(i, new float[length]);
      }
      float[] sum = sums.get(i);
      if (rank == 0) {
        System.arraycopy(array.values(), array.from(), sum, 0, length);
      } else {
        for (int j = 0; j < length; j++) {
          sum[j] += array.values()[array.from() + j];
        }
      }
    }
  }

  @Override
  public double[][] take(List<Shared> into) {
    for (int i = 0; i < into.size(); i++) {
      var array = into.get(i);
      System.arraycopy(sums.get(i), 0, array.values(), array.from(), array.to() - array.from());
    }
    return numbers.clone();
  }

  @Override
  public void gather(List<Shared> arrays) {}

  @Override
  public void abort(String reason) {}
}
