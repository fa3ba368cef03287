package stride.app.training;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.RankOptions;
import stride.app.run.RunConfig;
import stride.distributed.TcpExchange;
import stride.train.Trainer;

/**
 * The processes that share a training's ranks.
 *
 * @param exchange connects them; null if there is only this one
 */
record Tasks(@Nullable TcpExchange exchange) implements AutoCloseable {
  /** This process computes all ranks. */
  static final Tasks ALONE = new Tasks(null);

  /** Meets the other processes of a run. */
  static Tasks joining(RankOptions place, RunConfig config, Console console) throws IOException {
    int ranks = config.given("ranks") ? config.whole("ranks") : 1;
    if (config.flag("log_gradients") && place.own(ranks) < ranks) {
      throw new UsageException(
          "--log-gradients goes with a training in one process: with --join each has a part of the"
              + " gradients");
    }
    String waits =
        Figures.format(
            "%s of %d: %s the others at %s",
            place.rank(), ranks, place.leads() ? "waiting for" : "joining", place.address());
    return new Tasks(place.join(ranks, () -> console.note(waits)));
  }

  /** What is done before a training. */
  interface Preparation<T> {
    T run() throws IOException;
  }

  /** Prepares a training; if that fails, the other processes are told why. */
  <T> T tell(Preparation<T> preparation) throws IOException {
    try {
      return preparation.run();
    } catch (IOException | RuntimeException e) {
      if (exchange != null) {
        exchange.abort(Failures.sentence(e));
      }
      throw e;
    }
  }

  /** A trainer of this process's ranks. */
  Trainer of(Trainer trainer) {
    return exchange == null ? trainer : trainer.ranks(exchange);
  }

  @Override
  public void close() {
    if (exchange != null) {
      exchange.close();
    }
  }
}
