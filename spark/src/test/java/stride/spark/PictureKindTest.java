package stride.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/** What is known of a picture by its column alone. */
final class PictureKindTest {
  @Test
  void messagesNameThePictureWhereTheRowDoes() {
    var row = RowFactory.create("column.png", "path.png", null);
    assertEquals("column.png: ", PictureKind.PATH.named(row, 0, 1));
    assertEquals("path.png: ", PictureKind.BYTES.named(row, 0, 1));
    assertEquals("path.png: ", PictureKind.STRUCT.named(row, 0, 1));
    assertEquals("", PictureKind.BYTES.named(row, 0, 2));
    assertEquals("", PictureKind.BYTES.named(row, 0, -1));
    assertEquals("", PictureKind.PATH.named(row, 2, 1));
  }
}
