package stride.distributed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import stride.format.FileException;

/**
 * What all tasks of a training know and nobody else does. It is never sent: each side of a
 * connection proves with HMAC-SHA256 (RFC 2104), over random numbers of both, that it knows it.
 */
public final class Secret {
  /** The least number of bytes: shorter ones can be guessed from a recorded connection. */
  public static final int LEAST = 16;

  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] key;

  private Secret(byte[] key) {
    this.key = key;
  }

  /**
   * {@return the secret of some bytes}
   *
   * @param key at least {@link #LEAST} bytes, best random ones
   * @throws IllegalArgumentException if there are fewer
   */
  public static Secret of(byte[] key) {
    if (key.length < LEAST) {
      throw new IllegalArgumentException(
          "a secret has at least %d bytes, found %d: openssl rand -hex 32 makes one"
              .formatted(LEAST, key.length));
    }
    return new Secret(key.clone());
  }

  /**
   * {@return the secret of a text, without white space around it}
   *
   * @param text at least {@link #LEAST} bytes of UTF-8
   * @throws IllegalArgumentException if there are fewer
   */
  public static Secret of(String text) {
    return of(text.strip().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the secret that a file holds as text.
   *
   * @param file the file
   * @return the secret
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is too short
   */
  public static Secret read(Path file) throws IOException {
    try {
      return of(Files.readString(file));
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Returns a proof of this secret, for one side of a connection. */
  byte[] proof(byte side, byte[] first, byte[] second) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update(side);
      mac.update(first);
      mac.update(second);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
