package stride.data.augment;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Sample;
import stride.image.Region;
import stride.tensor.CounterRandom;

/**
 * Applies augmentations one after the other, each with its own key.
 *
 * @param steps the augmentations, in order
 */
public record Chain(List<Augmentation> steps) implements Augmentation {
  /** Copies the list. */
  public Chain {
    steps = List.copyOf(steps);
  }

  @Override
  public void apply(long key, Sample sample) {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).apply(CounterRandom.bits(key, i), sample);
    }
  }

  @Override
  public @Nullable Region region(long key, int height, int width) {
    for (int i = 0; i < steps.size(); i++) {
      var region = steps.get(i).region(CounterRandom.bits(key, i), height, width);
      if (region != null) {
        return region;
      }
    }
    return null;
  }

  @Override
  public boolean crops() {
    return steps.stream().anyMatch(Augmentation::crops);
  }

  @Override
  public boolean changesTargets() {
    return steps.stream().anyMatch(Augmentation::changesTargets);
  }

  @Override
  public List<Mixing> mixings() {
    return steps.stream().flatMap(step -> step.mixings().stream()).toList();
  }
}
