package stride.image;

import org.jspecify.annotations.Nullable;

/** What callers give. */
final class Arguments {
  private Arguments() {}

  /**
   * Refuses null.
   *
   * @param name of the argument
   * @throws IllegalArgumentException if it is null; the message names it
   */
  static void given(@Nullable Object argument, String name) {
    if (argument == null) {
      throw new IllegalArgumentException(name + " is null");
    }
  }
}
