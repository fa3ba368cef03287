package stride.style;

import stride.engine.Engine;
import stride.train.Optimizer;

/** Changes a picture's pixels step by step, so that its loss becomes smaller. */
interface PixelUpdate {
  /**
   * {@return what makes the steps of a method}
   *
   * @param x the picture, changed in place
   * @param objective its loss
   */
  static PixelUpdate of(
      StyleSettings settings, float[] x, PictureObjective objective, Engine engine) {
    return switch (settings.method()) {
      case LBFGS -> lbfgs(x, objective, engine);
      case ADAM -> new AdamUpdate(settings.steps(), x, objective, engine);
    };
  }

  /**
   * Makes a step.
   *
   * @param number of the step, from 1
   */
  Made step(int number);

  /** What became of a step. */
  enum Made {
    STEP,

    /** No step makes the loss smaller any more. */
    LAST,

    /** None, as the loss is no number. */
    NO_NUMBER
  }

  private static PixelUpdate lbfgs(float[] x, PictureObjective objective, Engine engine) {
    var steps = new Lbfgs(engine, objective::apply, x, Lbfgs.memoryFor(x.length));
    return number -> {
      if (!Double.isFinite(steps.step())) {
        return Made.NO_NUMBER;
      }
      return steps.ended() ? Made.LAST : Made.STEP;
    };
  }

  /** Adam, whose last steps are smaller. */
  final class AdamUpdate implements PixelUpdate {
    private static final double RATE = 0.02;

    /** The part of the steps, the last ones, in which the learning rate is a tenth. */
    private static final double LAST_PART = 0.1;

    /** Values that a task updates. */
    private static final int TASK = 1 << 14;

    private final int steps;
    private final float[] x;
    private final PictureObjective objective;
    private final Engine engine;
    private final Optimizer.State state;
    private final float[] gradient;
    private final float[] before;

    private AdamUpdate(int steps, float[] x, PictureObjective objective, Engine engine) {
      this.steps = steps;
      this.x = x;
      this.objective = objective;
      this.engine = engine;
      state = Optimizer.adam(RATE).start(x.length);
      gradient = new float[x.length];
      before = x.clone();
    }

    @Override
    public Made step(int number) {
      if (!Double.isFinite(objective.apply(x, gradient))) {
        System.arraycopy(before, 0, x, 0, x.length);
        return Made.NO_NUMBER;
      }
      boolean last = number > steps * (1 - LAST_PART);
      float rate = (float) (last ? RATE / 10 : RATE);
      engine.forEach(
          Math.ceilDiv(x.length, TASK), (task, worker) -> update(task * TASK, rate, number));
      return Made.STEP;
    }

    private void update(int from, float rate, int number) {
      int count = Math.min(TASK, x.length - from);
      System.arraycopy(x, from, before, from, count);
      state.update(engine.kernels().updates(), x, gradient, from, count, rate, false, number);
      for (int i = from; i < from + count; i++) {
        x[i] = Math.clamp(x[i], 0, 1);
      }
    }
  }
}
