package stride.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks for the classes of some data among a model's. */
final class ClassSearch {
  /** So many names are written out in a message. */
  private static final int MOST_NAMED = 20;

  /** So many of the model's names, and so many pairs of names. */
  private static final int FEW = 3;

  private static final Pattern SYNSET = Pattern.compile("(n\\d{8})(?:[\\s_:,-]+(.*))?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /** Stands for several of the model's classes. */
  private static final int SEVERAL = -1;

  private final List<String> found;
  private final List<String> names;

  private final Map<String, Integer> exact = new HashMap<>();
  private final Map<String, Integer> similar = new HashMap<>();
  private final Map<String, Integer> bySynset = new HashMap<>();
  private final Map<String, Integer> byWords = new HashMap<>();

  /** What each name was found to be; null, or {@link #SEVERAL}, if it is none. */
  private final List<@Nullable Integer> numbers = new ArrayList<>();

  /** Names that are another's but for the way in which they are written. */
  private final List<String> different = new ArrayList<>();

  ClassSearch(List<String> found, List<String> names, List<String> synsets) {
    this.found = found;
    this.names = names;
    for (int number = 0; number < names.size(); number++) {
      String name = names.get(number);
      put(exact, ClassMatch.composed(name), number);
      put(similar, ClassMatch.key(name), number);
      for (var synset : Stream.of(synset(name)).filter(Objects::nonNull).toList()) {
        put(bySynset, synset, number);
      }
      for (var words : words(name)) {
        put(byWords, words, number);
      }
    }
    for (int number = 0; number < synsets.size(); number++) {
      put(bySynset, synsets.get(number), number);
    }
    found.forEach(name -> numbers.add(find(name)));
  }

  private static void put(Map<String, Integer> numbers, String name, int number) {
    numbers.merge(name, number, (one, other) -> one.equals(other) ? one : SEVERAL);
  }

  private @Nullable Integer find(String name) {
    String synset = synset(name);
    Integer certain = exact.get(ClassMatch.composed(name));
    if (certain == null && synset != null && synset.equals(name)) {
      certain = bySynset.get(synset);
    }
    if (certain != null) {
      return certain;
    }
    Integer number = similar.get(ClassMatch.key(name));
    if (number == null && synset != null) {
      number = bySynset.get(synset);
    }
    for (var words : words(name)) {
      number = number == null ? byWords.get(words) : number;
    }
    if (number != null && number != SEVERAL) {
      different.add("%s is %s".formatted(name, names.get(number)));
    }
    return number;
  }

  /** The synset that a name is, or begins with. */
  private static @Nullable String synset(String name) {
    var matcher = SYNSET.matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }

  /** What a name says without a synset in front: all of it, and the first of several names. */
  private static LinkedHashSet<String> words(String name) {
    var matcher = SYNSET.matcher(name);
    String words = matcher.matches() ? Objects.requireNonNullElse(matcher.group(2), "") : name;
    var keys = new LinkedHashSet<String>();
    keys.add(ClassMatch.key(words));
    keys.add(ClassMatch.key(words.split(",", 2)[0]));
    keys.remove("");
    return keys;
  }

  ClassMatch inAnyWay() {
    if (isByNumber()) {
      return byNumber();
    }
    boolean none = numbers.stream().allMatch(Objects::isNull);
    return none && found.size() == names.size() && !areNumbers() ? byOrder() : byName();
  }

  /** Whether the data number their classes, and the model does not. */
  private boolean areNumbers() {
    return found.stream().allMatch(ClassSearch::isNumber)
        && names.stream().noneMatch(ClassSearch::isNumber);
  }

  private boolean isByNumber() {
    return areNumbers() && found.stream().allMatch(name -> Integer.parseInt(name) < names.size());
  }

  private static boolean isNumber(String name) {
    return NUMBER.matcher(name).matches();
  }

  private ClassMatch byNumber() {
    var places = found.stream().map(Integer::parseInt).toList();
    checkEachOnce(places);
    return new ClassMatch(
        names,
        places,
        Optional.of(
            "the classes' names are numbers, taken as places in the model's list: "
                + pairs(places)));
  }

  private ClassMatch byOrder() {
    var places = IntStream.range(0, found.size()).boxed().toList();
    return new ClassMatch(
        names,
        places,
        Optional.of(
            "no class has the name of one of the model's, so they are taken in their order: "
                + pairs(places)));
  }

  private String pairs(List<Integer> places) {
    return few(
        IntStream.range(0, found.size())
            .mapToObj(i -> "%s is %s".formatted(found.get(i), names.get(places.get(i))))
            .toList(),
        FEW);
  }

  ClassMatch byName() {
    var unknown = new ArrayList<String>();
    var known = new ArrayList<Integer>();
    for (int i = 0; i < found.size(); i++) {
      var number = numbers.get(i);
      if (number == null) {
        unknown.add(found.get(i));
      } else if (number == SEVERAL) {
        throw new IllegalArgumentException(
            "the class %s may be several of the %,d that are known"
                .formatted(found.get(i), names.size()));
      } else {
        known.add(number);
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "the %s none of the %,d that are known%s%s"
              .formatted(
                  unknown.size() == 1
                      ? "class %s is".formatted(unknown.getFirst())
                      : "classes %s are".formatted(few(unknown, MOST_NAMED)),
                  names.size(),
                  names.isEmpty() ? "" : ": " + few(names, FEW),
                  areNumbers()
                      ? "; numbers would be places from 0 to %,d".formatted(names.size() - 1)
                      : ""));
    }
    checkEachOnce(known);
    return new ClassMatch(
        names,
        known,
        different.isEmpty()
            ? Optional.empty()
            : Optional.of("classes that are written differently: " + few(different, FEW)));
  }

  /** No class of the model may be two of the data's. */
  private void checkEachOnce(List<Integer> places) {
    var first = new TreeMap<Integer, String>();
    for (int i = 0; i < places.size(); i++) {
      var other = first.putIfAbsent(places.get(i), found.get(i));
      if (other != null) {
        throw new IllegalArgumentException(
            "the classes %s and %s would both be %s"
                .formatted(other, found.get(i), names.get(places.get(i))));
      }
    }
  }

  /** The first of some names, and how many more there are. */
  private static String few(List<String> names, int most) {
    String said = String.join(", ", names.subList(0, Math.min(most, names.size())));
    return names.size() > most ? "%s and %,d more".formatted(said, names.size() - most) : said;
  }
}
