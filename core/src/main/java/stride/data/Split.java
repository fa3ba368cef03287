package stride.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** A part of a data set: the samples to learn from, to choose by, or to measure with. */
public enum Split {
  /** To learn from. */
  TRAIN("train", "train|training"),

  /** To choose by, among epochs or settings. */
  VALIDATION("val", "val|valid|validation|dev"),

  /** To measure with, in the end. */
  TEST("test", "test|testing");

  private static final String MORE = "(?:[ _-]?(?:set|dataset|data|images|imgs|split))?[ _-]?\\d*";

  private final String usual;
  private final Pattern word;
  private final Pattern inFront;

  Split(String usual, String words) {
    this.usual = usual;
    word = pattern("(?:%s)%s", words);
    inFront = pattern(".*[ _-](?:%s)%s", words);
  }

  private static Pattern pattern(String form, String words) {
    return Pattern.compile(form.formatted(words, MORE), Pattern.CASE_INSENSITIVE);
  }

  /**
   * {@return the split that a word means, if any: "Training" and "train_set" mean {@link #TRAIN}}
   *
   * @param word a name, in any case
   */
  public static Optional<Split> of(String word) {
    return Arrays.stream(values()).filter(split -> split.word.matcher(word).matches()).findFirst();
  }

  /**
   * {@return the split that a name with other words in front may mean, if any, such as "seg_train"}
   *
   * @param name a name, in any case
   */
  public static Optional<Split> atTheEndOf(String name) {
    return Arrays.stream(values())
        .filter(split -> split.inFront.matcher(name).matches())
        .findFirst();
  }

  /** Returns the usual name in folders and tables: "train", "val" or "test". */
  @Override
  public String toString() {
    return usual;
  }
}
