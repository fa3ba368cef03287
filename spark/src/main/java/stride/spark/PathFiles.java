package stride.spark;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Pictures that are files on storage that every executor can read.
 *
 * @param table their paths
 * @param configuration opens them
 */
record PathFiles(PictureTable table, Configuration configuration)
    implements TrainingPictures.Files {
  @Override
  public byte[] read(int picture) throws IOException {
    return PictureKind.PATH.file(table.path(picture), configuration);
  }

  @Override
  public String named(int picture) {
    return table.path(picture) + ": ";
  }
}
