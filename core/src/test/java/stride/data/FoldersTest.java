package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.FileException;

/** Which files are found in folders, and which are not. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights of their own there")
class FoldersTest {
  @TempDir Path temp;

  private final List<String> passedOver = new ArrayList<>();

  private List<String> files(String folder) throws IOException {
    var tree = new PictureTree(temp);
    return Folders.files(temp.resolve(folder), Integer.MAX_VALUE, passedOver::add).stream()
        .map(tree::name)
        .toList();
  }

  private void passesOver(String... said) {
    assertEquals(
        List.of(said), passedOver.stream().map(line -> line.replace(temp + "/", "")).toList());
  }

  @Test
  void filesComeInTheOrderOfTheirNamesFolderByFolder() throws IOException {
    new PictureTree(temp).with("b/2.png", "b/10.png", "b-c/1.png", "a.png", "B/z.txt", "b/1/x.png");
    assertEquals(
        List.of("B/z.txt", "a.png", "b/1/x.png", "b/10.png", "b/2.png", "b-c/1.png"), files(""));
    assertEquals(
        List.of("a.png"),
        Folders.files(temp, 1, passedOver::add).stream().map(new PictureTree(temp)::name).toList());
    assertEquals(5, Folders.files(temp, 2, passedOver::add).size());
    passesOver();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".x.png", "._x.png", ".DS_Store", ".ipynb_checkpoints/x.png", "__MACOSX/x.png",
        "__MACOSX/a/._x.png", "Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini",
        "@eaDir/x.png", "$RECYCLE.BIN/x.png", "System Volume Information/x.png", "a/.hidden/x.png"
      })
  void hiddenFilesArePassedOverInSilence(String hidden) throws IOException {
    new PictureTree(temp).with("a/1.png", hidden);
    assertEquals(List.of("a/1.png"), files(""));
    passesOver();
  }

  @Test
  void aHiddenFolderThatIsAskedForIsRead() throws IOException {
    new PictureTree(temp).with(".a/1.png");
    assertEquals(List.of(".a/1.png"), files(".a"));
  }

  @Test
  void linksAreFollowed() throws IOException {
    new PictureTree(temp)
        .with(
            "far/ants/1.png", "far/2.png", "data/ants -> ../far/ants", "data/b.png -> ../far/2.png")
        .with("link -> data");
    assertEquals(List.of("data/ants/1.png", "data/b.png"), files("data"));
    assertEquals(List.of("link/ants/1.png", "link/b.png"), files("link"));
    assertEquals(List.of("link/ants/1.png", "link/b.png"), files("link/"));
    passesOver();
  }

  /** Each kind of loop, of which none may add a picture. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/ants/self -> .",
        "data/ants/self -> ../ants",
        "data/ants/up -> ..",
        "data/ants/up -> ../..",
        "data/ants/0 -> ../bees",
        "data/aaa -> bees",
        "data/zzz -> ants",
        "data/ants/deep/back -> ../../ants"
      })
  void nothingIsFoundTwice(String link) throws IOException {
    var tree = new PictureTree(temp).with("data/ants/1.png", "data/bees/2.png", "beside.png");
    if (link.contains("deep")) {
      tree.with("data/ants/deep/");
    }
    tree.with(link);
    assertEquals(List.of("data/ants/1.png", "data/bees/2.png"), files("data"));
    assertEquals(1, passedOver.size(), passedOver::toString);
    assertTrue(
        passedOver.getFirst().startsWith(temp.resolve(link.split(" ")[0]) + ", a link to /"),
        passedOver::toString);
    assertTrue(passedOver.getFirst().endsWith(", which is read already"), passedOver::toString);
  }

  /** A target of two links is found at the first of them, or at its own place if that is read. */
  @Test
  void linksThatMeetAreFollowedOnce() throws IOException {
    new PictureTree(temp)
        .with("far/in/1.png", "data/a -> ../far", "data/b -> ../far", "data/c -> ../far/in")
        .with("data/d.png -> ../far/in/1.png", "data/e.png -> e2.png", "data/e2.png")
        .with("other/1.png", "data/f.png -> ../other/1.png", "data/g.png -> ../other/1.png");
    assertEquals(List.of("data/a/in/1.png", "data/e2.png", "data/f.png"), files("data"));
    assertEquals(5, passedOver.size(), passedOver::toString);
    // Two that link to each other through a third.
    new PictureTree(temp).with("x/y/1.png", "x/z -> ../w", "w/v -> ../x");
    passedOver.clear();
    assertEquals(List.of("x/y/1.png"), files("x"));
    passesOver("x/z/v, a link to x, which is read already");
  }

  /** As stores of contents keep pictures: a link has the name, its target has not. */
  @Test
  void aLinkGivesAPictureItsName() throws IOException {
    new PictureTree(temp).with("blobs/0a1b", "ants/1.png -> ../blobs/0a1b");
    assertEquals(List.of("ants/1.png", "blobs/0a1b"), files(""));
  }

  @Test
  void linksThatLeadNowhereAreSaid() throws IOException {
    new PictureTree(temp).with("a.png -> none", "b -> ../none", "c -> d", "d -> c", "e.png");
    assertEquals(List.of("e.png"), files(""));
    passesOver(
        "a.png, a link to nothing",
        "b, a link to nothing",
        "c, a link that cannot be followed",
        "d, a link that cannot be followed");
  }

  @Test
  void whatIsNoPlainFileIsSaid() throws Exception {
    var pipe = temp.resolve("pipe.png");
    int status = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    assumeTrue(status == 0, "there is no mkfifo");
    new PictureTree(temp).with("a.png", "link.png -> pipe.png");
    assertEquals(List.of("a.png"), files(""));
    passesOver("pipe.png, which is not a plain file", "link.png, which is not a plain file");
  }

  @Test
  void foldersThatCannotBeReadAreSaid() throws IOException {
    new PictureTree(temp).with("a/1.png", "b/2.png");
    Files.setPosixFilePermissions(temp.resolve("a"), PosixFilePermissions.fromString("---------"));
    try {
      assumeFalse(Files.isReadable(temp.resolve("a")), "this user may read everything");
      assertEquals(List.of("b/2.png"), files(""));
      passesOver("a, which cannot be read");
      assertThrows(FileException.class, () -> files("a"));
    } finally {
      Files.setPosixFilePermissions(
          temp.resolve("a"), PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void foldersMayBeDeep() throws IOException {
    String deep = "d/".repeat(500);
    new PictureTree(temp).with(deep + "1.png");
    assertEquals(List.of(deep + "1.png"), files(""));
  }

  @Test
  void whatIsNoFolderIsRefused() throws IOException {
    new PictureTree(temp).with("a.png");
    assertThrows(FileException.class, () -> files("a.png"));
    assertThrows(FileException.class, () -> files("none"));
  }
}
