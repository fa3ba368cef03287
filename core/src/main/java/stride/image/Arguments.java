package stride.image;

import org.jspecify.annotations.Nullable;

/** Checks of callers' arguments. */
final class Arguments {
  private Arguments() {}

  /**
   * Refuses null.
   *
   * @param said the message if it is null: a sentence that names the argument
   * @throws IllegalArgumentException if it is null
   */
  static void given(@Nullable Object argument, String said) {
    if (argument == null) {
      throw new IllegalArgumentException(said);
    }
  }
}
