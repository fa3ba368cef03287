package stride.distributed;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import stride.train.ArrayPart;
import stride.train.ExchangeException;
import stride.train.StoppedException;

/** A task's links to others, and how they end together: the first failure ends all. */
final class Links {
  /** Between a task's name and its reason, in what others are told when it throws something. */
  private static final String THREW = " has failed: ";

  /** "rank 2", for messages. */
  private final String name;

  /** A link to each task that this one speaks to; null at the places of others. */
  private final List<? extends @Nullable Link> links;

  private final Watchdog watchdog;

  /** Why the training has failed; null while it has not. */
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  private volatile boolean closing;

  /**
   * Takes over some links.
   *
   * @param name of this task, for messages
   * @param links a link to each task that this one speaks to; null at the places of others
   * @param stall after how long without progress this task counts as hanging
   */
  Links(String name, List<? extends @Nullable Link> links, Duration stall) {
    this.name = name;
    this.links = links;
    watchdog = new Watchdog(stall, this::abortHanging);
  }

  private List<Link> all() {
    return links.stream()
        .<Link>mapMulti(
            (link, to) -> {
              if (link != null) {
                to.accept(link);
              }
            })
        .toList();
  }

  private Link to(int task) {
    return Objects.requireNonNull(links.get(task), () -> "no link to task " + task);
  }

  /** This task gets on. */
  void progress() {
    watchdog.progress();
  }

  /** Sends to a task; see {@link Link#send}. */
  void send(int task, Frame.Type type, byte[] bytes, List<ArrayPart> parts) {
    to(task).send(type, bytes, parts);
  }

  /** Waits until all is sent. */
  void awaitSent() throws IOException {
    watchdog.waits();
    try {
      for (var link : all()) {
        link.awaitSent();
      }
    } catch (InterruptedException e) {
      throw interrupted(e, "until all was sent");
    } finally {
      watchdog.goesOn();
    }
    requireSound();
  }

  /** Waits for a frame of a type with a number of values. */
  Frame receive(int task, Frame.Type type, int values) throws IOException {
    var frame = receive(task, type);
    if (frame.values().length != values) {
      throw failed(
          "%s has sent %d values, expected %d: the tasks do not compute the same"
              .formatted(to(task).peer(), frame.values().length, values));
    }
    return frame;
  }

  /** Takes back the values of a frame; see {@link Link#recycle}. */
  void recycle(int task, float[] values) {
    to(task).recycle(values);
  }

  /** Waits for a frame of a type. */
  Frame receive(int task, Frame.Type type) throws IOException {
    watchdog.waits();
    try {
      var frame = to(task).receive();
      // What a task has sent before it failed still counts: it may say more.
      if (frame.type() == Frame.Type.ENDED) {
        throw failed("%s has ended before the training has".formatted(to(task).peer()));
      }
      if (frame.type() != type) {
        throw failed(
            "%s has sent %s, expected %s: the tasks are not at the same place of the training"
                .formatted(to(task).peer(), frame.type(), type));
      }
      return frame;
    } catch (InterruptedException e) {
      throw interrupted(e, "for " + to(task).peer());
    } finally {
      watchdog.goesOn();
    }
  }

  private static StoppedException interrupted(InterruptedException e, String what) {
    Thread.currentThread().interrupt();
    var stopped = new StoppedException("interrupted while it waited " + what);
    stopped.initCause(e);
    return stopped;
  }

  /**
   * Checks that the training goes on.
   *
   * @throws ExchangeException if it has failed
   */
  void requireSound() throws ExchangeException {
    String known = failure.get();
    if (known != null) {
      throw new ExchangeException(known);
    }
  }

  /** The failure that is known, else a given one. */
  ExchangeException failed(String otherwise) {
    fail(otherwise, otherwise, null);
    return new ExchangeException(String.valueOf(failure.get()));
  }

  /** Called when nothing more comes from a task. */
  void lost(Link task, String why) {
    if (!closing) {
      fail(why, why, task);
    }
  }

  /** Tells the others that this task hangs; false if there are none any more who wait for it. */
  private boolean abortHanging(String how) {
    if (all().stream().noneMatch(Link::isOpen)) {
      return false;
    }
    String sentence = "%s %s".formatted(name, how);
    fail(sentence, sentence, null);
    return true;
  }

  /** Ends the training in all tasks, because this one has failed. */
  void abort(String reason) {
    fail(reason, name + THREW + reason, null);
  }

  /** Whether a sentence that ended a training is one of {@link #abort}. */
  static boolean isAbort(String sentence) {
    return sentence.contains(THREW);
  }

  /**
   * Ends the training in all tasks; only the first failure counts.
   *
   * @param here why, in this task
   * @param others why, as the others are told
   * @param gone the task that counts as lost; it is told too, as it may go on later
   */
  private void fail(String here, String others, @Nullable Link gone) {
    if (!failure.compareAndSet(null, here)) {
      return;
    }
    closing = true;
    watchdog.close();
    for (var link : all()) {
      link.end();
    }
    sendLast(Frame.of(Frame.Type.FAILED, others), true);
    if (gone != null) {
      gone.close();
    }
  }

  /** Takes leave of the other tasks: they do not take this one for lost. */
  void close() {
    closing = true;
    watchdog.close();
    if (failure.get() == null) {
      sendLast(Frame.of(Frame.Type.ENDED, ""), false);
    }
  }

  /** Tells all at the same time: each may take a while to listen. */
  private void sendLast(Frame frame, boolean atOnce) {
    try (var farewells = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var link : all()) {
        farewells.execute(() -> link.sendLast(frame, atOnce));
      }
    }
  }
}
