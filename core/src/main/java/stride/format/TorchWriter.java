package stride.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import stride.tensor.Shape;

/**
 * Collects tensors and writes them as a PyTorch checkpoint: the state dict that torch.load gives,
 * with weights_only too. It is the zip file of PyTorch 1.6 and later, its storages aligned as
 * PyTorch aligns them. Equal calls give equal bytes.
 */
public final class TorchWriter implements TensorWriter {
  private static final String FOLDER = "archive/";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int FIELD_HEADER_BYTES = 4;

  /**
   * The time of every file; for the first month of zip's calendar a further field would be written.
   */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final Map<String, TensorSource> sources = new LinkedHashMap<>();

  /** Makes a writer without tensors. */
  public TorchWriter() {}

  @Override
  public TorchWriter floats(String name, Shape shape, float[] values) {
    return add(TensorSource.floats(name, shape, values));
  }

  @Override
  public TorchWriter floats(String name, Shape shape, float[] values, int offset) {
    return add(TensorSource.floats(name, shape, values, offset));
  }

  @Override
  public TorchWriter longs(String name, Shape shape, long... values) {
    return add(TensorSource.longs(name, shape, values));
  }

  @Override
  public TorchWriter copy(String name, TensorFile file, String source) throws IOException {
    return add(TensorSource.copy(name, file.extent(source)));
  }

  @Override
  public void write(Path file) throws IOException {
    AtomicFiles.write(file, this::writeTo);
  }

  private TorchWriter add(TensorSource source) {
    source.addTo(sources);
    return this;
  }

  private void writeTo(OutputStream out) throws IOException {
    var counted = new Counted(out);
    var zip = new ZipOutputStream(counted);
    byte[] pickle = StateDictPickle.of(sources.values());
    entry(zip, counted, "data.pkl", pickle.length, stream -> stream.write(pickle));
    text(zip, counted, "byteorder", "little");
    int key = 0;
    for (var source : sources.values()) {
      entry(zip, counted, "data/" + key++, source.tensor().bytes(), source.content());
    }
    text(zip, counted, "version", "3\n");
    zip.finish();
  }

  private static void text(ZipOutputStream zip, Counted out, String name, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    entry(zip, out, name, bytes.length, stream -> stream.write(bytes));
  }

  /** Goes through the content twice: a stored entry begins with its check sum. */
  private static void entry(
      ZipOutputStream zip, Counted out, String name, long size, AtomicFiles.Content content)
      throws IOException {
    var sum = new CRC32();
    content.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), sum));
    var entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(NO_TIME);
    entry.setSize(size);
    entry.setCrc(sum.getValue());
    entry.setExtra(padding(out.count + LOCAL_HEADER_BYTES + entry.getName().length()));
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
  }

  /**
   * Returns PyTorch's extra field "FB", of a length with which data begins at a multiple of 64
   * bytes.
   */
  private static byte[] padding(long begin) {
    int length = Math.floorMod(-begin - FIELD_HEADER_BYTES, ALIGNMENT);
    var field = new byte[FIELD_HEADER_BYTES + length];
    field[0] = 'F';
    field[1] = 'B';
    field[2] = (byte) length;
    return field;
  }

  /** Counts the bytes that go through. */
  private static final class Counted extends OutputStream {
    private final OutputStream out;
    private long count;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      count += length;
    }
  }
}
