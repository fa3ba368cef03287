package stride.onnx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, and nothing but Stride's core is needed. */
class ArchitectureTest {
  /** The rooms from top to bottom; those in one line do not know each other. */
  private static final List<List<String>> STOREYS =
      List.of(
          List.of("engine", "export"),
          List.of("evaluate"),
          List.of("graph"),
          List.of("tensor"),
          List.of("proto"));

  /** Of the jar's 400 kB the licence, the notice and the descriptor take a part. */
  private static final int MOST_BYTES = 390_000;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("stride.onnx");

  @Test
  void theClassesAreFound() {
    var rooms = new TreeSet<String>();
    for (JavaClass found : CLASSES) {
      String room = found.getPackageName().substring("stride.onnx".length());
      if (!room.isEmpty()) {
        rooms.add(room.substring(1));
      }
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
                  .resideInAPackage("stride.onnx." + room + "..")
                  .should()
                  .dependOnClassesThat()
                  .resideInAPackage("stride.onnx." + other + "..")
                  .check(CLASSES);
            }
          }
        }
      }
    }
  }

  @Test
  void onlyStrideAndTheJdkAreNeeded() {
    classes()
        .that()
        .resideInAPackage("stride.onnx..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("stride..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void theJarIsSmall() throws IOException {
    var jar = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(jar);
        var files = Files.walk(Path.of("target", "classes", "stride"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(file.toString()));
        Files.copy(file, zip);
      }
    }
    assertTrue(jar.size() > 50_000, "the classes are not where they are looked for");
    assertTrue(jar.size() < MOST_BYTES, "the classes have %,d bytes".formatted(jar.size()));
    System.out.printf("The classes of stride-onnx are %,d bytes%n", jar.size());
  }
}
