package stride.distributed;

import java.util.List;
import stride.train.ArrayPart;

/** The way to another task and back. */
interface Link {
  /** The other task. */
  Peer peer();

  /** Sends bytes and parts of arrays, which must not be changed until {@link #awaitSent}. */
  void send(Frame.Type type, byte[] bytes, List<ArrayPart> parts);

  /** Waits until all is sent, or cannot be. */
  void awaitSent() throws InterruptedException;

  /** Waits for the next frame; an {@link Frame.Type#ENDED} if none will come. */
  Frame receive() throws InterruptedException;

  /**
   * Takes back the values of a frame that are no longer needed: the next frame of as many has them,
   * and no fresh memory.
   */
  void recycle(float[] values);

  /** Whether the other side may still say something. */
  boolean isOpen();

  /** Lets whoever waits for a frame know that none will come. */
  void end();

  /**
   * Sends a last frame if that is possible at once, and nothing after it. The link is closed once
   * nothing more comes either. Returns after half a second at the latest.
   *
   * @param atOnce whether it is sent before what waits to be sent
   */
  void sendLast(Frame frame, boolean atOnce);

  /** Closes the link; nothing more is sent or comes. */
  void close();
}
