package stride.format;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.TestData;
import stride.tensor.Shape;

/** Files that are given for weights and are none: what they are is said, and what to do. */
final class ForeignFileTest {
  @TempDir Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] padded(String start) {
    return Arrays.copyOf(bytes(start), 3000);
  }

  static Stream<Arguments> files() throws IOException {
    String page =
        "\n"
            + "<!DOCTYPE html>\n"
            + "<html lang=\"en\"><head>\n"
            + "<title>\n"
            + "  Sign in to GitHub · GitHub </title></head><body>"
            + "x".repeat(9000);
    return Stream.of(
        Arguments.of(
            "an LFS pointer",
            bytes(
                "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0"
                    + "ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 46830571\n"),
            "but a Git LFS pointer to a file of 46830571 bytes: git lfs pull"),
        Arguments.of(
            "a page",
            page.getBytes(StandardCharsets.UTF_8),
            "but an HTML page, \"Sign in to GitHub · GitHub\": download the file itself"),
        Arguments.of("a page in capitals", bytes("<HTML><BODY>no</BODY>"), "but an HTML page: "),
        Arguments.of(
            "a page behind a byte order mark",
            ("\uFEFF" + page).getBytes(StandardCharsets.UTF_8),
            "but an HTML page"),
        Arguments.of(
            "an error of Hugging Face",
            bytes("{\"error\":\"Repository not found\"}"),
            "but JSON that begins with \"{\"error\":\"Repository not found\"}\": if a server"),
        Arguments.of(
            "an error of S3",
            bytes("<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>"),
            "but XML that begins with \"<?xml"),
        Arguments.of("a word", bytes("Entry not found"), "but text that begins with \"Entry not"),
        Arguments.of("a letter", bytes("x"), "but text that begins with \"x\""),
        Arguments.of(
            "an index",
            bytes("{\"metadata\": {}, \"weight_map\": {\"a\": \"model-00001-of-00002\"}}"),
            "but the index of weights that are spread over several files"),
        Arguments.of("nothing", new byte[0], "it is empty: download it again"),
        Arguments.of("zeros", new byte[5000], "nothing but zeros, as an unfinished download"),
        Arguments.of("Keras", padded("\u0089HDF\r\n\u001a\n"), "but an HDF5 file, as Keras writes"),
        Arguments.of("Keras 3", zip("config.json", "model.weights.h5"), "but a Keras model"),
        Arguments.of("ONNX", padded("\b\6\u0012\7pytorch"), "but an ONNX model"),
        Arguments.of("ONNX of Paddle", padded("\b\b:\u00c3"), "but an ONNX model"),
        Arguments.of("a saved model", padded("\b\1\u0012\u00ff"), "but a TensorFlow model"),
        Arguments.of("TF Lite", padded("\u001c\0\0\0TFL3"), "but a TensorFlow Lite model"),
        Arguments.of("GGUF", padded("GGUF\3"), "but a GGUF file"),
        Arguments.of("MATLAB", padded("MATLAB 5.0 MAT-file"), "but a MATLAB file"),
        Arguments.of("a pickle", bytes("\u0080\4\u0095\5}."), "but a Python pickle that torch"),
        Arguments.of("gzip", gzip(), "but a file compressed with gzip: unpack it"),
        Arguments.of("tar", tar(), "but a tar archive: unpack it"),
        Arguments.of("bzip2", padded("BZh91AY&SY"), "but a file compressed with bzip2"),
        Arguments.of("xz", padded("\u00fd7zXZ\0\0\4"), "but a file compressed with xz"),
        Arguments.of("zstd", padded("(\u00b5/\u00fd"), "but a file compressed with Zstandard"),
        Arguments.of("7z", padded("7z\u00bc\u00af'\u001c"), "but a 7z archive"),
        Arguments.of("rar", padded("Rar!\u001a\7\1"), "but a RAR archive"),
        Arguments.of("a picture", padded("\u0089PNG\r\n\u001a\n"), "but a PNG picture"),
        Arguments.of("a photo", padded("\u00ff\u00d8\u00ff\u00e0"), "but a JPEG picture"),
        Arguments.of("a paper", padded("%PDF-1.7"), "but a PDF document"),
        Arguments.of("an empty zip", zip(), "but an empty zip file"),
        Arguments.of(
            "weights in a zip",
            zip("readme.txt", "best/model.pth"),
            "neither a PyTorch checkpoint nor NumPy arrays; unpack it, and give"
                + " \"best/model.pth\""),
        Arguments.of(
            "something in a zip",
            zip("a.txt", "b.txt", "c.txt"),
            "neither a PyTorch checkpoint nor NumPy arrays; it holds \"a.txt\" and 2 more"),
        Arguments.of(
            "half a zip",
            Arrays.copyOf(zip("a/data.pkl", "a/data/0"), 90),
            "it is truncated or damaged, download it again"),
        Arguments.of(
            "what nobody knows",
            padded("\1\2\3\4\5\6"),
            "is no file of tensors; safetensors, PyTorch checkpoints and NumPy arrays are read"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void isSaidWhatItIs(String name, byte[] content, String expected) throws IOException {
    for (var suffix : List.of(".pth", ".safetensors", ".npz", "")) {
      var file = Files.write(folder.resolve("weights" + suffix), content);
      var thrown = assertThrows(FormatException.class, () -> TensorFile.open(file).close());
      String said = thrown.getMessage();
      assertTrue(said.startsWith(file + ": "), said);
      assertTrue(said.contains(expected), said);
      assertFalse(said.contains("\n"), said);
      assertTrue(said.length() < 400, said);
    }
  }

  /** Whole files of tensors are none of these, wherever they are cut off. */
  @Test
  void aDownloadThatWasBrokenOffIsTold() throws IOException {
    var file = folder.resolve("w.safetensors");
    new SafetensorsWriter().floats("w", Shape.of(100), new float[100]).write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {20, 60, 100, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      var thrown = assertThrows(FormatException.class, () -> TensorFile.open(file).close());
      assertTrue(
          thrown.getMessage().endsWith("is truncated, download it again"),
          length + ": " + thrown.getMessage());
    }
  }

  @Test
  void realOnnxModelsAreToldFromOthers() throws IOException {
    int[] count = {0};
    try (var files = Files.list(TestData.require("onnx/models"))) {
      for (var file : files.filter(f -> f.toString().endsWith(".onnx")).toList()) {
        var thrown = assertThrows(FormatException.class, () -> TensorFile.open(file).close());
        assertTrue(thrown.getMessage().contains("but an ONNX model"), thrown.getMessage());
        count[0]++;
      }
    }
    assertTrue(count[0] > 0);
  }

  private static byte[] gzip() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(new byte[500]);
    }
    return out.toByteArray();
  }

  private static byte[] tar() {
    byte[] header = Arrays.copyOf(bytes("model.pth"), 1024);
    System.arraycopy(bytes("ustar"), 0, header, 257, 5);
    return header;
  }

  private static byte[] zip(String... names) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (var name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes("something"));
      }
    }
    return out.toByteArray();
  }
}
