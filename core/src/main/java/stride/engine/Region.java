package stride.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import stride.compute.Step;

/**
 * Phases between two barriers: a chain of per-sample phases, through which a thread takes its
 * samples together, or phases of tasks that do not wait for each other.
 */
final class Region implements Engine.Tasks {
  /** Stretches of samples for each thread: more balance them better, fewer fill tiles better. */
  private static final int CHUNKS = 4;

  private final List<Step.Samples> chain;
  private final List<Step.Tasks> independent;
  private int samples;
  private int chunk;

  private Region(List<Step.Samples> chain, List<Step.Tasks> independent) {
    this.chain = List.copyOf(chain);
    this.independent = List.copyOf(independent);
  }

  /**
   * Regions that run some phases in their order, and then the last ones, of which those of a round
   * do not wait for each other.
   */
  static List<Region> of(List<Timeline.Entry> phases, List<Timeline.Last> last) {
    var regions = new ArrayList<Region>();
    var chain = new ArrayList<Step.Samples>();
    for (var entry : phases) {
      switch (entry.phase()) {
        case Step.Samples samples -> chain.add(samples);
        case Step.Tasks tasks -> {
          end(chain, regions);
          regions.add(new Region(List.of(), List.of(tasks)));
        }
      }
    }
    end(chain, regions);
    var rounds = new TreeMap<Integer, List<Step.Tasks>>();
    for (var tasks : last) {
      rounds.computeIfAbsent(tasks.round(), round -> new ArrayList<>()).add(tasks.tasks());
    }
    rounds.values().forEach(tasks -> regions.add(new Region(List.of(), tasks)));
    return List.copyOf(regions);
  }

  private static void end(List<Step.Samples> chain, List<Region> regions) {
    if (!chain.isEmpty()) {
      regions.add(new Region(chain, List.of()));
      chain.clear();
    }
  }

  /**
   * Runs the phases for a batch.
   *
   * @param group samples to a group: a thread takes whole groups
   */
  void run(Team team, int samples, int group) {
    this.samples = samples;
    if (chain.isEmpty()) {
      int count = 0;
      for (int i = 0; i < independent.size(); i++) {
        count += independent.get(i).count().of(samples);
      }
      team.run(count, this, 0);
      return;
    }
    int groups = Math.ceilDiv(samples, group);
    chunk = Math.ceilDiv(groups, team.threads() == 1 ? 1 : CHUNKS * team.threads()) * group;
    team.run(Math.ceilDiv(samples, chunk), this, 0);
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
