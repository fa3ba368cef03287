package stride.onnx.proto;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import stride.format.AtomicFiles;
import stride.format.FileException;
import stride.format.FormatException;

/**
 * Reads and writes ONNX files. A file is mapped, not copied: the tensors' bytes are views of the
 * mapping, which lives as long as one of them does. A program that shortens the file meanwhile
 * makes the JVM throw an {@link InternalError}.
 */
public final class OnnxFile {
  private OnnxFile() {}

  /**
   * Reads a model.
   *
   * @param file an ONNX file
   * @return the model, whose tensors are views of the file
   * @throws FormatException if it is no ONNX file, truncated or damaged, or has 2 GiB or more,
   *     which protocol buffers cannot have
   * @throws FileException if it cannot be read
   */
  public static ModelProto read(Path file) throws IOException {
    return read(map(file), file.toString());
  }

  /**
   * Reads a model from memory.
   *
   * @param bytes an ONNX file's bytes
   * @param name the file's name for messages
   * @return the model, whose tensors are views of {@code bytes}
   * @throws FormatException if they are no ONNX file, truncated or damaged
   */
  public static ModelProto read(ByteBuffer bytes, String name) throws FormatException {
    return ModelProto.read(name, new WireReader(name, "ModelProto", bytes));
  }

  /**
   * Reads a file that holds one tensor, such as the inputs of ONNX's own tests.
   *
   * @param file a file with a {@code TensorProto}
   * @return the tensor, whose bytes are a view of the file
   * @throws FormatException if it is truncated or damaged
   * @throws FileException if it cannot be read
   */
  public static TensorProto readTensor(Path file) throws IOException {
    return TensorProto.read(new WireReader(file.toString(), "TensorProto", map(file)));
  }

  /**
   * Writes a model whole or not at all.
   *
   * @param model the model
   * @param target the file
   * @throws FileException if it cannot be written
   * @throws IllegalArgumentException if it would have 2 GiB or more, which protocol buffers cannot
   */
  public static void write(ModelProto model, Path target) throws IOException {
    WireWriter writer = written(model);
    AtomicFiles.write(target, writer::writeTo);
  }

  /**
   * Returns a model as a file's bytes.
   *
   * @param model the model
   * @return the bytes
   * @throws IllegalArgumentException if they would be 2 GiB or more
   */
  public static byte[] bytes(ModelProto model) {
    WireWriter writer = written(model);
    var bytes = new ByteArrayOutputStream((int) writer.size());
    try {
      writer.writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static WireWriter written(ModelProto model) {
    var writer = new WireWriter();
    model.write(writer);
    if (writer.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model has %,d bytes, an ONNX file can have %,d at most"
              .formatted(writer.size(), Integer.MAX_VALUE));
    }
    return writer;
  }

  private static ByteBuffer map(Path file) throws IOException {
    FileException.requireFile(file);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new FormatException(
            "%s: has %,d bytes, an ONNX file has less than 2 GiB and larger weights beside it"
                .formatted(file, channel.size()));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }
}
