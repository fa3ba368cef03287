package stride.spark;

import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * What would stop a training is said before it begins, in a sentence: Spark itself would wait, or
 * fail where nobody looks.
 */
final class ClusterChecks {
  /** How long a training waits for more executors than there are. */
  private static final long PATIENCE_MILLIS = 4000;

  /** How long after the start of an application its first executor may take to come. */
  private static final long STARTING_MILLIS = 60_000;

  private static final long PAUSE_MILLIS = 100;

  /** Settings with which the owner of a cluster asks that data do not travel or lie in clear. */
  private static final List<String> ENCRYPTION =
      List.of(
          "spark.network.crypto.enabled",
          "spark.authenticate.enableSaslEncryption",
          "spark.ssl.enabled",
          "spark.ssl.rpc.enabled",
          "spark.io.encryption.enabled");

  private static final int OLDEST_JAVA = 25;

  private final SparkSession session;
  private final SparkContext context;

  ClusterChecks(SparkSession session) {
    this.session = session;
    context = session.sparkContext();
  }

  /**
   * Checks that a training can begin.
   *
   * @param ranks the number of ranks
   * @param tasks the number of tasks that run at the same time
   * @param unencrypted whether to train where the cluster asks for encryption
   * @throws IllegalStateException if the cluster does not allow it
   */
  void run(int ranks, int tasks, boolean unencrypted) {
    var conf = context.conf();
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new IllegalStateException(
          "spark.dynamicAllocation.enabled is true: all tasks of a training run at the same time,"
              + " on executors that stay; start the application with it false");
    }
    if (!unencrypted) {
      requireNoEncryption(conf);
    }
    requireSlots(ranks, tasks);
    if (!context.isLocal()) {
      requireJava(tasks);
      requireSameMachines(tasks);
    }
  }

  private static void requireNoEncryption(SparkConf conf) {
    for (var setting : ENCRYPTION) {
      if (conf.getBoolean(setting, false)) {
        throw new IllegalStateException(
            "%s is true, and tasks that train together send gradients and weights unencrypted: setAllowUnencrypted(true) trains all the same, on a network that you trust"
                .formatted(setting));
      }
    }
  }

  /** How many tasks can run at the same time. */
  int slots() {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  private void requireSlots(int ranks, int tasks) {
    int slots = slots();
    long starting = context.startTime() + STARTING_MILLIS - System.currentTimeMillis();
    long patience = slots == 0 ? Math.max(PATIENCE_MILLIS, starting) : PATIENCE_MILLIS;
    long deadline = System.nanoTime() + patience * 1_000_000;
    while (slots < tasks && System.nanoTime() < deadline) {
      pause();
      int now = slots();
      if (slots == 0 && now > 0) {
        deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
      }
      slots = now;
    }
    if (slots < tasks) {
      throw new IllegalStateException(
          "%d tasks of %d ranks run at the same time, and the cluster has %s: add executors, or let tasks compute several ranks each with setTasks(%d)"
              .formatted(
                  tasks,
                  ranks,
                  slots == 0
                      ? "no executors"
                      : slots == 1 ? "room for 1 task" : "room for %d tasks".formatted(slots),
                  Math.max(1, slots)));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it waited for executors", e);
    }
  }

  /** Asks executors with classes that every JDK has: an older one cannot even load Stride's. */
  private void requireJava(int tasks) {
    var versions =
        session
            .range(0, tasks, 1, tasks)
            .selectExpr("java_method('java.lang.System', 'getProperty', 'java.version') as version")
            .collectAsList()
            .stream()
            .map((Row row) -> row.getString(0))
            .distinct()
            .sorted()
            .toList();
    var old = older(versions);
    if (old != null) {
      throw new IllegalStateException(
          "an executor runs Java %s: Stride needs a JDK %d on every machine (spark.executorEnv.JAVA_HOME, or JAVA_HOME of the worker, says which is used)"
              .formatted(old, OLDEST_JAVA));
    }
  }

  /**
   * Asks executors what their bits depend on before a row is read. The training's tasks ask each
   * other again, as they may run on others.
   */
  private void requireSameMachines(int tasks) {
    var machines =
        JavaSparkContext.fromSparkContext(context)
            .parallelize(Collections.nCopies(tasks, 0), tasks)
            .map(_ -> Machine.here().line())
            .collect()
            .stream()
            .map(Machine::of)
            .toList();
    var difference = Machine.difference(machines);
    if (difference != null) {
      throw new IllegalStateException(difference);
    }
  }

  /** The first of some versions of Java that is too old; null if none is. */
  static @Nullable String older(List<String> versions) {
    for (var version : versions) {
      if (feature(version) < OLDEST_JAVA) {
        return version;
      }
    }
    return null;
  }

  /** The 25 of "25.0.3", "25-ea" and, as Java 8 and older say it, "1.25.0_3". */
  private static int feature(String version) {
    String[] numbers = version.replaceFirst("^1\\.", "").split("\\D", 2);
    return Integer.parseInt(numbers[0]);
  }
}
