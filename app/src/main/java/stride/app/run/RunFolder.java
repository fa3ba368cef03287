package stride.app.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stride.app.console.Figures;
import stride.format.AtomicFiles;
import stride.format.FileException;
import stride.format.FormatException;

/**
 * The folder of one training: {@code config.json}, {@code metrics.jsonl}, a TensorBoard event file,
 * {@code checkpoint.safetensors}, {@code best.safetensors} and, at the end, {@code
 * model.safetensors}; {@code changes.json} if it was resumed with other settings, {@code
 * failure.json} if it diverged; a folder {@code painted} of what a network that learns to paint
 * makes of a photo. While it is open no other process can open it; a process that dies lets go of
 * it.
 */
public final class RunFolder implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String CHANGES = "changes.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String EVENTS = "events.out.tfevents.stride";
  private static final String CHECKPOINT = "checkpoint.safetensors";
  private static final String BEST = "best.safetensors";
  private static final String GRADIENTS = "gradients.jsonl";
  private static final String MODEL = "model.safetensors";
  private static final String FAILURE = "failure.json";
  private static final String REPORT = "report.html";
  private static final String PAINTINGS = "painted";

  /** All that a run writes. */
  private static final List<String> FILES =
      List.of(
          CONFIG, CHANGES, METRICS, EVENTS, CHECKPOINT, BEST, GRADIENTS, MODEL, FAILURE, PAINTINGS);

  private static final int LONGEST_CONFIG = 1 << 16;

  private final Path folder;
  private final FileChannel lock;

  /** What the run was begun with, but for what was changed when it was resumed. */
  private RunConfig config;

  /** What was changed; empty if nothing ever was. */
  private RunChanges changes;

  /** The folders that were made for this run, the outermost first; empty if it was opened. */
  private final List<Path> made;

  private final boolean fresh;

  private RunFolder(
      Path folder,
      RunConfig begunWith,
      RunChanges changes,
      FileChannel lock,
      List<Path> made,
      boolean fresh) {
    this.folder = folder;
    this.config = changes.applyTo(begunWith);
    this.changes = changes;
    this.lock = lock;
    this.made = made;
    this.fresh = fresh;
  }

  /**
   * Begins a run in a new folder: {@code first} or, where there is something, {@code first-2},
   * {@code first-3} and so on.
   */
  public static RunFolder createBeside(Path first, RunConfig config) throws IOException {
    var made = makeParents(first);
    for (int number = 1; ; number++) {
      Path folder = number == 1 ? first : first.resolveSibling(first.getFileName() + "-" + number);
      try {
        // Made or refused in one step: of two processes at once, each gets its own.
        Files.createDirectory(folder);
        made.add(folder);
        return begin(folder, config, made);
      } catch (FileAlreadyExistsException e) {
        continue;
      } catch (IOException e) {
        remove(made);
        throw FileException.writing(folder, e);
      }
    }
  }

  /**
   * Begins a run in a folder, which is made if there is none.
   *
   * @throws FileException if it holds a run, or a file of a name that a run writes
   */
  public static RunFolder create(Path folder, RunConfig config) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileException("cannot write to %s: it is not a folder".formatted(folder));
    }
    for (var name : FILES) {
      if (Files.exists(folder.resolve(name))) {
        throw new FileException(
            name.equals(CONFIG)
                ? "%s holds a run already: go on with it by --resume %s, or choose another folder"
                    .formatted(folder, folder)
                : "%s holds %s, which the run would overwrite: choose another folder"
                    .formatted(folder, name));
      }
    }
    var made = makeParents(folder);
    if (!Files.exists(folder)) {
      try {
        Files.createDirectory(folder);
      } catch (IOException e) {
        remove(made);
        throw FileException.writing(folder, e);
      }
      made.add(folder);
    }
    return begin(folder, config, made);
  }

  /**
   * Opens an earlier run to go on with it.
   *
   * @throws FileException if there is none, or another process has it open
   */
  public static RunFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new FileException(
          "cannot go on with %s: %s"
              .formatted(
                  folder, Files.exists(folder) ? "it is not a folder" : "there is no such folder"));
    }
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new FileException(
          "cannot go on with %s: it holds no %s, so no run has begun there; begin one with --out %s"
              .formatted(folder, CONFIG, folder));
    }
    var config = config(file);
    var lock = lock(folder);
    try {
      AtomicFiles.sweep(folder);
      var changes = RunChanges.read(folder.resolve(CHANGES));
      return new RunFolder(folder, config, changes, lock, List.of(), false);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * The settings of the run in a folder, whether it is finished, going on or broken off.
   *
   * @throws FileException if there is no run
   */
  public static RunConfig configOf(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new FileException(
          "%s is not the folder of a run: it holds no %s".formatted(folder, CONFIG));
    }
    return RunChanges.read(folder.resolve(CHANGES)).applyTo(config(file));
  }

  /** Returns whether a folder holds a run. */
  public static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /**
   * Reads what a folder holds of a run.
   *
   * @throws FileException if there is no run
   */
  public static SavedRun read(Path folder) throws IOException {
    var config = configOf(folder);
    boolean finished = isFinished(folder);
    return new SavedRun(
        config,
        Metrics.read(folder.resolve(METRICS)),
        finished,
        finished ? Optional.empty() : RunFailure.read(folder.resolve(FAILURE)),
        modelOf(folder));
  }

  private static boolean isFinished(Path folder) throws IOException {
    return Files.exists(folder.resolve(MODEL))
        && !RunChanges.read(folder.resolve(CHANGES)).goingOn();
  }

  /**
   * Returns the trained model of the run in a folder or, of one that is not finished, that of its
   * best epoch; empty if there is none yet.
   */
  public static Optional<Path> modelOf(Path folder) throws IOException {
    var names = isFinished(folder) ? List.of(MODEL, BEST) : List.of(BEST, MODEL);
    return names.stream().map(folder::resolve).filter(Files::exists).findFirst();
  }

  /**
   * Reads the norm of each layer's gradient in a run's first epoch, in the layers' order.
   *
   * @throws FormatException if the run kept none
   */
  public static double[] firstGradientNorms(Path folder) throws IOException {
    Path file = folder.resolve(GRADIENTS);
    var epochs = JsonLines.read(file);
    if (!epochs.isEmpty() && epochs.getFirst().get("gradients") instanceof Map<?, ?> norms) {
      return norms.values().stream()
          .mapToDouble(norm -> norm instanceof Number number ? number.doubleValue() : Double.NaN)
          .toArray();
    }
    throw new FormatException(file + ": the first line has no \"gradients\"");
  }

  /** Returns where the page about the run in a folder is written. */
  public static Path reportIn(Path folder) {
    return folder.resolve(REPORT);
  }

  private static RunConfig config(Path file) throws IOException {
    return RunConfig.fromJson(bytes(file), file);
  }

  /** All bytes of a file of settings. */
  static byte[] bytes(Path file) throws IOException {
    try {
      if (Files.size(file) > LONGEST_CONFIG) {
        throw new FormatException(
            "%s: is %d bytes long, expected at most %d"
                .formatted(file, Files.size(file), LONGEST_CONFIG));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static RunFolder begin(Path folder, RunConfig config, List<Path> made)
      throws IOException {
    Path file = folder.resolve(CONFIG);
    try {
      AtomicFiles.write(file, out -> out.write(config.toJson()));
      return new RunFolder(folder, config, RunChanges.NONE, lock(folder), made, true);
    } catch (IOException e) {
      remove(made);
      throw e;
    }
  }

  /** Makes the folders above one; gives those that were not there, the outermost first. */
  private static List<Path> makeParents(Path folder) throws IOException {
    var missing = new ArrayList<Path>();
    Path parent = folder.toAbsolutePath().normalize().getParent();
    for (Path p = parent; p != null && !Files.exists(p); p = p.getParent()) {
      missing.addFirst(p);
    }
    try {
      if (parent != null) {
        Files.createDirectories(parent);
      }
    } catch (FileAlreadyExistsException e) {
      throw new FileException("cannot write %s: %s is not a folder".formatted(folder, e.getFile()));
    } catch (IOException e) {
      remove(missing);
      throw FileException.writing(folder, e);
    }
    return missing;
  }

  /** Deletes folders, the innermost first, as far as they are empty. */
  private static void remove(List<Path> folders) throws IOException {
    for (var folder : folders.reversed()) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  /** The lock is on the configuration: the one file that is never replaced. */
  private static FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    } catch (IOException e) {
      // Some network file systems have no locks; they must not keep anyone from training.
      locked = true;
    }
    if (!locked) {
      channel.close();
      throw new FileException(
          "cannot go on with %s: another process is training it".formatted(folder));
    }
    return channel;
  }

  /** The folder itself, as it was given. */
  public Path path() {
    return folder;
  }

  /** The run's settings: what it was begun with, or what they were changed to. */
  public RunConfig config() {
    return config;
  }

  /**
   * Goes on with some settings changed. They are kept on disk by {@link #keepChanges}, once it is
   * known that the run can go on with them.
   */
  public void change(Map<String, Object> settings) {
    changes = changes.with(settings);
    config = changes.applyTo(config);
  }

  /** Keeps on disk what was changed, and that the run is not finished; nothing without changes. */
  public void keepChanges() throws IOException {
    changes.write(folder.resolve(CHANGES));
  }

  /** Keeps on disk that the run has come to its end, once its model is saved. */
  public void finish() throws IOException {
    changes = changes.finished();
    keepChanges();
  }

  /** A line of JSON for each finished epoch. */
  public Path metrics() {
    return folder.resolve(METRICS);
  }

  /** An event for each finished epoch, which TensorBoard finds by this name. */
  public Path events() {
    return folder.resolve(EVENTS);
  }

  /** Where the training stands. */
  public Path checkpoint() {
    return folder.resolve(CHECKPOINT);
  }

  /** The model of the best epoch so far. */
  public Path best() {
    return folder.resolve(BEST);
  }

  /** The norms of each layer's gradient, a line of JSON for each finished epoch, if asked for. */
  public Path gradients() {
    return folder.resolve(GRADIENTS);
  }

  /** The folder of what a network that learns to paint makes of a photo. */
  public Path paintings() {
    return folder.resolve(PAINTINGS);
  }

  /**
   * A picture that was painted in a training.
   *
   * @param epoch the number of the epoch, from 1
   * @param step the steps done in it; 0 after the whole epoch
   */
  public Path painting(int epoch, int step) {
    return paintings()
        .resolve(
            step == 0
                ? Figures.format("epoch-%04d.png", epoch)
                : Figures.format("epoch-%04d-step-%06d.png", epoch, step));
  }

  /** What the network of the run in a folder painted, in order; empty if it paints nothing. */
  public static List<Path> paintingsOf(Path folder) throws IOException {
    var paintings = folder.resolve(PAINTINGS);
    if (!Files.isDirectory(paintings)) {
      return List.of();
    }
    try (var files = Files.list(paintings)) {
      return files
          .filter(file -> file.toString().endsWith(".png"))
          // The whole epoch comes after its steps.
          .sorted(Comparator.comparing(file -> file.toString().replace(".png", "~")))
          .toList();
    } catch (IOException e) {
      throw FileException.reading(paintings, e);
    }
  }

  /** The trained model; there once the run is finished. */
  public Path model() {
    return folder.resolve(MODEL);
  }

  /** Whether the training has come to its end. */
  public boolean isFinished() {
    return Files.exists(model()) && !changes.goingOn();
  }

  /**
   * Keeps on disk what ended the training before its time, where there is something to go on with.
   *
   * @param sentence for users
   */
  public void fail(String sentence) throws IOException {
    if (Files.exists(folder.resolve(CONFIG))) {
      RunFailure.write(folder.resolve(FAILURE), sentence);
    }
  }

  /** Takes away what ended an earlier attempt: the training goes on. */
  public void clearFailure() throws IOException {
    Files.deleteIfExists(folder.resolve(FAILURE));
  }

  /**
   * Takes a run that failed before its first checkpoint away again: there is nothing to go on with.
   * Does nothing to a run with a checkpoint, or of an earlier process.
   */
  public void discard() throws IOException {
    if (!fresh || Files.exists(checkpoint())) {
      return;
    }
    close();
    AtomicFiles.sweep(folder);
    for (var file : List.of(metrics(), events(), best(), gradients(), folder.resolve(CONFIG))) {
      Files.deleteIfExists(file);
    }
    for (var painting : paintingsOf(folder)) {
      Files.deleteIfExists(painting);
    }
    Files.deleteIfExists(paintings());
    remove(made);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
