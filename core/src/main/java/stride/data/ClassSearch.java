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

/** Searches for the classes of some data among a model's classes. */
final class ClassSearch {
  /** The largest number of names written out in a message. */
  private static final int MAX_NAMED = 20;

  /** The largest number of the model's names, and of pairs of names, in a message. */
  private static final int FEW = 3;

  private static final Pattern SYNSET = Pattern.compile("(n\\d{8})(?:[\\s_:,-]+(.*))?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /** A number in front of a name, which selects one of several classes of that name. */
  private static final Pattern PLACE = Pattern.compile("(\\d{1,9})[\\s_:.,-]+(.+)");

  private final List<String> found;
  private final List<String> names;
  private final List<String> synsets;

  /** Whether the model's classes have only numbers as names. */
  private final boolean unnamed;

  private final Map<String, List<Integer>> exact = new HashMap<>();
  private final Map<String, List<Integer>> similar = new HashMap<>();
  private final Map<String, List<Integer>> bySynset = new HashMap<>();
  private final Map<String, List<Integer>> byWords = new HashMap<>();

  /** The numbers of the classes that each name may mean; empty if there is none. */
  private final List<List<Integer>> numbers = new ArrayList<>();

  /** Pairs of names that differ only in the way they are written. */
  private final List<String> different = new ArrayList<>();

  ClassSearch(List<String> found, List<String> names, List<String> synsets, boolean unnamed) {
    this.found = found;
    this.names = names;
    this.synsets = synsets;
    this.unnamed = unnamed;
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

  private static void put(Map<String, List<Integer>> numbers, String name, int number) {
    var all = numbers.computeIfAbsent(name, _ -> new ArrayList<>());
    if (!all.contains(number)) {
      all.add(number);
    }
  }

  private List<Integer> find(String name) {
    String synset = synset(name);
    var certain = exact.get(ClassMatch.composed(name));
    if (certain == null && synset != null && synset.equals(name)) {
      certain = bySynset.get(synset);
    }
    if (certain != null) {
      return certain;
    }
    var all = similar.get(ClassMatch.key(name));
    if (all == null && synset != null) {
      all = bySynset.get(synset);
    }
    for (var words : words(name)) {
      all = all == null ? byWords.get(words) : all;
    }
    if (all == null) {
      all = withPlace(name);
    }
    if (all.size() == 1) {
      different.add("%s is %s".formatted(name, names.get(all.getFirst())));
    }
    return all;
  }

  /** Returns the class whose number stands in front of its name: "134_crane". */
  private List<Integer> withPlace(String name) {
    var matcher = PLACE.matcher(name);
    if (!matcher.matches()) {
      return List.of();
    }
    int place = Integer.parseInt(matcher.group(1));
    String words = ClassMatch.key(matcher.group(2));
    boolean same =
        place < names.size()
            && (ClassMatch.key(names.get(place)).equals(words)
                || words(names.get(place)).contains(words));
    return same ? List.of(place) : List.of();
  }

  /** Returns the synset that a name is or begins with, or null. */
  private static @Nullable String synset(String name) {
    var matcher = SYNSET.matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }

  /** Returns a name without a synset in front, and the first name if it lists several. */
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
    if (!unnamed && isByNumber()) {
      return byNumber();
    }
    if (isFromOne()) {
      return fromOne();
    }
    boolean none = numbers.stream().allMatch(List::isEmpty);
    return none && found.size() == names.size() && !areNumbers() ? byOrder() : byName(true);
  }

  /** Finds a single name, for which the order means nothing. */
  int byNameOrNumber() {
    return (isByNumber() ? byNumber() : byName()).numbers().getFirst();
  }

  /** Whether the data's classes have numbers as names and the model's do not. */
  private boolean areNumbers() {
    return found.stream().allMatch(ClassSearch::isNumber)
        && (unnamed || names.stream().noneMatch(ClassSearch::isNumber));
  }

  private boolean isByNumber() {
    return areNumbers() && found.stream().allMatch(name -> Integer.parseInt(name) < names.size());
  }

  /**
   * Whether the data's classes are numbered from 1: the number of classes itself, which is no
   * position from 0, is among the names, and so are all numbers below it. This does not hold with
   * synsets: the 1,000 of ImageNet's challenge are numbered from 1 in another order.
   */
  private boolean isFromOne() {
    return areNumbers()
        && synsets.isEmpty()
        && found.size() == names.size()
        && found.stream()
            .map(Integer::parseInt)
            .sorted()
            .toList()
            .equals(IntStream.rangeClosed(1, names.size()).boxed().toList());
  }

  private static boolean isNumber(String name) {
    return NUMBER.matcher(name).matches();
  }

  private ClassMatch byNumber() {
    var places = found.stream().map(Integer::parseInt).toList();
    checkEachOnce(places);
    return certain(
        places,
        Optional.of(
            "the classes' names are numbers, taken as places in the model's list: "
                + pairs(places)));
  }

  private ClassMatch fromOne() {
    var places = found.stream().map(name -> Integer.parseInt(name) - 1).toList();
    return certain(
        places,
        Optional.of(
            "the classes' names are the numbers from 1 to %,d, taken as places in the model's list from 1 on: %s"
                .formatted(names.size(), pairs(places))));
  }

  private ClassMatch byOrder() {
    var places = IntStream.range(0, found.size()).boxed().toList();
    return certain(
        places,
        Optional.of(
            "no class has the name of one of the model's, so they are taken in their order: "
                + pairs(places)));
  }

  private ClassMatch certain(List<Integer> places, Optional<String> note) {
    return new ClassMatch(names, places, places.stream().map(List::of).toList(), note);
  }

  private String pairs(List<Integer> places) {
    return few(
        IntStream.range(0, found.size())
            .mapToObj(i -> "%s is %s".formatted(found.get(i), names.get(places.get(i))))
            .toList(),
        FEW);
  }

  ClassMatch byName() {
    return byName(false);
  }

  /**
   * Matches all names.
   *
   * @param unsure whether a name may mean several classes that have it
   */
  private ClassMatch byName(boolean unsure) {
    checkKnown();
    var sure = numbers.stream().filter(all -> all.size() == 1).map(List::getFirst).toList();
    var possible = new ArrayList<List<Integer>>();
    var notes = new ArrayList<String>();
    if (!different.isEmpty()) {
      notes.add("classes that are written differently: " + few(different, FEW));
    }
    for (int i = 0; i < found.size(); i++) {
      var all = numbers.get(i);
      if (all.size() > 1) {
        all = left(found.get(i), all, sure, unsure);
      }
      if (all.size() > 1) {
        notes.add(
            "%s is class %s, of which each counts as right (%s would say which)"
                .formatted(found.get(i), or(all), or(tellingNames(all))));
      }
      possible.add(all);
    }
    checkEachOnce(possible.stream().map(List::getFirst).toList());
    return new ClassMatch(
        names,
        possible.stream().map(List::getFirst).toList(),
        possible,
        notes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", notes)));
  }

  private void checkKnown() {
    var unknown =
        IntStream.range(0, found.size())
            .filter(i -> numbers.get(i).isEmpty())
            .mapToObj(found::get)
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "the %s none of the %,d that are known%s%s"
              .formatted(
                  unknown.size() == 1
                      ? "class %s is".formatted(unknown.getFirst())
                      : "classes %s are".formatted(few(unknown, MAX_NAMED)),
                  names.size(),
                  names.isEmpty() ? "" : ": " + few(names, FEW),
                  areNumbers()
                      ? "; numbers would be places from 0 to %,d".formatted(names.size() - 1)
                      : ""));
    }
  }

  /** Returns the classes that a name may mean, without those that other names mean. */
  private List<Integer> left(String name, List<Integer> all, List<Integer> others, boolean unsure) {
    var left = all.stream().filter(number -> !others.contains(number)).toList();
    boolean sameName =
        all.stream().map(names::get).map(ClassMatch::composed).distinct().count() == 1;
    if (left.isEmpty() || !sameName || (left.size() > 1 && !unsure)) {
      throw new IllegalArgumentException(
          "the class %s may be %s of the %,d that are known; call it %s to say which"
              .formatted(
                  name,
                  or(all),
                  names.size(),
                  or(sameName ? tellingNames(all) : all.stream().map(names::get).toList())));
    }
    return left;
  }

  /** Returns names that distinguish classes of the same name. */
  private List<String> tellingNames(List<Integer> all) {
    return all.stream()
        .map(
            number ->
                synsets.isEmpty()
                    ? "%d-%s".formatted(number, names.get(number))
                    : synsets.get(number))
        .toList();
  }

  private static String or(List<?> some) {
    var said = some.stream().map(String::valueOf).toList();
    return said.size() == 1
        ? said.getFirst()
        : "%s or %s".formatted(String.join(", ", said.subList(0, said.size() - 1)), said.getLast());
  }

  /** Checks that no two classes of the data are the same class of the model. */
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

  /** Returns the first names, and how many more there are. */
  private static String few(List<String> names, int most) {
    String said = String.join(", ", names.subList(0, Math.min(most, names.size())));
    return names.size() > most ? "%s and %,d more".formatted(said, names.size() - most) : said;
  }
}
