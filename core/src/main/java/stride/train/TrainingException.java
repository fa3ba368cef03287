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
}
