package stride.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** A part of a data set: what is learned from, chosen by, or measured with. */
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

  /** The split that a word means: "Training" and "train_set" are {@link #TRAIN}. */
  public static Optional<Split> of(String word) {
    return Arrays.stream(values()).filter(split -> split.word.matcher(word).matches()).findFirst();
  }

  /** The split that a name with other words in front may mean, such as "seg_train". */
  static Optional<Split> atTheEndOf(String name) {
    return Arrays.stream(values())
        .filter(split -> split.inFront.matcher(name).matches())
        .findFirst();
  }

  /** As folders and tables name it: "train", "val" or "test". */
  @Override
  public String toString() {
    return usual;
  }
}
