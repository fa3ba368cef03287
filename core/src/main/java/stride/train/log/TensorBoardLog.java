package stride.train.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.zip.CRC32C;
import stride.format.AtomicFiles;
import stride.format.FileException;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Progress;

/**
 * Writes one event per epoch for TensorBoard, which finds every file in a folder whose name
 * contains "tfevents". A resumed training writes the epochs before it again, so that no step occurs
 * twice.
 *
 * <p>The file consists of TFRecords: the length of the data, a checksum of the length, the data,
 * and a checksum of the data. The data is an {@code Event} of tensorflow/core/util/event.proto. It
 * needs only five kinds of protobuf fields; a library would need more lines and a generator.
 */
public final class TensorBoardLog implements Callback {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final Path file;
  private final InstantSource clock;

  /**
   * Creates a log.
   *
   * @param file the file to write, with "tfevents" in its name
   */
  public TensorBoardLog(Path file) {
    this(file, InstantSource.system());
  }

  TensorBoardLog(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Starts the file with the epochs that are done. */
  @Override
  public void begin(Progress progress) throws IOException {
    double time = now() - progress.history().stream().mapToDouble(EpochResult::seconds).sum();
    var records = new ByteArrayOutputStream();
    var version = new Message();
    version.number(1, time);
    version.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    records.writeBytes(record(version));
    for (var result : progress.history()) {
      time += result.seconds();
      records.writeBytes(record(event(result, time)));
    }
    AtomicFiles.write(file, out -> out.write(records.toByteArray()));
  }

  @Override
  public void epoch(EpochResult result) throws IOException {
    byte[] record = record(event(result, now()));
    try {
      Files.write(
          file,
          record,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND,
          StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /** Returns the time in seconds since 1970. */
  private double now() {
    return clock.millis() * 1e-3;
  }

  private static Message event(EpochResult result, double time) {
    var scalars = new LinkedHashMap<String, Double>();
    scalars.put("loss/training", result.loss());
    result.metrics().forEach((name, value) -> scalars.put(name + "/training", value));
    var test = result.test();
    if (test != null) {
      scalars.put("loss/test", test.loss());
      test.metrics().forEach((name, value) -> scalars.put(name + "/test", value));
    }
    scalars.put("learning_rate", result.learningRate());
    scalars.put("images_per_second", result.samples() / Math.max(result.seconds(), 1e-9));
    var summary = new Message();
    scalars.forEach(
        (tag, scalar) -> {
          var value = new Message();
          value.bytes(1, tag.getBytes(StandardCharsets.UTF_8));
          value.number(2, scalar.floatValue());
          summary.bytes(1, value.toBytes());
        });
    var event = new Message();
    event.number(1, time);
    event.number(2, result.epoch());
    event.bytes(5, summary.toBytes());
    return event;
  }

  private static byte[] record(Message message) {
    byte[] data = message.toBytes();
    var record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length).putInt(checksum(record.array(), 8));
    record.put(data).putInt(checksum(data, data.length));
    return record.array();
  }

  /**
   * Returns the masked CRC-32C: rotated and shifted by a constant, as the CRC of data that contain
   * their own CRC would be weak.
   */
  private static int checksum(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xA282EAD8;
  }

  /** The fields of a protobuf message: each field's number and kind, then its value. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void number(int field, double value) {
      varint(field << 3 | FIXED_64);
      out.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    }

    void number(int field, float value) {
      varint(field << 3 | FIXED_32);
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    }

    void number(int field, int value) {
      varint(field << 3 | VARINT);
      varint(value);
    }

    void bytes(int field, byte[] value) {
      varint(field << 3 | BYTES);
      varint(value.length);
      out.writeBytes(value);
    }

    /**
     * Writes seven bits per byte, the lowest first; all bytes but the last have the highest bit
     * set.
     */
    private void varint(int value) {
      int rest = value;
      for (; rest >= 0x80; rest >>>= 7) {
        out.write(rest & 0x7F | 0x80);
      }
      out.write(rest);
    }

    byte[] toBytes() {
      return out.toByteArray();
    }
  }
}
