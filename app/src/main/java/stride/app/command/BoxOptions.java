package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.report.BoxPainter;
import stride.app.report.CopyFolder;
import stride.app.report.OutputFile;
import stride.detection.Detector;

/**
 * The options of a command that are about boxes: which of them are given, and where they are drawn.
 * A command has it as {@code @Mixin}.
 */
public final class BoxOptions {
  /** Of boxes that are less sure than this, most are wrong. */
  private static final double USUAL_SCORE = 0.25;

  @Option(
      names = "--min-score",
      paramLabel = "X",
      description =
          "Name objects with scores above this one. Default: 0.25, or more if the network has it.")
  private @Nullable Double minScore;

  @Option(
      names = "--max-boxes",
      paramLabel = "N",
      description = "How many objects of a picture to name, the surest first. Default: 100.")
  private @Nullable Integer maxBoxes;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Draw boxes and names on copies of the pictures, into this folder.")
  private @Nullable Path out;

  /**
   * Refuses these options for a network that classifies pictures.
   *
   * @throws UsageException if any is given
   */
  public void refuse(String network) {
    if (minScore != null) {
      throw new UsageException(
          "--min-score goes with networks that find boxes, %s classifies pictures: --top says how many classes to name"
              .formatted(network));
    }
    if (maxBoxes != null) {
      throw new UsageException(
          "--max-boxes goes with networks that find boxes, %s classifies pictures: --top says how many classes to name"
              .formatted(network));
    }
    if (out != null) {
      throw new UsageException(
          "--out goes with networks that find boxes, %s classifies pictures: stride explain draws where it looks"
              .formatted(network));
    }
  }

  /**
   * Checks what is given.
   *
   * @throws UsageException if a number is out of its range, or the folder is named like a file
   */
  public void check() {
    if (minScore != null && !(minScore >= 0 && minScore < 1)) {
      throw new UsageException("--min-score takes a number from 0 to below 1, found " + minScore);
    }
    if (maxBoxes != null) {
      CommonOptions.atLeastOne("--max-boxes", maxBoxes);
    }
    if (out != null) {
      OutputFile.requireFolderName("--out", out);
    }
  }

  /** The detector with what is given. */
  public Detector limit(Detector detector) {
    var limited =
        detector.minScore(
            minScore == null ? Math.max(USUAL_SCORE, detector.limits().minScore()) : minScore);
    return maxBoxes == null ? limited : limited.maxBoxes(maxBoxes);
  }

  /**
   * What draws the boxes; null if they are not to be drawn.
   *
   * @param pictures the pictures to draw on copies of
   * @throws UsageException if a copy could replace one of the pictures
   * @throws IOException if the folder cannot be made
   */
  public @Nullable BoxPainter drawing(List<Path> pictures) throws IOException {
    if (out == null) {
      return null;
    }
    CopyFolder.of(out).requireElsewhere(pictures, "drawn");
    return BoxPainter.into(out);
  }
}
