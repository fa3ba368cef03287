package stride.train;

/**
 * A training was asked to stop before its end; its checkpoint, if it has one, holds where it stood.
 */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedException(String message) {
    super(message);
  }
}
