package stride.train;

import java.io.IOException;

/** Another task of a training has failed, has ended, or cannot be reached. */
public final class ExchangeException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Creates the exception.
   *
   * @param message which task, and what is wrong with it, for users
   */
  public ExchangeException(String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message which task, and what is wrong with it, for users
   * @param cause what was thrown
   */
  public ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
