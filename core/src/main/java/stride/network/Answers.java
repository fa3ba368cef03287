package stride.network;

import stride.tensor.Numbers;

/** Tells numbers that answer a question from those that do not: NaN and infinities. */
public final class Answers {
  private Answers() {}

  /**
   * Checks what a network computed.
   *
   * @param values the numbers
   * @param from the first that is checked
   * @param count how many are checked
   * @param what what each is, such as "output"
   * @throws IllegalArgumentException if one is NaN or infinite; the message says what to do
   */
  public static void require(float[] values, int from, int count, String what) {
    int bad = Numbers.firstNotFinite(values, from, count);
    if (bad >= 0) {
      throw none("%s %d".formatted(what, bad - from), values[bad]);
    }
  }

  /**
   * {@return what is to be thrown where there is no answer}
   *
   * @param which number, such as "output 3"
   * @param value NaN or an infinity
   */
  public static IllegalArgumentException none(String which, float value) {
    return failure("the network gives no answer: its %s is %s".formatted(which, value));
  }

  /**
   * {@return what is to be thrown where a network computes what is no number}
   *
   * @param found the beginning of the sentence, which says what was found where
   */
  public static IllegalArgumentException failure(String found) {
    return new IllegalArgumentException(
        found
            + ", as weights that are too large make it; take the model of an earlier epoch, or"
            + " train with a smaller learning rate");
  }
}
