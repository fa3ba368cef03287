package stride.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static stride.format.FormatException.quote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Files that are mistaken for files of tensors: other formats, archives, and pages that servers
 * send in place of a file. They are recognised by their first bytes, and the message says what to
 * do.
 */
final class ForeignFile {
  private static final int START_BYTES = 4096;

  private static final Pattern TITLE =
      Pattern.compile(
          "<title[^>]*>\\s*(.*?)\\s*</title>", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern LFS_SIZE = Pattern.compile("(?m)^size ([0-9]+)$");

  private static final String AGAIN = "download it again";
  private static final String UNPACK = "unpack it and give the file in it";
  private static final String FROM_PYTHON =
      "in Python, save its weights with safetensors or numpy.savez, under the network's names";

  /** A format, recognised by the bytes, one a character, at a place in its files. */
  private record Magic(int at, String bytes, String name, String advice) {
    boolean isIn(String start) {
      return start.startsWith(bytes, at);
    }
  }

  private static final List<Magic> FORMATS =
      List.of(
          new Magic(0, "\u0089HDF\r\n\u001a\n", "an HDF5 file, as Keras writes", FROM_PYTHON),
          new Magic(4, "TFL3", "a TensorFlow Lite model", FROM_PYTHON),
          new Magic(0, "\b\1\u0012", "a TensorFlow model", FROM_PYTHON),
          new Magic(0, "GGUF", "a GGUF file, of llama.cpp", FROM_PYTHON),
          new Magic(0, "MATLAB 5.0 MAT-file", "a MATLAB file", FROM_PYTHON),
          new Magic(
              0,
              "\u0080",
              "a Python pickle that torch.save has not written",
              "in Python, torch.save its tensors as a dict"),
          new Magic(257, "ustar", "a tar archive", UNPACK),
          new Magic(0, "\u001f\u008b", "a file compressed with gzip", UNPACK),
          new Magic(0, "BZh", "a file compressed with bzip2", UNPACK),
          new Magic(0, "\u00fd7zXZ\0", "a file compressed with xz", UNPACK),
          new Magic(0, "\u0028\u00b5\u002f\u00fd", "a file compressed with Zstandard", UNPACK),
          new Magic(0, "7z\u00bc\u00af\u0027\u001c", "a 7z archive", UNPACK),
          new Magic(0, "Rar!\u001a\u0007", "a RAR archive", UNPACK),
          new Magic(0, "PK\5\6", "an empty zip file", AGAIN),
          new Magic(0, "\u0089PNG\r\n\u001a\n", "a PNG picture", "give the weights' file"),
          new Magic(0, "\u00ff\u00d8\u00ff", "a JPEG picture", "give the weights' file"),
          new Magic(0, "GIF8", "a GIF picture", "give the weights' file"),
          new Magic(8, "WEBP", "a WebP picture", "give the weights' file"),
          new Magic(0, "%PDF-", "a PDF document", "give the weights' file"));

  private ForeignFile() {}

  /** Returns the exception for a file in no format that is read. */
  static FormatException refusal(OpenFile file) throws IOException {
    var bytes = new byte[(int) Math.min(file.size(), START_BYTES)];
    file.read(0, ByteBuffer.wrap(bytes));
    return new FormatException(
        "%s: is no file of tensors%s".formatted(file.file(), description(bytes)));
  }

  private static String description(byte[] bytes) {
    String start = new String(bytes, ISO_8859_1);
    if (bytes.length == 0) {
      return ", it is empty: " + AGAIN;
    }
    if (start.chars().allMatch(c -> c == 0)) {
      return ", it begins with nothing but zeros, as an unfinished download does: " + AGAIN;
    }
    for (var format : FORMATS) {
      if (format.isIn(start)) {
        return but(format.name, format.advice);
      }
    }
    if (isOnnx(bytes)) {
      return but("an ONNX model", FROM_PYTHON);
    }
    return isText(start)
        ? text(new String(bytes, UTF_8).replace("\uFEFF", "").strip())
        : "; safetensors, PyTorch checkpoints and NumPy arrays are read";
  }

  private static String but(String what, String advice) {
    return ", but %s: %s".formatted(what, advice);
  }

  /**
   * Returns whether the bytes begin an ONNX ModelProto: its version, a small number, and one of its
   * other fields.
   */
  private static boolean isOnnx(byte[] bytes) {
    return bytes.length > 2
        && bytes[0] == 8
        && bytes[1] > 1
        && bytes[1] < 32
        && List.of(0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72).contains((int) bytes[2]);
  }

  private static boolean isText(String start) {
    return start.chars().allMatch(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r');
  }

  private static String text(String text) {
    String small = text.toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs.github.com/spec/")) {
      var size = LFS_SIZE.matcher(text);
      return but(
          "a Git LFS pointer to a file" + (size.find() ? " of " + size.group(1) + " bytes" : ""),
          "git lfs pull gets the file itself");
    }
    if (small.startsWith("<!doctype html")
        || small.startsWith("<html")
        || small.startsWith("<head")) {
      var title = TITLE.matcher(text);
      return but(
          "an HTML page" + (title.find() ? ", " + quote(title.group(1)) : ""),
          "download the file itself, by the address of its \"download\" or \"raw\" button");
    }
    if (small.contains("\"weight_map\"")) {
      return but(
          "the index of weights that are spread over several files",
          "in Python, save them as one safetensors file");
    }
    String kind =
        text.startsWith("{") || text.startsWith("[")
            ? "JSON"
            : text.startsWith("<") ? "XML" : "text";
    return but(
        "%s that begins with %s".formatted(kind, quote(text)),
        "if a server gave it in the place of the file, download that again");
  }

  /** Returns the exception for a zip file that is neither a PyTorch checkpoint nor NumPy arrays. */
  static FormatException refusal(ZipDirectory zip) {
    var names = zip.entries().keySet();
    return new FormatException(
        "%s: is a zip file, but neither a PyTorch checkpoint nor NumPy arrays%s"
            .formatted(zip.file(), content(names)));
  }

  private static String content(Collection<String> names) {
    if (names.stream().anyMatch(name -> name.endsWith("model.weights.h5"))) {
      return ", but a Keras model: " + FROM_PYTHON;
    }
    var weights =
        names.stream()
            .filter(name -> name.matches("(?i).*\\.(pth?|safetensors|npz|th|bin)"))
            .toList();
    if (!weights.isEmpty()) {
      return "; unpack it, and give %s".formatted(quote(weights.getFirst()));
    }
    return names.isEmpty()
        ? ": it is empty"
        : "; it holds %s%s"
            .formatted(
                quote(names.iterator().next()),
                names.size() > 1 ? " and " + (names.size() - 1) + " more" : "");
  }
}
