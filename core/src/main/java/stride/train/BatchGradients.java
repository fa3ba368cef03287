package stride.train;

import stride.data.Augmentation;
import stride.engine.Plan;
import stride.tensor.Numbers;

/** Computes the gradients of a step's batches from their losses. */
final class BatchGradients {
  private final Trainer trainer;
  private final Samples data;
  private final SampleOrder order;
  private final TrainingState state;

  BatchGradients(Trainer trainer, Samples data, SampleOrder order, TrainingState state) {
    this.trainer = trainer;
    this.data = data;
    this.order = order;
    this.state = state;
  }

  /**
   * Computes the gradients of one or several batches.
   *
   * @param own where the samples begin in this task's order
   * @param first their first one's place in the epoch
   * @param of the number of samples of the step, of whose mean loss these are a part
   * @param listener is told which gradients are final
   * @return the sum of the samples' losses
   */
  double add(
      TrainingSetup phase,
      int own,
      int first,
      int count,
      int of,
      Measurement measurement,
      Plan.GradientListener listener) {
    var layers = phase.loss().layerGradients();
    double loss = 0;
    for (int done = 0; done < count; ) {
      int samples = Math.min(order.batch(state.epoch), count - done);
      loss += forward(phase, own + done, first + done, samples);
      if (samples < of) {
        scaleGradients(phase, samples, samples / (float) of);
      }
      boolean last = done + samples == count && layers == null;
      phase.plan().backward(samples, done > 0, last ? listener : from -> {});
      if (layers != null) {
        layers.addTo(phase.plan().gradients(), samples / (float) of);
      }
      measurement.add(phase.measured(), phase.targets(), samples);
      trainer.exchange.progress();
      done += samples;
    }
    return loss;
  }

  /**
   * Computes the loss of one batch, and its gradient at the outputs.
   *
   * @param own where the samples begin in this task's order
   * @param first their first one's place in the epoch
   * @return the sum of the samples' losses
   */
  private double forward(TrainingSetup phase, int own, int first, int samples) {
    var plan = phase.plan();
    phase
        .batches()
        .fill(
            order.own(),
            own,
            first,
            samples,
            trainer.seed,
            state.epoch,
            phase.inputs(),
            phase.targets());
    plan.randomness(trainer.seed, state.epoch, first);
    plan.forward(samples);
    double loss = phase.loss().apply(phase.outputs(), phase.targets(), samples);
    if (!Double.isFinite(loss)) {
      requireSoundImages(first, samples);
      throw TrainingException.diverged(
          trainer,
          "the loss became %s in step %d of epoch %d"
              .formatted(loss, state.step + 1, state.epoch + 1));
    }
    return loss * samples;
  }

  /** Checks the samples: NaN or infinities in them are not the fault of the learning rate. */
  private void requireSoundImages(int first, int samples) {
    var reader = new SampleReader(data, Augmentation.none());
    for (int n = first; n < first + samples; n++) {
      reader.read(order.all()[n], 0);
      for (int input = 0; input < data.shapes().size(); input++) {
        float[] values = new float[data.shapes().get(input).elements()];
        reader.copyInput(input, values, 0);
        int bad = Numbers.firstNotFinite(values, 0, values.length);
        if (bad >= 0) {
          throw new IllegalArgumentException(
              "%s %d of the training set holds %s (its value %d), expected numbers%s"
                  .formatted(
                      data instanceof Samples.Images ? "image" : "sample",
                      order.all()[n],
                      values[bad],
                      bad,
                      data instanceof Samples.Images ? " from 0 to 1" : ""));
        }
      }
    }
  }

  /** Scales the gradients of a batch's mean loss by the batch's share of the step. */
  private static void scaleGradients(TrainingSetup phase, int samples, float share) {
    for (var gradient : phase.plan().outputGradients()) {
      for (int i = gradient.at(0); i < gradient.at(samples); i++) {
        gradient.array()[i] *= share;
      }
    }
  }
}
