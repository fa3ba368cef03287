package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightsFolderTest {
  private static final Path HOME = Path.of("/home/ada");

  private static String folder(String system, Map<String, String> environment) {
    return WeightsFolder.of(environment, system, HOME).path().toString().replace('\\', '/');
  }

  @Test
  void strideHomeComesBeforeThePlatformsCache() {
    for (var system : new String[] {"Linux", "Mac OS X", "Windows 11"}) {
      var both = Map.of("STRIDE_HOME", "/data", "XDG_CACHE_HOME", "/x", "LOCALAPPDATA", "/l");
      assertEquals("/data/weights", folder(system, both));
    }
  }

  @Test
  void weightsLieWhereEachPlatformKeepsWhatCanBeHadAgain() {
    assertEquals("/home/ada/.cache/stride/weights", folder("Linux", Map.of()));
    assertEquals("/x/stride/weights", folder("Linux", Map.of("XDG_CACHE_HOME", "/x")));
    assertEquals(
        "/home/ada/.cache/stride/weights", folder("Linux", Map.of("XDG_CACHE_HOME", "relative")));
    assertEquals("/home/ada/Library/Caches/Stride/weights", folder("Mac OS X", Map.of()));
    assertEquals("/l/Stride/weights", folder("Windows 11", Map.of("LOCALAPPDATA", "/l")));
    assertEquals("/home/ada/AppData/Local/Stride/weights", folder("Windows 11", Map.of()));
  }
}
