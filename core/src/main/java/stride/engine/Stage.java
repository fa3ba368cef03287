package stride.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import stride.compute.Step;

/**
 * Phases between two barriers: a chain of per-sample phases, through which a thread takes its
 * samples together, or phases of tasks that do not wait for each other.
 */
final class Stage implements Engine.Tasks {
  /** Stretches of samples for each thread: more balance them better, fewer fill tiles better. */
  private static final int CHUNKS = 4;

  private final List<Step.Samples> chain;
  private final List<Step.Tasks> independent;
  private int samples;
  private int chunk;

  private Stage(List<Step.Samples> chain, List<Step.Tasks> independent) {
    this.chain = List.copyOf(chain);
    this.independent = List.copyOf(independent);
  }

  /**
   * Stages that run some phases in their order, and then the last ones, of which those of a round
   * do not wait for each other.
   */
  static List<Stage> of(List<Stages.Entry> phases, List<Stages.Last> last) {
    var stages = new ArrayList<Stage>();
    var chain = new ArrayList<Step.Samples>();
    for (var entry : phases) {
      switch (entry.phase()) {
        case Step.Samples samples -> chain.add(samples);
        case Step.Tasks tasks -> {
          end(chain, stages);
          stages.add(new Stage(List.of(), List.of(tasks)));
        }
      }
    }
    end(chain, stages);
    var rounds = new TreeMap<Integer, List<Step.Tasks>>();
    for (var tasks : last) {
      rounds.computeIfAbsent(tasks.round(), round -> new ArrayList<>()).add(tasks.tasks());
    }
    rounds.values().forEach(tasks -> stages.add(new Stage(List.of(), tasks)));
    return List.copyOf(stages);
  }

  private static void end(List<Step.Samples> chain, List<Stage> stages) {
    if (!chain.isEmpty()) {
      stages.add(new Stage(chain, List.of()));
      chain.clear();
    }
  }

  /**
   * Runs the phases for a batch.
   *
   * @param group samples to a group: a thread takes whole groups
   */
  void run(WorkerPool pool, int samples, int group) {
    this.samples = samples;
    if (chain.isEmpty()) {
      int count = 0;
      for (int i = 0; i < independent.size(); i++) {
        count += independent.get(i).count().of(samples);
      }
      pool.run(count, this, 0);
      return;
    }
    int groups = Math.ceilDiv(samples, group);
    chunk = Math.ceilDiv(groups, pool.threads() == 1 ? 1 : CHUNKS * pool.threads()) * group;
    pool.run(Math.ceilDiv(samples, chunk), this, 0);
  }

  /** Runs the phases for a batch on the current thread. */
  void runAlone(int samples) {
    this.samples = samples;
    for (int i = 0; i < independent.size(); i++) {
      var phase = independent.get(i);
      int count = phase.count().of(samples);
      for (int task = 0; task < count; task++) {
        phase.body().run(task, samples, 0);
      }
    }
    for (int i = 0; i < chain.size(); i++) {
      chain.get(i).body().run(0, samples, 0);
    }
  }

  @Override
  public void run(int item, int worker) {
    if (chain.isEmpty()) {
      runTask(item, worker);
      return;
    }
    int from = item * chunk;
    int to = Math.min(from + chunk, samples);
    for (int i = 0; i < chain.size(); i++) {
      chain.get(i).body().run(from, to, worker);
    }
  }

  /** Tasks are numbered through all phases. */
  private void runTask(int item, int worker) {
    int task = item;
    for (int i = 0; i < independent.size(); i++) {
      var phase = independent.get(i);
      int count = phase.count().of(samples);
      if (task < count) {
        phase.body().run(task, samples, worker);
        return;
      }
      task -= count;
    }
  }
}
