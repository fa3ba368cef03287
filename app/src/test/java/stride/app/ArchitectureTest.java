package stride.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: a room of the command line knows only those below it. */
class ArchitectureTest {
  /** The rooms from top to bottom; those in one line do not know each other. */
  private static final List<List<String>> STOREYS =
      List.of(
          List.of("stride.app"),
          List.of("stride.app.command"),
          List.of("stride.app.training"),
          List.of("stride.app.data", "stride.app.report", "stride.app.lecture", "stride.app.bench"),
          List.of("stride.app.option"),
          List.of("stride.app.run"),
          List.of("stride.app.console"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("stride.app");

  @Test
  void everyRoomHasAStorey() {
    var rooms = new TreeSet<String>();
    for (JavaClass found : CLASSES) {
      rooms.add(found.getPackageName());
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
                  .resideInAPackage(room)
                  .should()
                  .dependOnClassesThat()
                  .resideInAPackage(other)
                  .check(CLASSES);
            }
          }
        }
      }
    }
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("stride.app.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
