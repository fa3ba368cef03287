package stride;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: a room knows only those below it. */
class ArchitectureTest {
  /** The rooms from top to bottom; those in one line do not know each other. */
  private static final List<List<String>> STOREYS =
      List.of(
          List.of("detection", "style"),
          List.of("train", "check"),
          List.of("data"),
          List.of("network"),
          List.of("layer", "engine"),
          List.of("compute", "image"),
          List.of("graph", "kernel", "format", "box"),
          List.of("tensor"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("stride");

  @Test
  void theClassesAreFound() {
    assertTrue(CLASSES.size() > 80, "only %d classes were imported".formatted(CLASSES.size()));
    var rooms = new TreeSet<String>();
    for (JavaClass found : CLASSES) {
      rooms.add(found.getPackageName().split("\\.")[1]);
    }
    var known = new TreeSet<String>();
    STOREYS.forEach(known::addAll);
    assertEquals(known, rooms, "a package is missing in STOREYS, or is no more");
  }

  @Test
  void noRoomKnowsOneAboveOrBesideIt() {
    for (int storey = 0; storey < STOREYS.size(); storey++) {
      for (String room : STOREYS.get(storey)) {
        for (int above = 0; above <= storey; above++) {
          for (String other : STOREYS.get(above)) {
            if (!other.equals(room)) {
              noClasses()
                  .that()
                  .resideInAPackage("stride." + room + "..")
                  .should()
                  .dependOnClassesThat()
                  .resideInAPackage("stride." + other + "..")
                  .check(CLASSES);
            }
          }
        }
      }
    }
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("stride.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /**
   * The compiler always inlines the Vector API's methods, but one of ours only if it is small,
   * often called, and not yet compiled by itself. Where it is not inlined, every vector that it
   * takes or returns becomes an object, and a kernel takes up to twenty times as long, depending on
   * what was compiled before. So vectors are local variables of the loop that computes with them.
   */
  @Test
  void noMethodTakesOrReturnsAVector() {
    var passing = new TreeSet<String>();
    for (JavaClass found : CLASSES) {
      for (var method : found.getCodeUnits()) {
        var passed = new ArrayList<JavaClass>(method.getRawParameterTypes());
        passed.add(method.getRawReturnType());
        if (passed.stream().anyMatch(ArchitectureTest::isVector)) {
          passing.add(method.getFullName());
        }
      }
    }
    assertEquals(Set.of(), passing, "write them out where they are called, or generate the loop");
  }

  /** A vector, mask or shuffle, or an array of them; a species is no vector. */
  private static boolean isVector(JavaClass type) {
    return type.getBaseComponentType().getPackageName().equals("jdk.incubator.vector")
        && !type.getSimpleName().startsWith("VectorSpecies");
  }

  /** A room and those within it are one; those within it do not know each other. */
  @Test
  void innerRoomsDoNotKnowEachOther() {
    for (var room : List.of("layer", "train", "data", "kernel.vector")) {
      slices()
          .matching("stride." + room + ".(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(alwaysTrue(), resideInAPackage("..support"))
          .check(CLASSES);
    }
  }

  @Test
  void onlyTheVectorKernelsUseTheVectorApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("stride.kernel.vector..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(CLASSES);
  }

  @Test
  void onlyTheChoiceOfKernelsKnowsTheVectorKernels() {
    noClasses()
        .that()
        .resideOutsideOfPackage("stride.kernel.vector..")
        .and()
        .doNotHaveSimpleName("KernelChoice")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("stride.kernel.vector..")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatLivesThere() {
    var packages = new TreeSet<String>();
    var described = new TreeSet<String>();
    for (JavaClass found : CLASSES) {
      packages.add(found.getPackageName());
      if (found.getSimpleName().equals("package-info")) {
        described.add(found.getPackageName());
      }
    }
    assertEquals(packages, described);
  }
}
