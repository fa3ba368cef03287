package stride.train;

/**
 * Thrown when a training was asked to stop before its end. Its checkpoint, if it has one, holds its
 * state.
 */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message a sentence that says where the training stopped
   */
  public StoppedException(String message) {
    super(message);
  }
}
