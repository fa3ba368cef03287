package stride.app.console;

/** A command was called wrongly, in a way that its options alone do not tell; exit status 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A wrong call.
   *
   * @param message one sentence with the values and what to do
   */
  public UsageException(String message) {
    super(message);
  }
}
