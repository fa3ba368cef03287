package stride.distributed;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Several messages, or arrays of numbers, as one message. */
final class Messages {
  private Messages() {}

  /** The messages of some tasks, one after another, each behind its length. */
  static byte[] join(List<Integer> tasks, byte[][] all) {
    int length = tasks.stream().mapToInt(task -> Integer.BYTES + all[task].length).sum();
    var joined = ByteBuffer.allocate(length);
    for (int task : tasks) {
      joined.putInt(all[task].length).put(all[task]);
    }
    return joined.array();
  }

  /** Puts the messages of some tasks to their places. */
  static void split(byte[] joined, List<Integer> tasks, byte[][] all) throws IOException {
    var in = ByteBuffer.wrap(joined);
    try {
      for (int task : tasks) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          throw new IOException("a message has %d of %d bytes".formatted(in.remaining(), length));
        }
        all[task] = new byte[length];
        in.get(all[task]);
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("a message is too short", e);
    }
  }

  /** Arrays of numbers, each behind its length. */
  static byte[] of(double[][] numbers) {
    int length = 0;
    for (double[] own : numbers) {
      length += Integer.BYTES + Double.BYTES * own.length;
    }
    var bytes = ByteBuffer.allocate(length);
    for (double[] own : numbers) {
      bytes.putInt(own.length);
      for (double number : own) {
        bytes.putDouble(number);
      }
    }
    return bytes.array();
  }

  /** The arrays of numbers in a message. */
  static List<double[]> numbers(byte[] message) throws IOException {
    var in = ByteBuffer.wrap(message);
    var numbers = new ArrayList<double[]>();
    try {
      while (in.hasRemaining()) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining() / Double.BYTES) {
          throw new IOException("a message has too few of %d numbers".formatted(length));
        }
        var own = new double[length];
        in.asDoubleBuffer().get(own);
        in.position(in.position() + Double.BYTES * length);
        numbers.add(own);
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("a message is too short", e);
    }
    return numbers;
  }
}
