package stride.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.Samples;

/** The Java of docs/onnx.md, compiled and run. */
final class OnnxPageTest {
  @TempDir Path folder;

  @Test
  void aProgramRunsOnRawTensors() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "onnx.md"));
    var block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
    // The pages' other programs are run by the command line's tests.
    boolean raw = false;
    while (!raw && block.find()) {
      raw = block.group(1).contains("class Raw");
    }
    Path source = Files.writeString(folder.resolve("Raw.java"), block.group(1));
    var compiler = ToolProvider.getSystemJavaCompiler();
    assertEquals(
        0,
        compiler.run(
            null,
            null,
            null,
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            folder.toString(),
            source.toString()));
    Path model = folder.resolve("mean.onnx");
    OnnxFile.write(
        Samples.model(
            17,
            Samples.graph(
                List.of(
                    Samples.node(
                        "ReduceMean",
                        List.of("x"),
                        "y",
                        AttributeProto.of("axes", new long[] {0, 2, 3}),
                        AttributeProto.of("keepdims", 0))),
                List.of(Samples.value("x", -1, 3, 224, 224)),
                List.of(Samples.value("y", 3)))),
        model);
    int plane = 224 * 224;
    var pixels = new float[3 * plane];
    Arrays.fill(pixels, plane, 2 * plane, 1);
    Arrays.fill(pixels, 2 * plane, 3 * plane, 2);
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      var scores = loader.loadClass("Raw").getDeclaredMethod("scores", Path.class, float[].class);
      scores.setAccessible(true);
      assertArrayEquals(new float[] {0, 1, 2}, (float[]) scores.invoke(null, model, pixels), 1e-6f);
    }
  }
}
