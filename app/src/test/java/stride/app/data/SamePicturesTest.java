package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import stride.data.ImageFolder;
import stride.image.Preprocessing;
import stride.tensor.Shape;

class SamePicturesTest {
  @TempDir Path temp;

  private Path picture(String name, String content) throws IOException {
    var file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private Optional<String> remark() throws IOException {
    return SamePictures.remark(pictures("train"), pictures("val"));
  }

  private ImageFolder pictures(String name) throws IOException {
    return ImageFolder.of(temp.resolve(name), Preprocessing.none(Shape.image(1, 1, 3)));
  }

  @Test
  void copiesAreFoundUnderAnyNameAndInAnyClass() throws IOException {
    picture("train/ants/1.png", "one");
    picture("train/ants/2.png", "two");
    picture("train/bees/3.png", "four");
    picture("val/ants/1.png", "owe");
    assertEquals(Optional.empty(), remark(), "a name and a size say nothing");
    var other = picture("val/bees/x.png", "two");
    assertEquals(
        "1 picture to measure with is learned from too, so that the accuracy says too much: %s,"
                .formatted(other)
            + " which is %s".formatted(temp.resolve("train/ants/2.png")),
        remark().orElseThrow());
    picture("val/bees/y.png", "two");
    picture("val/bees/3.png", "four");
    String said = remark().orElseThrow();
    assertTrue(said.startsWith("3 pictures to measure with are learned from too"), said);
    assertTrue(said.endsWith(" and others"), said);
  }

  /** Files that no array holds; they take no room on the disk. */
  @Test
  void filesOfMoreThanTwoGigabytesAreComparedToo() throws IOException {
    for (var name : List.of("train/ants/1.png", "val/ants/1.png")) {
      try (var file =
          FileChannel.open(
              picture(name, ""), StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
        file.write(ByteBuffer.wrap(new byte[] {1}), 1L << 31);
      }
    }
    assertTrue(remark().isPresent());
  }

  @Test
  void ofManyBytesOnlyFilesOfOneNameAreCompared() throws IOException {
    picture("train/ants/1.png", "one");
    picture("train/ants/2.png", "two");
    picture("val/ants/3.png", "one");
    assertTrue(SamePictures.remark(pictures("train"), pictures("val"), 9).isPresent());
    assertTrue(SamePictures.remark(pictures("train"), pictures("val"), 8).isEmpty());
    picture("val/bees/2.png", "two");
    var said = SamePictures.remark(pictures("train"), pictures("val"), 8).orElseThrow();
    assertTrue(said.startsWith("1 picture to measure with is learned from"), said);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights of their own there")
  void linksAreTheFilesThatTheyLeadTo() throws IOException {
    picture("train/ants/1.png", "one");
    Files.createDirectories(temp.resolve("val"));
    Files.createSymbolicLink(temp.resolve("val/ants"), Path.of("../train/ants"));
    assertTrue(remark().isPresent());
  }
}
