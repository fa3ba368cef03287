package stride.data.augment;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Box;
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
  public View view(long key, View view, List<Box> boxes) {
    var chosen = view;
    for (int i = 0; i < steps.size(); i++) {
      chosen = steps.get(i).view(CounterRandom.bits(key, i), chosen, boxes);
    }
    return chosen;
  }

  @Override
  public boolean changesView() {
    return steps.stream().anyMatch(Augmentation::changesView);
  }

  @Override
  public @Nullable Tiling tiling(long key, int sample, int samples) {
    for (int i = 0; i < steps.size(); i++) {
      var tiling = steps.get(i).tiling(CounterRandom.bits(key, i), sample, samples);
      if (tiling != null) {
        return tiling;
      }
    }
    return null;
  }

  @Override
  public int mostPictures() {
    return steps.stream().mapToInt(Augmentation::mostPictures).max().orElse(1);
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
