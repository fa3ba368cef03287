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
 * Which of a model's classes the classes of some data are. Names decide, each by itself: the same
 * name; the same but for case, spaces, underscores, hyphens and leading zeros; the same synset of
 * WordNet, also in front of a name ({@code n02085620-Chihuahua}); the first of several names
 * ({@code tench} of "tench, Tinca tinca"). Letters are compared composed (Unicode's NFC): "é" is
 * the same in one sign or two.
 *
 * @param names the model's classes
 * @param numbers for each class of the data the number of the model's, from 0; no two are the same
 * @param possible for each class of the data all numbers that it may be, the one above first:
 *     several where the model has several classes of its name
 * @param note a sentence that says how other names were understood; empty where all are the same
 */
public record ClassMatch(
    List<String> names,
    List<Integer> numbers,
    List<List<Integer>> possible,
    Optional<String> note) {
  private static final Pattern SEPARATORS = Pattern.compile("[\\s\\p{Z}\\p{Pd}_]+");
  private static final Pattern SPACE_AT_THE_ENDS = Pattern.compile("^[\\s\\p{Z}_]+|[\\s\\p{Z}_]+$");
  private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=\\d+$)");

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
   * @throws IllegalArgumentException if a name is none of the model's, or two are the same class;
   *     the message lists them
   */
  public static ClassMatch byName(List<String> found, List<String> names) {
    return new ClassSearch(found, names, List.of(), false).byName();
  }

  /**
   * Finds classes by their names, or else by numbers: if all names of the data are numbers, and
   * none of the model's is, they are places in its list, from 0, or from 1 if they are just the
   * numbers from 1 to that of its classes and these have no synsets. If no name is one of the
   * model's and there are as many, they are taken in their order. A name that several classes of
   * the model have may be each of them that no other name is.
   *
   * @param found the names of the data's classes
   * @param names the names of the model's classes
   * @param synsets the synsets of the model's classes; empty if they have none
   * @throws IllegalArgumentException if some names are none of the model's, or two are the same
   *     class; the message lists them
   */
  public static ClassMatch of(List<String> found, List<String> names, List<String> synsets) {
    return new ClassSearch(found, names, synsets, false).inAnyWay();
  }

  /**
   * The same for a model whose classes have no names but their numbers.
   *
   * @param classes how many it tells apart
   */
  public static ClassMatch ofNumbered(List<String> found, int classes) {
    var names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return new ClassSearch(found, names, List.of(), true).inAnyWay();
  }

  /**
   * The number of a class that somebody names: by its name, its synset, or its number where no name
   * is one.
   *
   * @param names the names of the model's classes
   * @param synsets the synsets of the model's classes; empty if they have none
   * @throws IllegalArgumentException if there is no such class, or there are several; the message
   *     says which there are
   */
  public static int number(String name, List<String> names, List<String> synsets) {
    return new ClassSearch(List.of(name), names, synsets, false).byNameOrNumber();
  }

  /** Whether the data's classes are the model's, in its order. */
  public boolean isSame() {
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.get(i) != i) {
        return false;
      }
    }
    return numbers.size() == names.size() && !isUnsure();
  }

  /**
   * Refuses classes of which each may be several of the model's where images have several labels:
   * all of these would be taken for theirs.
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
   * The groups of names that differ in case, spaces, underscores, hyphens or leading zeros only:
   * those of each group, in the order of the names.
   */
  public static List<List<String>> alike(List<String> names) {
    return names.stream()
        .collect(Collectors.groupingBy(ClassMatch::key, LinkedHashMap::new, Collectors.toList()))
        .values()
        .stream()
        .filter(group -> group.size() > 1)
        .toList();
  }

  /** A name with its letters composed (NFC), as the names of classes are kept. */
  public static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  /** What names that are written differently have in common: "Ice_cream" and "ice-cream". */
  static String key(String name) {
    // Upper case first: in lower case "ß" is not "ss".
    String folded = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String text = SPACE_AT_THE_ENDS.matcher(composed(folded)).replaceAll("");
    String joined =
        SEPARATORS
            .matcher(text)
            .replaceAll(
                gap -> {
                  // Signs in front and behind are no hyphens: -1 is not 1, and A- is not A.
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
