package stride.train;

import java.util.stream.IntStream;
import stride.data.Shuffle;
import stride.layer.normalization.BatchNorm;

/**
 * The samples of a training's epochs: how many each learns from, in what order and in which steps,
 * and which of them this task's ranks compute.
 */
final class SampleOrder {
  private final Trainer trainer;
  private final Ranks ranks;

  /** All samples in the order of the shuffled epoch. */
  private final int[] all;

  /** Those of this task's ranks, in the order in which it computes them. */
  private int[] own;

  /** The number of samples that each epoch learns from. */
  private final int[] samples;

  private final long mostSteps;

  /**
   * @param size the number of samples of the training set, of which each rank has one at least
   */
  SampleOrder(Trainer trainer, Ranks ranks, int size) {
    this.trainer = trainer;
    this.ranks = ranks;
    all = new int[size];
    own = all;
    samples = IntStream.range(0, trainer.epochs).map(this::samplesLearned).toArray();
    mostSteps = IntStream.range(0, trainer.epochs).map(this::steps).max().orElseThrow();
  }

  /** {@return all samples in the order of the epoch shuffled last} */
  int[] all() {
    return all;
  }

  /** {@return those of this task's ranks, in the order in which it computes them} */
  int[] own() {
    return own;
  }

  /** {@return the number of samples that an epoch learns from} */
  int samples(int epoch) {
    return samples[Math.min(epoch, trainer.epochs - 1)];
  }

  /** {@return the number of samples of a batch of one rank} */
  int batch(int epoch) {
    int most = all.length / ranks.all();
    return Math.min(trainer.batchOf(Math.min(epoch, trainer.epochs - 1)), most);
  }

  /** {@return the number of samples of a whole step, those of all ranks together} */
  int samplesPerStep(int epoch) {
    return (int) Math.min((long) batch(epoch) * trainer.accumulated * ranks.all(), all.length);
  }

  /** {@return the number of an epoch's steps} */
  int steps(int epoch) {
    return Math.ceilDiv(samples(epoch), samplesPerStep(epoch));
  }

  /** {@return the number of steps of the epoch that has the most} */
  long mostSteps() {
    return mostSteps;
  }

  /**
   * {@return where the samples begin, of the training set, that this task can read of a rank} It
   * can read all samples if ranks share them.
   */
  int ownBegin(int rank) {
    if (!trainer.ownSamples) {
      return rank == ranks.first() ? 0 : all.length;
    }
    return ranks.ownBegin(all.length, samplesOfRank(), rank);
  }

  /** Puts the samples in the order of an epoch. */
  void shuffle(int epoch) {
    if (trainer.ownSamples) {
      shuffleEach(epoch);
    } else {
      Shuffle.fill(all, trainer.seed, epoch);
    }
    if (ranks.tasks() > 1) {
      fillOwn(epoch);
    }
  }

  /** Shuffles the samples of each rank, and puts those of a step together. */
  private void shuffleEach(int epoch) {
    int ofRank = samplesOfRank();
    int[] shuffled = new int[all.length];
    for (int rank = 0; rank < ranks.all(); rank++) {
      Shuffle.fill(
          shuffled,
          ranks.ownBegin(all.length, ofRank, rank),
          ranks.ownBegin(all.length, ofRank, rank + 1),
          trainer.seed,
          epoch);
    }
    int end = samples(epoch);
    int most = samplesPerStep(epoch);
    for (int first = 0; first < end; first += most) {
      int count = Math.min(most, end - first);
      for (int rank = 0; rank < ranks.all(); rank++) {
        int before = first / ranks.all();
        System.arraycopy(
            shuffled,
            ranks.ownBegin(all.length, ofRank, rank) + before,
            all,
            first + ranks.begin(count, rank),
            ranks.samples(count, rank));
      }
    }
  }

  private void fillOwn(int epoch) {
    int end = samples(epoch);
    int most = samplesPerStep(epoch);
    int length = 0;
    for (int first = 0; first < end; first += most) {
      length += ranks.ownSamples(Math.min(most, end - first));
    }
    if (own.length != length || own == all) {
      own = new int[length];
    }
    int at = 0;
    for (int first = 0; first < end; first += most) {
      int count = Math.min(most, end - first);
      int ownCount = ranks.ownSamples(count);
      System.arraycopy(all, first + ranks.begin(count, ranks.first()), own, at, ownCount);
      at += ownCount;
    }
  }

  /** The number of samples of a rank in a step, where each has samples of its own. */
  private int samplesOfRank() {
    return (int) Math.min((long) trainer.batches.getFirst() * trainer.accumulated, all.length);
  }

  /** Returns the number of samples without those of a last batch that is dropped. */
  private int samplesLearned(int epoch) {
    int batch = batch(epoch);
    int last = all.length % (batch * ranks.all());
    boolean dropped =
        trainer.dropsLast || (hasSingle(last, batch) && normalizesSingleValues(epoch));
    return all.length - (dropped ? last : 0);
  }

  /** Whether one of the batches, of all ranks, in a short last step has a single sample. */
  private boolean hasSingle(int last, int batch) {
    for (int rank = 0; rank < ranks.all(); rank++) {
      if (ranks.samples(last, rank) % batch == 1) {
        return true;
      }
    }
    return false;
  }

  /** Whether a batch norm with batch statistics has one value per channel of each sample. */
  private boolean normalizesSingleValues(int epoch) {
    return trainer.network.graph().nodes().stream()
        .filter(node -> node.operation() instanceof BatchNorm)
        .filter(node -> node.output().shape().elements() == node.output().shape().channels())
        .anyMatch(node -> !trainer.fineTuning.frozen(trainer.network, epoch).contains(node.name()));
  }
}
