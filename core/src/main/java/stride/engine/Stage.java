package stride.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import stride.compute.Step;

/**
 * Phases between two barriers: a chain of per-sample phases, through which a thread takes its
 * samples together, or its pixels where a batch has too few samples; or phases of tasks that do not
 * wait for each other.
 */
final class Stage implements Engine.Tasks {
  /** Stretches of samples for each thread: more balance them better, fewer fill tiles better. */
  private static final int CHUNKS = 4;

  private final List<Range> chain;
  private final List<Step.Tasks> independent;

  /** Parts of a sample, pixels or rows, that threads share out; 0 if they share out samples. */
  private final int parts;

  /** Floats of such a part, of all phases together. */
  private final int floats;

  private int samples;

  /** Samples in a chain, or parts of them. */
  private int items;

  private int chunk;

  private Stage(List<Range> chain, List<Step.Tasks> independent, int parts, int floats) {
    this.chain = List.copyOf(chain);
    this.independent = List.copyOf(independent);
    this.parts = parts;
    this.floats = floats;
  }

  /** Computes a phase's samples [from, to), or parts of samples, on a worker. */
  private interface Range {
    void run(int from, int to, int worker);
  }

  /** Stages that run some phases in their order. */
  static List<Stage> of(List<Stages.Entry> phases) {
    var stages = new ArrayList<Stage>();
    for (int from = 0, to; from < phases.size(); from = to) {
      to = from + 1;
      while (to < phases.size() && phases.get(to).stage() == phases.get(from).stage()) {
        to++;
      }
      stages.add(ofOne(phases.subList(from, to)));
    }
    return List.copyOf(stages);
  }

  /** Stages that run tasks, of which those of a round do not wait for each other. */
  static List<Stage> ofLast(List<Stages.Last> last) {
    var rounds = new TreeMap<Integer, List<Step.Tasks>>();
    for (var tasks : last) {
      rounds.computeIfAbsent(tasks.round(), round -> new ArrayList<>()).add(tasks.tasks());
    }
    return rounds.values().stream().map(tasks -> new Stage(List.of(), tasks, 0, 0)).toList();
  }

  /** The stage of some phases without a barrier between them. */
  private static Stage ofOne(List<Stages.Entry> phases) {
    boolean inParts = phases.getFirst().inParts();
    var chain = new ArrayList<Range>();
    int parts = 0;
    int floats = 0;
    for (var entry : phases) {
      switch (entry.phase()) {
        case Step.Samples samples -> chain.add(samples.body()::run);
        case Step.Pixels pixels -> {
          chain.add(range(pixels.body()::run, inParts ? 1 : pixels.perSample()));
          parts = pixels.perSample();
          floats += pixels.floats();
        }
        case Step.Rows rows -> {
          chain.add(range(rows::run, inParts ? 1 : rows.perSample()));
          parts = rows.perSample();
          floats += rows.floats();
        }
        case Step.Tasks tasks -> {
          return new Stage(List.of(), List.of(tasks), 0, 0);
        }
      }
    }
    return new Stage(chain, List.of(), inParts ? parts : 0, floats);
  }

  /** A range that is counted in larger items, each of some of the range's own. */
  private static Range range(Range own, int each) {
    return (from, to, worker) -> own.run(from * each, to * each, worker);
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
    if (parts > 0) {
      items = samples * parts;
      chunk = Math.ceilDiv(items, worthwhile((long) items * floats / Stages.PART, pool.threads()));
    } else {
      int most = pool.threads() == 1 ? 1 : CHUNKS * pool.threads();
      items = samples;
      chunk = Math.ceilDiv(Math.ceilDiv(samples, group), most) * group;
    }
    pool.run(Math.ceilDiv(items, chunk), this, 0);
  }

  /** How many stretches, of those that are large enough, threads share: as many for each. */
  private static int worthwhile(long large, int threads) {
    int count = Math.clamp(large, 1, CHUNKS * threads);
    return count < threads ? count : count - count % threads;
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
      chain.get(i).run(0, parts > 0 ? samples * parts : samples, 0);
    }
  }

  @Override
  public void run(int item, int worker) {
    if (chain.isEmpty()) {
      runTask(item, worker);
      return;
    }
    int from = item * chunk;
    int to = Math.min(from + chunk, items);
    for (int i = 0; i < chain.size(); i++) {
      chain.get(i).run(from, to, worker);
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
