package stride.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.image.PictureDecoder;
import stride.mnist.MnistFiles;
import stride.network.Model;
import stride.zoo.Zoo;

/** What each artifact says of the terms that it is under. */
class LicencesTest {
  static Stream<Class<?>> artifacts() {
    var codecs =
        ServiceLoader.load(PictureDecoder.class).stream()
            .map(ServiceLoader.Provider::type)
            .filter(type -> type.getPackageName().startsWith("stride.codecs"))
            .findFirst()
            .orElseThrow();
    return Stream.of(Model.class, Zoo.class, MnistFiles.class, Main.class, codecs);
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void eachArtifactHasLicenceAndNotice(Class<?> type) throws Exception {
    assertTrue(text(type, "LICENSE").contains("Apache License"), type.toString());
    assertTrue(text(type, "NOTICE").startsWith("Stride\n"), type.toString());
  }

  @Test
  void theDigitsSayWhoseTheyAre() throws Exception {
    String text = text(MnistFiles.class, "LICENSE-MNIST");
    for (String part : new String[] {"Yann LeCun", "CC BY-SA 3.0", "legalcode", "unchanged"}) {
      assertTrue(text.contains(part), text);
    }
  }

  /** A file of META-INF in the folder or jar that a class comes from. */
  private static String text(Class<?> type, String name) throws Exception {
    var artifact = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(artifact)) {
      return Files.readString(artifact.resolve("META-INF").resolve(name));
    }
    return inJar(artifact, name);
  }

  private static String inJar(Path jar, String name) throws IOException {
    try (var files = FileSystems.newFileSystem(jar)) {
      return Files.readString(files.getPath("META-INF", name));
    }
  }
}
