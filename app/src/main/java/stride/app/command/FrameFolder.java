package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import stride.app.console.Figures;
import stride.format.FileException;
import stride.image.Image;

/** A folder of numbered pictures: how one came to be. */
final class FrameFolder {
  private final Path folder;
  private int frames;

  private FrameFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * A folder, which is made if there is none.
   *
   * @throws FileException if it cannot be made, or holds frames already
   */
  static FrameFolder of(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
    if (Files.exists(frame(folder, 1))) {
      throw new FileException(
          "%s holds frames of another picture: name a new folder with --frames".formatted(folder));
    }
    return new FrameFolder(folder);
  }

  private static Path frame(Path folder, int number) {
    return folder.resolve(Figures.format("frame-%04d.png", number));
  }

  /** Writes the next picture; if that fails, no part of it is left. */
  void add(Image picture) throws IOException {
    picture.savePng(frame(folder, frames + 1));
    frames++;
  }
}
