package stride.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import stride.data.ImageDataset;
import stride.image.Image;
import stride.image.PictureOptions;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;

/**
 * Some of a table's pictures as Stride's data set, decoded each time they are read.
 *
 * @param table the table
 * @param first the index of the first picture in the table
 * @param size the number of pictures
 * @param files gives the bytes of a picture's file, by its index in the table
 * @param preprocessing how pictures are prepared
 */
record TrainingPictures(
    PictureTable table, int first, int size, Files files, Preprocessing preprocessing)
    implements ImageDataset {

  /** Gives the bytes of pictures' files. Thread-safe. */
  interface Files {
    byte[] read(int picture) throws IOException;

    /** "hdfs:/pictures/cat.jpg: ", if the picture has a name. */
    String named(int picture);
  }

  /** Prepares a picture's file. */
  private interface Preparation {
    Image of(byte[] file) throws IOException;
  }

  @Override
  public Shape shape() {
    return preprocessing.shape();
  }

  @Override
  public List<String> labels() {
    return table.classes();
  }

  @Override
  public int label(int index) {
    return table.label(first + Objects.checkIndex(index, size));
  }

  @Override
  public void read(int index, float[] into, int offset) {
    read(index, preprocessing::prepare, into, offset);
  }

  @Override
  public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    if (preprocessing.fit().resampling().isEmpty()) {
      return false;
    }
    read(index, file -> preprocessing.prepare(file, part, PictureOptions.STANDARD), into, offset);
    return true;
  }

  private void read(int index, Preparation preparation, float[] into, int offset) {
    int picture = first + Objects.checkIndex(index, size);
    try {
      float[] values = preparation.of(files.read(picture)).data();
      System.arraycopy(values, 0, into, offset, values.length);
    } catch (IOException e) {
      throw new UncheckedIOException(files.named(picture) + PictureRows.message(e), e);
    }
  }

  @Override
  public boolean readsFiles() {
    return true;
  }
}
