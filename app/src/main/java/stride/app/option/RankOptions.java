package stride.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.distributed.Rendezvous;
import stride.distributed.Secret;
import stride.distributed.TcpExchange;

/**
 * The options of a process that shares a training with others. A command has it as {@code @Mixin}.
 * They say where and how this process takes part; nothing of the result depends on them.
 */
public final class RankOptions {
  /** Holds the secret, where no file is named. */
  private static final String VARIABLE = "STRIDE_SECRET";

  private static final double MOST_SECONDS = 1e6;

  private static final Pattern RANKS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
  private static final Pattern ADDRESS = Pattern.compile("(?:\\[(.+)]|([^:]+)):(\\d{1,9})");

  @ArgGroup(validate = false, heading = "%nSeveral processes or machines:%n")
  private Options options = new Options();

  private static final class Options {
    @Option(
        names = "--rank",
        paramLabel = "I[-J]",
        description =
            "The rank, of 0 to N-1 of --ranks N, that this process computes, or several. That of"
                + " rank 0 writes the run's folder.")
    private @Nullable String rank;

    @Option(
        names = "--join",
        paramLabel = "HOST:PORT",
        description = "Where rank 0 listens and the others find it; the same for all processes.")
    private @Nullable String join;

    @Option(
        names = "--secret-file",
        paramLabel = "FILE",
        description =
            "What all processes have to know, in a file; else that of the variable STRIDE_SECRET."
                + " openssl rand -hex 32 makes one.")
    private @Nullable Path secret;

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description =
            "After how much silence another process counts as lost; the smallest of all counts."
                + " Default: 30. Processes that compute are not silent.")
    private @Nullable Double timeout;

    @Option(
        names = "--patience",
        paramLabel = "SECONDS",
        description = "How long processes wait for each other to begin. Default: 300.")
    private @Nullable Double patience;

    @Option(
        names = "--stall-timeout",
        paramLabel = "SECONDS",
        description =
            "After how long without progress (a batch) this process counts as hanging, although it"
                + " lives. Default: 600. Ten times its slowest batch is allowed in any case.")
    private @Nullable Double stall;
  }

  /**
   * Whether there are other processes.
   *
   * @throws UsageException if options are missing, or go with others that are
   */
  public boolean given() {
    if (options.join == null && options.rank == null) {
      goesWithJoin("--secret-file", options.secret);
      goesWithJoin("--timeout", options.timeout);
      goesWithJoin("--patience", options.patience);
      goesWithJoin("--stall-timeout", options.stall);
      return false;
    }
    if (options.join == null || options.rank == null) {
      throw new UsageException(
          "--rank I and --join HOST:PORT go together: which rank this process computes, and where"
              + " rank 0 listens");
    }
    checkSeconds("--timeout", options.timeout);
    checkSeconds("--patience", options.patience);
    checkSeconds("--stall-timeout", options.stall);
    var _ = first();
    return true;
  }

  private static void goesWithJoin(String option, @Nullable Object value) {
    if (value != null) {
      throw new UsageException(option + " goes with --join HOST:PORT");
    }
  }

  private static void checkSeconds(String option, @Nullable Double seconds) {
    if (seconds != null && !(seconds >= 0.001 && seconds <= MOST_SECONDS)) {
      throw new UsageException(
          "%s takes seconds from 0.001 to 1,000,000, found %s".formatted(option, seconds));
    }
  }

  private int number(int group) {
    var matcher = RANKS.matcher(String.valueOf(options.rank));
    if (!matcher.matches()) {
      throw new UsageException("--rank takes a number, or two as in 2-3, found " + options.rank);
    }
    String text = matcher.group(group);
    return Integer.parseInt(text == null ? matcher.group(1) : text);
  }

  private int first() {
    return number(1);
  }

  /** "rank 2", or "ranks 2-3". */
  public String rank() {
    return (String.valueOf(options.rank).contains("-") ? "ranks " : "rank ") + options.rank;
  }

  /** Where rank 0 listens. */
  public String address() {
    return String.valueOf(options.join);
  }

  /** Whether this process computes rank 0. */
  public boolean leads() {
    return first() == 0;
  }

  /**
   * The number of ranks that this process computes.
   *
   * @param ranks of the training
   * @throws UsageException if it has no such ranks
   */
  public int own(int ranks) {
    return place(ranks).own();
  }

  private Rendezvous place(int ranks) {
    var address = ADDRESS.matcher(address());
    if (!address.matches()) {
      throw new UsageException("--join takes HOST:PORT, found " + options.join);
    }
    int last = number(2);
    if (ranks == 1 && last > 0) {
      throw new UsageException(
          "--rank %s needs --ranks N: how many ranks the training has, as rank 0 was told"
              .formatted(options.rank));
    }
    if (last < first() || last >= ranks) {
      throw new UsageException(
          "--rank takes ranks from 0 to %d with --ranks %d, found %s"
              .formatted(ranks - 1, ranks, options.rank));
    }
    String host = address.group(1) == null ? address.group(2) : address.group(1);
    try {
      var place =
          new Rendezvous(
              ranks, first(), last - first() + 1, host, Integer.parseInt(address.group(3)));
      if (options.timeout != null) {
        place = place.timeout(seconds(options.timeout));
      }
      if (options.patience != null) {
        place = place.patience(seconds(options.patience));
      }
      return options.stall == null ? place : place.stall(seconds(options.stall));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--join %s: %s".formatted(options.join, e.getMessage()));
    }
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  /**
   * Meets the other processes.
   *
   * @param ranks of the training
   * @param ready is told when the options are checked, before it waits
   * @throws UsageException if there is no secret, or no such rank
   * @throws IOException if they do not come, or do not fit
   */
  public TcpExchange join(int ranks, Runnable ready) throws IOException {
    var place = place(ranks);
    var secret = secret();
    ready.run();
    return TcpExchange.join(place, secret);
  }

  private Secret secret() throws IOException {
    if (options.secret != null) {
      return Secret.read(options.secret);
    }
    String variable = System.getenv(VARIABLE);
    if (variable == null) {
      throw new UsageException(
          "--join needs a secret that all processes know: --secret-file FILE, or the variable %s"
              .formatted(VARIABLE));
    }
    try {
      return Secret.of(variable);
    } catch (IllegalArgumentException e) {
      throw new UsageException("%s: %s".formatted(VARIABLE, e.getMessage()));
    }
  }
}
