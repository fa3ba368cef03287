package stride.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import stride.train.Callback;
import stride.train.Progress;

/**
 * The checkpoints of a training in any file system that Hadoop reads. A checkpoint has its name
 * only once it is complete; the newest two are kept. The task of rank 0 alone writes here.
 */
final class CheckpointFolder implements Callback {
  private static final String SUFFIX = ".safetensors";
  private static final int KEPT = 2;

  private final FileSystem files;
  private final Path folder;
  private final Configuration configuration;
  private @Nullable Progress progress;

  /**
   * The folder of a training.
   *
   * @param folder it need not be there yet
   * @param configuration opens it
   */
  CheckpointFolder(String folder, Configuration configuration) throws IOException {
    this.folder = new Path(folder);
    this.configuration = configuration;
    files = this.folder.getFileSystem(configuration);
  }

  /** The complete checkpoints, the oldest first: their names begin with the epoch and the step. */
  private List<Path> complete() throws IOException {
    var found = new ArrayList<Path>();
    try {
      for (var file : files.listStatus(folder)) {
        if (file.getPath().getName().startsWith("checkpoint-")
            && file.getPath().getName().endsWith(SUFFIX)) {
          found.add(file.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    found.sort(Comparator.comparing(Path::getName));
    return found;
  }

  /**
   * Copies the newest complete checkpoint to this machine.
   *
   * @param file where to
   * @return whether there is one
   */
  boolean fetch(java.nio.file.Path file) throws IOException {
    var complete = complete();
    return !complete.isEmpty()
        && FileUtil.copy(files, complete.getLast(), file.toFile(), false, configuration);
  }

  @Override
  public void begin(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void saved(java.nio.file.Path checkpoint) throws IOException {
    var at = progress;
    if (at == null) {
      return;
    }
    var complete =
        new Path(folder, "checkpoint-%06d-%09d%s".formatted(at.epoch(), at.step(), SUFFIX));
    var begun = new Path(folder, "." + UUID.randomUUID());
    files.mkdirs(folder);
    try {
      files.copyFromLocalFile(false, true, new Path(checkpoint.toUri()), begun);
      // A training that is tried again writes the same bits under the same name.
      files.delete(complete, false);
      if (!files.rename(begun, complete)) {
        throw new IOException("%s cannot be renamed to %s".formatted(begun, complete));
      }
    } catch (IOException e) {
      throw new IOException(
          "a checkpoint cannot be written to %s: %s".formatted(folder, e.getMessage()), e);
    }
    deleteOlder();
  }

  private void deleteOlder() throws IOException {
    var complete = complete();
    for (var old : complete.subList(0, Math.max(0, complete.size() - KEPT))) {
      files.delete(old, false);
    }
  }

  /** Deletes what a task has left that was killed while it wrote. */
  void clear() throws IOException {
    try {
      for (var file : files.listStatus(folder)) {
        if (file.getPath().getName().startsWith(".")) {
          files.delete(file.getPath(), false);
        }
      }
    } catch (FileNotFoundException e) {
      // There is no folder yet.
    }
  }
}
