package stride.onnx.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FormatException;
import stride.onnx.proto.StringStringEntryProto;

/**
 * The files beside a model that hold weights. Only files in the model's own folder and below are
 * opened, whatever the model says (CVE-2022-25882, CVE-2024-27318): no absolute path, none with
 * "..", and no link that leads elsewhere.
 */
public final class ExternalData {
  private final String model;
  private final @Nullable Path folder;
  private final Map<Path, ByteBuffer> mapped = new HashMap<>();

  private ExternalData(String model, @Nullable Path folder) {
    this.model = model;
    this.folder = folder;
  }

  /**
   * Returns the files beside a model.
   *
   * @param model the model's file
   * @return access to its neighbours
   */
  public static ExternalData beside(Path model) {
    return new ExternalData(model.toString(), model.toAbsolutePath().getParent());
  }

  /**
   * Returns access to no file, for a model that was read from memory.
   *
   * @param model the model's name for messages
   * @return access to nothing
   */
  public static ExternalData none(String model) {
    return new ExternalData(model, null);
  }

  /**
   * Returns the model's name for messages.
   *
   * @return the name
   */
  String model() {
    return model;
  }

  /** Returns a view of a tensor's bytes. */
  ByteBuffer bytes(String tensor, List<StringStringEntryProto> entries) throws IOException {
    String what = model + ": the tensor " + FormatException.quote(tensor);
    String location = "";
    long offset = 0;
    long length = -1;
    for (var entry : entries) {
      switch (entry.key()) {
        case "location" -> location = entry.value();
        case "offset" -> offset = number(what, entry);
        case "length" -> length = number(what, entry);
        default -> {}
      }
    }
    Path file = file(what, location);
    long size = Files.size(file);
    if (length < 0) {
      length = size - offset;
    }
    if (offset > size || length > size - offset || length < 0) {
      throw new FormatException(
          "%s lies in %s from byte %,d on, %,d long, but that file has %,d bytes: it is truncated or another model's"
              .formatted(what, file, offset, length, size));
    }
    if (length > Integer.MAX_VALUE) {
      throw new FormatException("%s has %,d bytes, more than 2 GiB".formatted(what, length));
    }
    if (size > Integer.MAX_VALUE) {
      return map(file, offset, length);
    }
    ByteBuffer whole = mapped.get(file);
    if (whole == null) {
      whole = map(file, 0, size);
      mapped.put(file, whole);
    }
    return whole.slice((int) offset, (int) length);
  }

  private static ByteBuffer map(Path file, long from, long length) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, from, length);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static long number(String what, StringStringEntryProto entry) throws FormatException {
    try {
      long number = Long.parseLong(entry.value());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a negative number is.
    }
    throw new FormatException(
        "%s lies in another file with the %s %s, expected a number of bytes"
            .formatted(what, entry.key(), FormatException.quote(entry.value())));
  }

  private Path file(String what, String location) throws IOException {
    if (folder == null) {
      throw new FormatException(
          "%s lies in another file, %s: load the model from a file beside it"
              .formatted(what, FormatException.quote(location)));
    }
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw elsewhere(what, location);
    }
    boolean leadsOut = relative.isAbsolute() || location.isEmpty() || location.startsWith("\\");
    for (Path part : relative) {
      leadsOut |= part.toString().equals("..");
    }
    if (leadsOut) {
      throw elsewhere(what, location);
    }
    Path file = folder.resolve(relative);
    FileException.requireFile(file);
    if (!file.toRealPath().startsWith(folder.toRealPath())) {
      throw elsewhere(what, location);
    }
    return file;
  }

  private FormatException elsewhere(String what, String location) {
    return new FormatException(
        "%s lies in the file %s, which is not in the model's folder %s: only files there are read"
            .formatted(what, FormatException.quote(location), folder));
  }
}
