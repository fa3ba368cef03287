package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.image.Preprocessing;
import stride.tensor.Shape;

class ClassMatchTest {
  private static final List<String> NAMES =
      List.of(
          "great white shark", "Käfer", "St. Bernard", "ice-cream", "t_shirt", "jay", "ß-class");

  private static final List<UnaryOperator<String>> WRITINGS =
      List.of(
          name -> name,
          name -> name.toUpperCase(Locale.ROOT),
          name -> name.toLowerCase(Locale.ROOT),
          name -> name.replace(' ', '_'),
          name -> name.replaceAll("[ _-]", "-"),
          name -> name.replaceAll("[ _-]", " "),
          name -> name.replaceAll("[ _-]", ""),
          name -> name.replaceAll("[ _-]", " - "),
          name -> name.replaceAll("[ _-]", "\u00A0"),
          name -> " " + name + "  ",
          name -> "_" + name,
          name -> Normalizer.normalize(name, Normalizer.Form.NFD),
          name -> Normalizer.normalize(name, Normalizer.Form.NFD).toUpperCase(Locale.ROOT));

  private static List<Integer> found(List<String> found, List<String> names) {
    return ClassMatch.byName(found, names).numbers();
  }

  private static String refused(List<String> found, List<String> names, List<String> synsets) {
    return assertThrows(IllegalArgumentException.class, () -> ClassMatch.of(found, names, synsets))
        .getMessage();
  }

  /**
   * Every writing of the data's names against every writing of the model's, some of them, mixed.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void namesAreTheSameHoweverTheyAreWritten(int seed) {
    var random = new Random(seed);
    for (var written : WRITINGS) {
      for (var other : WRITINGS) {
        var order = new ArrayList<>(IntStream.range(0, NAMES.size()).boxed().toList());
        Collections.shuffle(order, random);
        var some = order.subList(0, 1 + random.nextInt(NAMES.size()));
        var match =
            ClassMatch.of(
                some.stream().map(NAMES::get).map(written).toList(),
                NAMES.stream().map(other).toList(),
                List.of());
        assertEquals(some, match.numbers(), () -> "seed " + seed + ": " + match);
      }
    }
  }

  /** Names that look the same and are not. */
  @ParameterizedTest
  @CsvSource({
    "1, -1",
    "1-2, 12",
    "1 2, 12",
    "A, A-",
    "A, A+",
    "C, C#",
    "C, C++",
    "1.05, 1.5",
    "10, 1",
    "a, á",
    "-1, 1",
    "jay, joy",
    "7b, 07b"
  })
  void otherNamesStayOthers(String one, String other) {
    assertThrows(
        IllegalArgumentException.class, () -> ClassMatch.byName(List.of(one), List.of(other)));
    assertThrows(
        IllegalArgumentException.class, () -> ClassMatch.byName(List.of(other), List.of(one)));
  }

  @Test
  void theSameNameGoesBeforeOneThatIsAlike() {
    assertEquals(List.of(1, 0), found(List.of("a", "A"), List.of("A", "a")));
    assertEquals(List.of(0), found(List.of("A"), List.of("A", "a")));
    assertEquals(List.of(2, 0), found(List.of("07", "7"), List.of("7", "8", "07")));
    assertEquals(Optional.empty(), ClassMatch.byName(List.of("a"), List.of("A", "a")).note());
    assertEquals(
        "classes that are written differently: Bees is bees, ANTS is ants",
        ClassMatch.byName(List.of("Bees", "ANTS", "wasp"), List.of("ants", "wasp", "bees"))
            .note()
            .orElseThrow());
    assertEquals(
        List.of(List.of("A", "a"), List.of("x y", "x_y", "X-Y")),
        ClassMatch.alike(List.of("A", "a", "b", "x y", "x_y", "X-Y")));
  }

  @Test
  void twoNamesOfOneClassAndOneOfTwoAreRefused() {
    assertEquals(
        "the classes Ants and ants would both be ants",
        refused(List.of("Ants", "ants"), List.of("ants", "bees"), List.of()));
    assertEquals(
        "the class Ab may be 0 or 1 of the 2 that are known; call it ab or AB to say which",
        refused(List.of("Ab"), List.of("ab", "AB"), List.of()));
    assertEquals(
        "the classes 07 and 7 would both be cat",
        refused(List.of("07", "7"), List.of("a", "b", "c", "d", "e", "f", "g", "cat"), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"n01440764", "n01440764_tench", "n01440764-Tench", "n01440764 tench, x"})
  void aSynsetStandsForItsClassAndMayStandInFront(String name) {
    var names = List.of("goldfish", "a fish");
    var synsets = List.of("n01443537", "n01440764");
    assertEquals(List.of(1), ClassMatch.of(List.of(name), names, synsets).numbers());
    var match =
        ClassMatch.of(List.of("tench", name), List.of("x", "n01440764 fish", "tench"), List.of());
    assertEquals(List.of(2, 1), match.numbers());
    // Of a model that was trained on other classes the words decide.
    assertEquals(
        name.length() > 9,
        !refusedOrNot(name, List.of("tench", "goldfish")).startsWith("the class"));
  }

  private static String refusedOrNot(String name, List<String> names) {
    try {
      return ClassMatch.of(List.of(name), names, List.of()).toString();
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  @Test
  void theFirstOfSeveralNamesIsEnough() {
    var names =
        List.of("tench, Tinca tinca", "n01443537 goldfish, Carassius auratus", "crane, bird");
    assertEquals(List.of(1, 0), found(List.of("Goldfish", "tench"), names));
    assertEquals(List.of(0), found(List.of("tench, a fish"), List.of("tench")));
    assertThrows(IllegalArgumentException.class, () -> found(List.of("bird"), names));
  }

  @Test
  void numbersArePlacesWhereAllAreNumbersAndNoNameIs() {
    var names =
        IntStream.range(0, 1000).mapToObj(i -> "class " + (char) ('a' + i % 26) + i).toList();
    for (var form : List.of("%d", "%03d", "%04d", "%08d")) {
      var all = IntStream.range(0, 1000).mapToObj(form::formatted).sorted().toList();
      var match = ClassMatch.of(all, names, List.of());
      assertEquals(all.stream().map(Integer::parseInt).toList(), match.numbers());
      assertTrue(
          match.note().orElseThrow().contains("places in the model's list"), match::toString);
    }
    assertEquals(List.of(7, 999), ClassMatch.of(List.of("7", "999"), names, List.of()).numbers());
    String beyond = refused(List.of("7", "1000"), names, List.of());
    assertTrue(beyond.endsWith("numbers would be places from 0 to 999"), beyond);
    assertTrue(refused(List.of("7", "jay"), names, List.of()).contains("7, jay are none"));
  }

  /** As the folders of Oxford's flowers: 1 to 102, for which 0 is no place. */
  @ParameterizedTest
  @ValueSource(strings = {"%d", "%03d"})
  void allNumbersFromOneOnArePlacesFromOneOn(String form) {
    var names =
        IntStream.range(0, 102)
            .mapToObj(i -> "flower " + (char) ('a' + i % 26) + (i < 26 ? "" : "" + i / 26))
            .toList();
    var numbers = IntStream.rangeClosed(1, 102).mapToObj(form::formatted).sorted().toList();
    var places = numbers.stream().map(number -> Integer.parseInt(number) - 1).toList();
    var match = ClassMatch.of(numbers, names, List.of());
    assertEquals(places, match.numbers());
    String said = match.note().orElseThrow();
    String first = numbers.getFirst();
    assertTrue(
        said.startsWith(
            "the classes' names are the numbers from 1 to 102, taken as places in the model's list"
                + " from 1 on: "
                + first
                + " is flower a, "),
        said);
    // Of a model without names.
    assertEquals(match.numbers(), ClassMatch.ofNumbered(numbers, 102).numbers());
    assertTrue(ClassMatch.ofNumbered(numbers, 102).note().isPresent());
    // If one is missing or is another, nothing tells where they begin.
    var some = numbers.stream().filter(number -> Integer.parseInt(number) != 7).toList();
    for (var data : List.of(some, numbers.subList(1, 102))) {
      assertTrue(refused(data, names, List.of()).endsWith("places from 0 to 101"));
    }
    // Numbers that are names, and those of ImageNet's challenge, are in another order.
    var digits = IntStream.range(0, 102).mapToObj(Integer::toString).toList();
    assertTrue(refused(numbers, digits, List.of()).contains("102 is none of the 102"));
    var synsets = IntStream.range(0, 102).mapToObj("n%08d"::formatted).toList();
    assertTrue(refused(numbers, names, synsets).endsWith("places from 0 to 101"));
  }

  @Test
  void aNameOfSeveralClassesMayBeEachThatNoOtherNameIs() {
    var names = List.of("jay", "crane", "owl", "crane");
    var synsets = List.of("n00000001", "n00000002", "n00000003", "n00000004");
    var either = ClassMatch.of(List.of("owl", "crane"), names, synsets);
    assertEquals(List.of(2, 1), either.numbers());
    assertEquals(List.of(List.of(2), List.of(1, 3)), either.possible());
    assertEquals(
        "crane is class 1 or 3, of which each counts as right (n00000002 or n00000004 would say"
            + " which)",
        either.note().orElseThrow());
    for (var other : List.of("n00000002", "n00000002_crane", "1-crane", "001_Crane")) {
      var match = ClassMatch.of(List.of("crane", other), names, synsets);
      assertEquals(List.of(List.of(3), List.of(1)), match.possible(), other);
    }
    assertEquals(
        List.of(3, 1), ClassMatch.of(List.of("3-crane", "1-crane"), names, List.of()).numbers());
    // Numbers and names that contradict each other.
    assertTrue(refused(List.of("2-crane"), names, synsets).contains("2-crane is none of the 4"));
    assertTrue(refused(List.of("9-crane"), names, synsets).contains("9-crane is none of the 4"));
    assertEquals(
        "the classes crane and Crane would both be crane",
        refused(List.of("crane", "Crane"), names, synsets));
    assertEquals(
        "the class crane may be 1 or 3 of the 4 that are known; call it 1-crane or 3-crane to say"
            + " which",
        assertThrows(
                IllegalArgumentException.class,
                () -> ClassMatch.byName(List.of("crane", "owl"), names))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "Jay, 0",
    "OWL, 2",
    "n00000004, 3",
    "n00000004-crane, 3",
    "3, 3",
    "003, 3",
    "1 crane, 1"
  })
  void oneClassIsFoundByNameSynsetOrNumber(String name, int number) {
    var names = List.of("jay", "crane", "owl", "crane");
    var synsets = List.of("n00000001", "n00000002", "n00000003", "n00000004");
    assertEquals(number, ClassMatch.number(name, names, synsets));
    assertEquals(
        "the class crane may be 1 or 3 of the 4 that are known; call it n00000002 or n00000004 to"
            + " say which",
        assertThrows(
                IllegalArgumentException.class, () -> ClassMatch.number("crane", names, synsets))
            .getMessage());
    // A single name is not taken for the only class, nor 1 for the first.
    for (var other : List.of("cat", "1")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> ClassMatch.number(other, List.of("jay"), List.of()),
          other);
    }
  }

  @Test
  void imagesOfAClassThatMayBeSeveralHaveEach() {
    var images =
        new ByteImages(
            new byte[] {1, 2},
            new byte[] {1, 0},
            List.of("cats", "cranes"),
            Preprocessing.none(Shape.image(1, 1, 1)));
    var names = List.of("cranes", "cats", "cranes");
    var match = ClassMatch.of(images.labels(), names, List.of());
    assertFalse(match.isSame());
    var renumbered = images.withClasses(match);
    assertEquals(List.of(0, 1), IntStream.range(0, 2).mapToObj(renumbered::label).toList());
    assertTrue(renumbered.hasLabel(0, 0) && renumbered.hasLabel(0, 2));
    assertFalse(renumbered.hasLabel(0, 1) || renumbered.hasLabel(1, 0));
  }

  /** A model that was trained on folders 1, 10, 2: its second class is 10, not place 10. */
  @Test
  void numbersThatAreNamesAreCompared() {
    var names = List.of("1", "10", "2", "9");
    assertEquals(List.of(1, 0, 2), found(List.of("10", "1", "2"), names));
    assertEquals(
        List.of(0, 2, 3, 1),
        ClassMatch.of(List.of("01", "02", "09", "10"), names, List.of()).numbers());
    assertTrue(refused(List.of("0", "1", "2", "3"), names, List.of()).contains("0, 3 are none"));
  }

  @Test
  void theOrderDecidesOnlyWhereNothingElseCan() {
    var names = List.of("ants", "bees");
    var match = ClassMatch.of(List.of("cats", "dogs"), names, List.of());
    assertEquals(List.of(0, 1), match.numbers());
    assertEquals(
        "no class has the name of one of the model's, so they are taken in their order: cats is"
            + " ants, dogs is bees",
        match.note().orElseThrow());
    // The order of these would be wrong.
    assertEquals(List.of(1, 0), ClassMatch.of(List.of("Bees", "ants"), names, List.of()).numbers());
    assertEquals(
        "the class wasps is none of the 2 that are known: ants, bees",
        refused(List.of("Bees", "wasps"), names, List.of()));
    assertEquals(
        "the classes cats, dogs, jays are none of the 2 that are known: ants, bees",
        refused(List.of("cats", "dogs", "jays"), names, List.of()));
    assertEquals(
        "the class cats is none of the 2 that are known: ants, bees",
        refused(List.of("cats"), names, List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> ClassMatch.byName(List.of("cats", "dogs"), names));
    var many = IntStream.range(0, 30).mapToObj(i -> "x" + i).toList();
    String said = refused(many, names, List.of());
    assertTrue(said.contains("x19 and 10 more are none of the 2"), said);
  }

  @Test
  void imagesAreNumberedAsTheModelNumbersTheirClasses() {
    var images =
        new ByteImages(
            new byte[] {1, 2, 3},
            new byte[] {1, 0, 1},
            List.of("cats", "dogs"),
            Preprocessing.none(Shape.image(1, 1, 1)));
    var match = ClassMatch.byName(List.of("cats", "dogs"), List.of("dogs", "jays", "cats"));
    var renumbered = images.withClasses(match);
    assertEquals(List.of("dogs", "jays", "cats"), renumbered.labels());
    assertEquals(List.of(0, 2, 0), IntStream.range(0, 3).mapToObj(renumbered::label).toList());
    assertTrue(renumbered.hasLabel(1, 2));
    assertFalse(renumbered.hasLabel(1, 1) || renumbered.hasLabel(1, 0));
    assertEquals(images.get(1).image(), renumbered.get(1).image());
    assertEquals(images, images.withClasses(ClassMatch.byName(images.labels(), images.labels())));
  }
}
