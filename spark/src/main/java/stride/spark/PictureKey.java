package stride.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;

/**
 * What a picture is known by wherever its row lies: half of the SHA-256 of its file, so that the
 * order of pictures does not depend on partitions.
 */
record PictureKey(long high, long low) implements Serializable, Comparable<PictureKey> {
  private static final Comparator<PictureKey> ORDER =
      Comparator.comparingLong(PictureKey::high).thenComparingLong(PictureKey::low);

  static PictureKey of(byte[] file) {
    try {
      var digest = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(file));
      return new PictureKey(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int compareTo(PictureKey other) {
    return ORDER.compare(this, other);
  }
}
