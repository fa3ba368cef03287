package stride.layer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.WeightTable;
import stride.graph.Weights;

/** A plan with random weights, statistics, inputs and output gradients, to look at from outside. */
public final class Rig {
  private final Graph graph;
  private final Weights weights;
  private final Plan plan;
  private final int samples;

  public Rig(Graph graph, Weights weights, Engine engine, int samples, int batch, Purpose purpose) {
    this.graph = graph;
    this.weights = weights;
    this.samples = samples;
    plan = engine.plan(graph, weights, batch, purpose);
  }

  /** The same plan, run with fewer samples. */
  public Rig(Rig rig, int samples) {
    graph = rig.graph;
    weights = rig.weights;
    plan = rig.plan;
    this.samples = samples;
  }

  /**
   * Random weights of a size that keeps values of order 1, where no two channels of a batch norm
   * are alike: fresh ones of 1 and 0 would hide that they are swapped.
   */
  public static Weights randomWeights(Graph graph, long seed) {
    var weights = Weights.empty(graph);
    var random = new SplittableRandom(seed);
    for (var entry : weights.table().weights()) {
      var shape = entry.parameter().shape();
      boolean matrix = shape.rank() > 1;
      boolean norm = graph.nodes().get(entry.node()).operation().kind().endsWith("norm");
      double bound = matrix ? 1.7 / Math.sqrt((double) shape.elements() / shape.size(0)) : 0.5;
      var values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float)
                (norm && entry.name().endsWith(".weight")
                    ? random.nextDouble(0.5, 2)
                    : random.nextDouble(-bound, bound));
      }
      weights.write(entry, values);
    }
    for (var entry : weights.table().statistics()) {
      for (int i = 0; i < entry.statistic().length() && !entry.statistic().counter(); i++) {
        weights.statistics()[entry.offset() + i] =
            (float)
                (entry.name().endsWith("_var")
                    ? random.nextDouble(0.5, 2)
                    : random.nextDouble(-0.5, 0.5));
      }
    }
    return weights;
  }

  /** Random numbers in +-scale. */
  public static float[][] random(int rows, int length, float scale, long seed) {
    var random = new SplittableRandom(seed);
    var values = new float[rows][length];
    for (float[] row : values) {
      for (int i = 0; i < length; i++) {
        row[i] = (float) random.nextDouble(-scale, scale);
      }
    }
    return values;
  }

  public Plan plan() {
    return plan;
  }

  /** Runs the inputs forward; the named outputs, a row for each sample. */
  public Map<String, float[][]> forward(float[][] inputs) {
    write(inputs, plan.input());
    plan.forward(samples);
    var outputs = new LinkedHashMap<String, float[][]>();
    for (String name : graph.outputs().keySet()) {
      outputs.put(name, read(plan.output(name)));
    }
    return outputs;
  }

  /** Runs backward from gradients at the named outputs. */
  public void backward(Map<String, float[][]> gradients) {
    gradients.forEach((name, values) -> write(values, plan.outputGradient(name)));
    plan.backward(samples);
  }

  /** The gradient of the inputs. */
  public float[][] inputGradient() {
    return read(plan.inputGradient());
  }

  /** The gradient of a weight tensor in the file's order. */
  public float[] gradient(WeightTable.WeightEntry entry) {
    var shape = entry.parameter().shape();
    var file = new float[shape.elements()];
    for (int i = 0; i < file.length; i++) {
      file[i] = plan.gradients()[entry.offset() + entry.parameter().layout().memoryIndex(i, shape)];
    }
    return file;
  }

  public Weights weights() {
    return weights;
  }

  /** A random gradient for every named output. */
  public Map<String, float[][]> randomOutputGradients(long seed) {
    var gradients = new LinkedHashMap<String, float[][]>();
    graph
        .outputs()
        .forEach(
            (name, edge) ->
                gradients.put(
                    name,
                    random(samples, graph.type(edge).shape().elements(), 1, seed + 31 * edge)));
    return gradients;
  }

  private static void write(float[][] rows, Buffer into) {
    for (int n = 0; n < rows.length; n++) {
      System.arraycopy(rows[n], 0, into.array(), into.at(n), rows[n].length);
    }
  }

  private float[][] read(Buffer buffer) {
    var rows = new float[samples][buffer.stride()];
    for (int n = 0; n < samples; n++) {
      System.arraycopy(buffer.array(), buffer.at(n), rows[n], 0, buffer.stride());
    }
    return rows;
  }
}
