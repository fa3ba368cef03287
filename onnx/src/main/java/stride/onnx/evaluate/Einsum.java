package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import stride.onnx.tensor.OnnxTensor;

/** Sums of products as Einstein writes them: "ij,jk->ik" multiplies matrices. */
final class Einsum implements Family {
  private static final String ELLIPSIS = "...";

  /** Axes that an ellipsis stands for are counted from the last one: it has this letter. */
  private static final int LAST_OF_ELLIPSIS = 0x1F;

  @Override
  public String operators() {
    return "Einsum 12 28";
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    String equation = call.attributes().text("equation", "").replace(" ", "");
    int arrow = equation.indexOf("->");
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    if (terms.length != call.count()) {
      throw new IllegalArgumentException(
          "its equation \"%s\" has %d terms for %d inputs"
              .formatted(equation, terms.length, call.count()));
    }
    var sizes = new TreeMap<Integer, Integer>();
    List<List<Integer>> letters = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      int[] shape = call.input(i).shape();
      letters.add(letters(terms[i], shape.length, equation));
      for (int d = 0; d < shape.length; d++) {
        grow(sizes, letters.get(i).get(d), shape[d], equation);
      }
    }
    int most = (int) sizes.keySet().stream().filter(letter -> letter <= LAST_OF_ELLIPSIS).count();
    List<Integer> kept =
        arrow < 0 ? once(letters) : outputs(equation.substring(arrow + 2), most, equation);
    return Family.one(sum(call, letters, kept, sizes, equation));
  }

  /** The letters of a term's axes; those of an ellipsis have numbers below letters. */
  private static List<Integer> letters(String term, int rank, String equation) {
    int at = term.indexOf(ELLIPSIS);
    String plain = at < 0 ? term : term.substring(0, at) + term.substring(at + ELLIPSIS.length());
    int more = rank - plain.length();
    boolean right =
        plain.chars().allMatch(c -> c < 0x80 && Character.isLetter(c))
            && (at < 0 ? more == 0 : more >= 0 && more <= LAST_OF_ELLIPSIS);
    if (!right) {
      throw new IllegalArgumentException(
          "the term \"%s\" of its equation \"%s\" does not fit %d axes"
              .formatted(term, equation, rank));
    }
    var letters = plain.chars().boxed().collect(Collectors.toCollection(ArrayList::new));
    for (int i = 0; i < more; i++) {
      letters.add(at + i, LAST_OF_ELLIPSIS - more + 1 + i);
    }
    return letters;
  }

  private static List<Integer> outputs(String term, int most, String equation) {
    int dots = term.contains(ELLIPSIS) ? most - ELLIPSIS.length() : 0;
    return letters(term, term.length() + dots, equation);
  }

  /** Without an output, the axes of an ellipsis and the letters that occur once, sorted. */
  private static List<Integer> once(List<List<Integer>> letters) {
    var counts = new TreeMap<Integer, Integer>();
    letters.forEach(term -> term.forEach(letter -> counts.merge(letter, 1, Integer::sum)));
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey() <= LAST_OF_ELLIPSIS || entry.getValue() == 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static void grow(TreeMap<Integer, Integer> sizes, int letter, int size, String equation) {
    int known = sizes.getOrDefault(letter, 1);
    if (known != size && known != 1 && size != 1) {
      throw new IllegalArgumentException(
          "an axis of its equation \"%s\" has the sizes %d and %d"
              .formatted(equation, known, size));
    }
    sizes.put(letter, known == 1 ? size : known);
  }

  private static OnnxTensor sum(
      Call call,
      List<List<Integer>> letters,
      List<Integer> kept,
      TreeMap<Integer, Integer> sizes,
      String equation) {
    if (!sizes.keySet().containsAll(kept) || kept.stream().distinct().count() != kept.size()) {
      throw new IllegalArgumentException(
          "the output of its equation \"%s\" has a letter that is in no term, or twice"
              .formatted(equation));
    }
    var summed = sizes.keySet().stream().filter(letter -> !kept.contains(letter)).toList();
    int[] shape = kept.stream().mapToInt(sizes::get).toArray();
    int[] along = summed.stream().mapToInt(sizes::get).toArray();
    OnnxTensor y = OnnxTensor.zeros(call.input(0).type(), shape);
    int count = OnnxTensor.size(along);
    var sums = new double[y.size()];
    var wholes = new long[y.size()];
    var bases = new int[letters.size()][];
    var steps = new int[letters.size()][];
    for (int i = 0; i < bases.length; i++) {
      bases[i] = Places.of(shape, strides(call.input(i), letters.get(i), kept), 0);
      steps[i] = Places.of(along, strides(call.input(i), letters.get(i), summed), 0);
    }
    boolean real = y.type().isReal();
    for (int at = 0; at < sums.length; at++) {
      for (int k = 0; k < count; k++) {
        double product = 1;
        long whole = 1;
        for (int i = 0; i < bases.length; i++) {
          int place = bases[i][at] + steps[i][k];
          if (real) {
            product *= call.input(i).real(place);
          } else {
            whole *= call.input(i).integer(place);
          }
        }
        sums[at] += product;
        wholes[at] += whole;
      }
      if (real) {
        y.put(at, sums[at]);
      } else {
        y.put(at, wholes[at]);
      }
    }
    return y;
  }

  /** How far apart an input's numbers are along some letters: a diagonal's strides add up. */
  private static int[] strides(OnnxTensor x, List<Integer> own, List<Integer> letters) {
    int[] strides = Places.strides(x.shape());
    var along = new int[letters.size()];
    for (int d = 0; d < strides.length; d++) {
      int at = letters.indexOf(own.get(d));
      if (at >= 0 && x.dimension(d) > 1) {
        along[at] += strides[d];
      }
    }
    return along;
  }
}
