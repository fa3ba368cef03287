package stride.data;

import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Maps the classes of some data to a model's classes. Each class is found by its name: the same
 * name; the same name apart from case, spaces, underscores, hyphens and leading zeros; the same
 * WordNet synset, also in front of a name ({@code n02085620-Chihuahua}); or the first of several
 * names ({@code tench} of "tench, Tinca tinca"). Letters are compared in composed form (Unicode's
 * NFC), so that "é" is the same letter whether it is written as one character or two.
 *
 * @param names the model's classes
 * @param numbers for each class of the data the number of the model's class, from 0; no two are the
 *     same
 * @param possible for each class of the data all numbers that it may have, the one of {@code
 *     numbers} first; there are several where the model has several classes of that name
 * @param note a sentence that says how differing names were understood; empty if all names are the
 *     same
 */
public record ClassMatch(
    List<String> names,
    List<Integer> numbers,
    List<List<Integer>> possible,
    Optional<String> note) {
  private static final Pattern SEPARATORS = Pattern.compile("[\\s\\p{Z}\\p{Pd}_]+");
  private static final Pattern SPACE_AT_THE_ENDS = Pattern.compile("^[\\s\\p{Z}_]+|[\\s\\p{Z}_]+$");
  private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=\\d+$)");

  /** Copies the lists. */
  public ClassMatch {
    names = List.copyOf(names);
    numbers = List.copyOf(numbers);
    possible = possible.stream().map(List::copyOf).toList();
  }

  /**
   * Finds classes by their names alone.
   *
   * @param found the names of the data's classes
   * @param names the names of the model's classes
   * @return the match
   * @throws IllegalArgumentException if the model has no class of a name, or two names mean the
   *     same class; the message lists them
   */
  public static ClassMatch byName(List<String> found, List<String> names) {
    return new ClassSearch(found, names, List.of(), false).byName();
  }

  /**
   * Finds classes by their names, or else by numbers. If all names of the data are numbers and none
   * of the model's is, they are positions in the model's list: from 0, or from 1 if they are
   * exactly the numbers from 1 to the number of its classes and the model has no synsets. If no
   * name is one of the model's and there are as many, they are taken in their order. A name that
   * several classes of the model have may mean each of them that no other name means.
   *
   * @param found the names of the data's classes
   * @param names the names of the model's classes
   * @param synsets the synsets of the model's classes; empty if they have none
   * @return the match
   * @throws IllegalArgumentException if the model has no class of some names, or two names mean the
   *     same class; the message lists them
   */
  public static ClassMatch of(List<String> found, List<String> names, List<String> synsets) {
    return new ClassSearch(found, names, synsets, false).inAnyWay();
  }

  /**
   * Finds the classes of a model whose classes have numbers instead of names.
   *
   * @param found the names of the data's classes
   * @param classes the number of the model's classes
   * @return the match
   * @throws IllegalArgumentException if the names do not fit the model's classes; the message lists
   *     them
   */
  public static ClassMatch ofNumbered(List<String> found, int classes) {
    var names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return new ClassSearch(found, names, List.of(), true).inAnyWay();
  }

  /**
   * Returns the number of the class with a name, a synset or, if no name is a number, a number.
   *
   * @param name the name, synset or number to look for
   * @param names the names of the model's classes
   * @param synsets the synsets of the model's classes; empty if they have none
   * @return the number, from 0
   * @throws IllegalArgumentException if there is no such class, or there are several; the message
   *     lists them
   */
  public static int number(String name, List<String> names, List<String> synsets) {
    return new ClassSearch(List.of(name), names, synsets, false).byNameOrNumber();
  }

  /** {@return whether the data's classes are the model's, in the same order} */
  public boolean isSame() {
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.get(i) != i) {
        return false;
      }
    }
    return numbers.size() == names.size() && !isUnsure();
  }

  /**
   * Checks that each class is a single one of the model's where images have several labels:
   * otherwise all candidates would count as labels of the image.
   *
   * @throws IllegalArgumentException if a class may be several of the model's and {@code
   *     severalLabels} is true
   */
  void requireSure(boolean severalLabels) {
    if (severalLabels && isUnsure()) {
      throw new IllegalArgumentException(
          "images with several labels need names that only one class has: "
              + note.orElse("some classes have the same name"));
    }
  }

  /** Whether some class of the data may be several of the model's. */
  private boolean isUnsure() {
    return possible.stream().anyMatch(all -> all.size() > 1);
  }

  /**
   * Returns the groups of names that differ only in case, spaces, underscores, hyphens or leading
   * zeros.
   *
   * @param names the names to compare
   * @return the groups of two or more names, each in the order of the names
   */
  public static List<List<String>> alike(List<String> names) {
    return names.stream()
        .collect(Collectors.groupingBy(ClassMatch::key, LinkedHashMap::new, Collectors.toList()))
        .values()
        .stream()
        .filter(group -> group.size() > 1)
        .toList();
  }

  /**
   * {@return a name in composed form (NFC), the form in which names of classes are kept}
   *
   * @param name any name
   */
  public static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  /**
   * Returns a key that is equal for names that are only written differently, such as "Ice_cream"
   * and "ice-cream".
   */
  static String key(String name) {
    // Upper case first: in lower case "ß" is not "ss".
    String folded = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String text = SPACE_AT_THE_ENDS.matcher(composed(folded)).replaceAll("");
    String joined =
        SEPARATORS
            .matcher(text)
            .replaceAll(
                gap -> {
                  // Signs at the ends are not hyphens: -1 is not 1, and A- is not A.
                  if (gap.start() == 0 || gap.end() == text.length()) {
                    return Matcher.quoteReplacement(gap.group());
                  }
                  // Ages of 1-2 are not 12.
                  boolean digits =
                      Character.isDigit(text.charAt(gap.start() - 1))
                          && Character.isDigit(text.charAt(gap.end()));
                  return digits ? " " : "";
                });
    return LEADING_ZEROS.matcher(joined).replaceAll("");
  }
}
