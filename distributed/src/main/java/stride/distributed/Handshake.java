package stride.distributed;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import stride.train.ExchangeException;

/**
 * How both sides of a new connection prove that they know the secret. The side that has called
 * sends a greeting and a random number; the other answers with its own and a proof over both; the
 * first sends its proof, and is told that it is accepted. A recorded proof is of no use: the
 * numbers are new each time.
 */
final class Handshake {
  /** The greeting, with the version of what follows. */
  private static final byte[] GREETING = "STRIDE-4".getBytes(StandardCharsets.US_ASCII);

  private static final int NUMBER = 32;
  private static final byte CALLER = 1;
  private static final byte CALLED = 2;
  private static final byte ACCEPTED = 3;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Handshake() {}

  /**
   * Proves the secret to the side that was called.
   *
   * @param where the other side, for messages
   * @throws ExchangeException if that is no task of Stride, or has another secret
   */
  static void call(Socket socket, Secret secret, String where) throws IOException {
    var out = socket.getOutputStream();
    var in = new DataInputStream(socket.getInputStream());
    byte[] own = number();
    out.write(GREETING);
    out.write(own);
    out.flush();
    byte[] other = new byte[NUMBER];
    byte[] proof = new byte[NUMBER];
    try {
      in.readFully(other);
      in.readFully(proof);
    } catch (EOFException e) {
      throw new ExchangeException(
          "%s does not answer as a task of a training does: is it the address of rank 0?"
              .formatted(where),
          e);
    }
    if (!MessageDigest.isEqual(proof, secret.proof(CALLED, own, other))) {
      throw new ExchangeException(
          "%s has another secret: all tasks need the same one (--secret-file)".formatted(where));
    }
    out.write(secret.proof(CALLER, own, other));
    out.flush();
    if (in.read() != ACCEPTED) {
      throw new ExchangeException("%s has not accepted this task".formatted(where));
    }
  }

  /**
   * Answers a caller.
   *
   * @return whether it is a task with the same secret
   */
  static boolean answer(Socket socket, Secret secret) throws IOException {
    var out = socket.getOutputStream();
    var in = new DataInputStream(socket.getInputStream());
    byte[] greeting = new byte[GREETING.length];
    in.readFully(greeting);
    if (!Arrays.equals(greeting, GREETING)) {
      return false;
    }
    byte[] other = new byte[NUMBER];
    in.readFully(other);
    byte[] own = number();
    out.write(own);
    out.write(secret.proof(CALLED, other, own));
    out.flush();
    byte[] proof = new byte[NUMBER];
    in.readFully(proof);
    boolean proven = MessageDigest.isEqual(proof, secret.proof(CALLER, other, own));
    if (proven) {
      out.write(ACCEPTED);
      out.flush();
    }
    return proven;
  }

  private static byte[] number() {
    byte[] number = new byte[NUMBER];
    RANDOM.nextBytes(number);
    return number;
  }
}
