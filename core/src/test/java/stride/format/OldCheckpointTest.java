package stride.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files as PyTorch 0.2 wrote them under Python 2, by hand, since no PyTorch of today writes them.
 */
final class OldCheckpointTest {
  @TempDir Path folder;

  private static final String HEAD =
      "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019." // the magic number
          + "\u0080\u0002M\u00e9\u0003." // protocol 1001
          + "\u0080\u0002}q\0(U\rlittle_endianq\1\u0088u."; // the machine

  /** Python 2's text: one byte of length. */
  private static String text(String text) {
    return "U" + (char) text.length() + text;
  }

  /** A storage of eight floats, of which a view has those from the third on. */
  private static String tensor(String storage, String view) {
    return "ctorch._utils\n_rebuild_tensor\n(("
        + text("storage")
        + storage
        + text("1234")
        + text("cuda:0")
        + "K\u0008"
        + view
        + "tQK\1K\2K\2\u0086K\2K\1\u0086tR";
  }

  private Path file(String pickle, float... numbers) throws IOException {
    String text = HEAD + "\u0080\u0002" + pickle + "." + "\u0080\u0002]q\0" + text("1234") + "a.";
    byte[] head = text.getBytes(StandardCharsets.ISO_8859_1);
    var bytes =
        ByteBuffer.allocate(head.length + 8 + 4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(head).putLong(numbers.length);
    bytes.asFloatBuffer().put(numbers);
    return Files.write(folder.resolve("old.pth"), bytes.array());
  }

  @Test
  void dictsOfPairsStoragesOnDevicesAndViewsOfStoragesAreRead() throws IOException {
    String pickle =
        "ccollections\nOrderedDict\n]("
            + ("]" + text("whole") + "a" + tensor("ctorch.cuda\nFloatStorage\n", "N") + "a")
            + ("](" + text("view"))
            + (tensor("ctorch.cuda\nFloatStorage\n", "(" + text("v") + "K\3K\5t") + "e")
            + "e\u0085R";
    try (var file = TensorFile.open(file(pickle, 0, 1, 2, 3, 4, 5, 6, 7))) {
      assertEquals("pytorch-legacy", file.format());
      assertEquals(
          List.of("whole", "view"), file.tensors().stream().map(StoredTensor::name).toList());
      assertArrayEquals(new float[] {1, 2, 3, 4}, file.floats("whole"));
      assertArrayEquals(new float[] {4, 5, 6, 7}, file.floats("view"));
    }
  }

  @Test
  void aViewOutOfItsStorageIsRefused() throws IOException {
    String pickle = tensor("ctorch\nFloatStorage\n", "(" + text("v") + "K\3K\6t");
    Path file = file(pickle, new float[8]);
    var e = assertThrows(FormatException.class, () -> TensorFile.open(file));
    assertTrue(e.getMessage().contains("a view of its storage \"1234\" out of"), e.getMessage());
  }

  @Test
  void aStorageOfAnotherCountThanDescribedIsRefused() throws IOException {
    Path file = file(tensor("ctorch\nFloatStorage\n", "N"), new float[9]);
    var e = assertThrows(FormatException.class, () -> TensorFile.open(file));
    assertTrue(e.getMessage().contains("has 9 numbers, 8 in its desc"), e.getMessage());
  }
}
