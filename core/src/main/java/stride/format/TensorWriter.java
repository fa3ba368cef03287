package stride.format;

import java.io.IOException;
import java.nio.file.Path;
import stride.tensor.Shape;

/** Collects tensors and writes them to one file, which Python can read. */
public sealed interface TensorWriter permits SafetensorsWriter, TorchWriter {

  /**
   * Adds a tensor of type F32. The values are read when the file is written.
   *
   * @param name the tensor's name
   * @param shape its sizes
   * @param values an array with the tensor's values, row-major, from {@code offset} on
   * @param offset the place of the first value
   * @return this writer
   * @throws IllegalArgumentException if a tensor of this name has been added
   */
  TensorWriter floats(String name, Shape shape, float[] values, int offset);

  /**
   * Adds a tensor of type F32 that has all of {@code values}.
   *
   * @param name the tensor's name
   * @param shape its sizes
   * @param values the values, row-major; read when the file is written
   * @return this writer
   * @throws IllegalArgumentException if a tensor of this name has been added, or the shape is not
   *     that of the values
   */
  TensorWriter floats(String name, Shape shape, float[] values);

  /**
   * Adds a tensor of type I64. The values are read when the file is written.
   *
   * @param name the tensor's name
   * @param shape its sizes
   * @param values the values, row-major
   * @return this writer
   * @throws IllegalArgumentException if a tensor of this name has been added, or the shape is not
   *     that of the values
   */
  TensorWriter longs(String name, Shape shape, long... values);

  /**
   * Adds a tensor of another file, in the type that it has there. Its numbers are read when this
   * file is written, so the other one must still be open then.
   *
   * @param name the tensor's name in this file
   * @param file the other file
   * @param source the tensor's name there
   * @return this writer
   * @throws FormatException if the other file has no tensor named {@code source}
   * @throws IllegalArgumentException if a tensor of this name has been added
   */
  TensorWriter copy(String name, TensorFile file, String source) throws IOException;

  /**
   * Writes the file, or replaces it, whole or not at all.
   *
   * @param file the file
   * @throws FileException if that fails; an earlier file is unchanged
   */
  void write(Path file) throws IOException;
}
