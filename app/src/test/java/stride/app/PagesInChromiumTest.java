package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages as a browser shows them, where there is one. */
final class PagesInChromiumTest {
  @TempDir private Path temp;

  @Test
  void pagesFitNarrowAndWideAreLightOrDarkAndGiveNoCauseForComplaint() throws Exception {
    try (var chromium = Chromium.start(Files.createDirectory(temp.resolve("profile")))) {
      for (var page : pages()) {
        for (int width : new int[] {1280, 400}) {
          var papers = new ArrayList<Object>();
          for (boolean dark : new boolean[] {false, true}) {
            chromium.open(page, width, dark);
            String what = "%s, %d pixels, dark: %s".formatted(page.getFileName(), width, dark);
            assertEquals(List.of(), chromium.complaints(), what);
            var wide = chromium.value("document.documentElement.scrollWidth");
            assertTrue((Integer) wide <= width, what + ": is " + wide + " wide");
            assertTrue((Integer) chromium.value("document.querySelectorAll('svg').length") >= 2);
            assertEquals(
                0,
                chromium.value("[...document.images].filter(i => i.naturalWidth == 0).length"),
                what + ": pictures that are none");
            papers.add(
                chromium.value("getComputedStyle(document.body).backgroundColor")
                    + " "
                    + chromium.value(
                        "getComputedStyle(document.querySelector('svg path[stroke]')).stroke"));
          }
          assertFalse(papers.get(0).equals(papers.get(1)), "light and dark: " + papers);
        }
      }
      // It hears what a page says.
      var bad = Files.writeString(temp.resolve("bad.html"), "<script>console.error('x')</script>");
      chromium.open(bad, 400, false);
      assertEquals(1, chromium.complaints().size());
    }
  }

  private List<Path> pages() throws Exception {
    var images = TinyImages.write(temp.resolve("images"), 200, 50);
    var run = temp.resolve("run");
    Stride.run(
            "train", "lenet5", "--data", "mnist", "--data-dir", images, "--epochs", 1, "--out", run)
        .succeeds();
    var report = temp.resolve("report.html");
    Stride.run("report", run, "--out", report).succeeds();
    String html = Files.readString(report);
    for (String part : List.of("How it learned", "The surest mistakes", "of 50 test images")) {
      assertTrue(html.contains(part), part);
    }
    var compared = temp.resolve("compare.html");
    Stride.run("compare", run, "--out", compared).succeeds();
    return List.of(report, compared);
  }
}
