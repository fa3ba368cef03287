package stride.train;

/** Thrown when a training cannot continue; the message says why and what to do. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message a sentence that says why and what to do
   */
  public TrainingException(String message) {
    super(message);
  }

  /** Returns the exception of a training whose numbers became infinite or NaN. */
  static TrainingException diverged(Trainer trainer, String what) {
    return new TrainingException(
        "%s: a learning rate below %s may help (--lr; lr-find suggests one), or clipped gradients (--clip-grad-norm)"
            .formatted(what, trainer.optimizer.learningRate()));
  }
}
