package stride.network;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a classifier says of one image: a probability for each class.
 *
 * @param labels the classes' names
 * @param probabilities in the labels' order; their sum is 1 unless the model is one of several
 *     labels
 */
public record Classification(List<String> labels, List<Float> probabilities) {
  /** So many classes are named in {@link #toString}. */
  private static final int SHOWN = 3;

  public Classification {
    labels = List.copyOf(labels);
    probabilities = List.copyOf(probabilities);
  }

  /** The k most probable classes, the most probable first; all of them where there are fewer. */
  public List<Guess> top(int k) {
    return IntStream.range(0, probabilities.size())
        .mapToObj(i -> new Guess(labels.get(i), i, probabilities.get(i)))
        .sorted(Comparator.comparing(Guess::probability).reversed())
        .limit(k)
        .toList();
  }

  /** A class and how probable it is. */
  public record Guess(String label, int index, float probability) {}

  /** One line: the most probable classes. */
  @Override
  public String toString() {
    return "Classification of %d classes: %s"
        .formatted(
            labels.size(),
            top(SHOWN).stream()
                .map(
                    guess ->
                        String.format(
                            Locale.ROOT, "%s (%.1f %%)", guess.label, 100 * guess.probability))
                .collect(Collectors.joining(", ")));
  }
}
