package stride.image.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import stride.TestData;

/** What PIL makes of JPEGs, whole and damaged ones: tools/golden/jpeg.py. */
final class JpegGoldenTest {
  /** PIL's own look at segments that say nothing of the pixels fails; libjpeg reads them. */
  private static final Set<String> REFUSED_FOR_OTHER_REASONS =
      Set.of("app0_jfif_5", "app_adobe_5", "app_icc_12", "app_photoshop_8bim");

  @Test
  void everyKindIsReadOrRefusedAsPilDoes() throws IOException {
    var files = Jpegs.files();
    assertTrue(files.size() > 1000, "found only " + files.size());
    var differing = new Comparison(files, Jpegs.expected());
    assertEquals(List.of(), differing.others);
    assertEquals(new TreeSet<>(REFUSED_FOR_OTHER_REASONS), differing.readOnlyHere);
  }

  /** {@code mvn test -Dtest=JpegGoldenTest -Dstride.jpegs=FOLDER}. */
  @Test
  void thoseInAFolderAreToo() throws IOException {
    String folder = System.getProperty("stride.jpegs");
    assumeTrue(folder != null, "skipped: no -Dstride.jpegs=FOLDER");
    var compared = new Comparison(Jpegs.files(Path.of(folder)), Jpegs.expected(Path.of(folder)));
    System.out.printf(
        "%d read alike, %d refused by both, %d read that PIL refuses, %d others%n",
        compared.read, compared.refused, compared.readOnlyHere.size(), compared.others.size());
    compared.readOnlyHere.forEach(System.out::println);
    assertEquals(List.of(), compared.others);
  }

  private static final class Comparison {
    final List<String> others = new ArrayList<>();
    final Set<String> readOnlyHere = new TreeSet<>();
    int read;
    int refused;

    Comparison(Map<String, byte[]> files, Map<String, String> expected) {
      assertEquals(expected.keySet(), files.keySet());
      files.forEach(
          (name, file) -> {
            String found = Jpegs.read(file);
            String wanted = expected.get(name);
            if (found.equals(wanted)) {
              read += found.equals(Jpegs.REFUSED) ? 0 : 1;
              refused += found.equals(Jpegs.REFUSED) ? 1 : 0;
            } else if (Jpegs.REFUSED.equals(wanted)) {
              readOnlyHere.add(name);
            } else {
              others.add("%s: expected %s, found %s".formatted(name, wanted, found));
            }
          });
    }
  }

  @Test
  void photosAreReadAsPilDoes() throws IOException {
    Path data = TestData.require("photos/coral_parrot.jpg").getParent().getParent();
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (var photo : Jpegs.expectedPhotos().entrySet()) {
      Path file = data.resolve(photo.getKey());
      if (Files.exists(file)) {
        String found = Jpegs.read(Files.readAllBytes(file));
        compared++;
        if (!found.equals(photo.getValue())) {
          wrong.add("%s: expected %s, found %s".formatted(file, photo.getValue(), found));
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(compared > 0);
  }

  @Test
  void aPictureIsDecodedAgainAndAgain() throws IOException {
    var picture = JpegPicture.open(Jpegs.file("sampling_2x2"));
    assertArrayEquals(picture.decode().data(), picture.decode().data());
  }
}
