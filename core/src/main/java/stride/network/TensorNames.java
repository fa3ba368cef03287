package stride.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import stride.format.StoredTensor;

/**
 * Which of a file's tensors is which of a network's.
 *
 * <p>Checkpoints hold the state dict below a name of its own ({@link #WRAPPERS}), of which the one
 * with most of the network's names is taken; what lies beside it, such as an optimizer's state, is
 * not looked at, nor is the count of an average of weights. "module", which DataParallel puts into
 * names, and "_orig_mod", which torch.compile does, are taken out, and torchvision's older names
 * read as today's: DenseNet's from before 2018 ("norm.1" is "norm1"), and those of detectors with a
 * pyramid from before 2022 ("rpn.head.conv" is "rpn.head.conv.0.0"), which their published weights
 * still have.
 *
 * @param found the file's name for each of the network's names that is there
 * @param unexpected the file's names that are none of the network's, wrapper taken off
 */
record TensorNames(Map<String, String> found, List<String> unexpected) {
  /** What state dicts are wrapped in; of two that fit equally well, the first one counts. */
  private static final List<String> WRAPPERS =
      List.of(
          "",
          "state_dict",
          "model_state_dict",
          "model_state",
          "model",
          "net",
          "network",
          "params",
          "weights",
          "state",
          "state_dict_ema",
          "model_ema",
          "params_ema",
          "ema");

  private static final int DEEPEST_WRAPPING = 3;
  private static final Set<String> PARALLEL = Set.of("module", "_orig_mod");

  /**
   * Parts of a dense layer whose numbers stood behind a dot, as torchvision's DenseNet has them.
   */
  private static final List<String> NUMBERED = List.of("norm", "relu", "conv");

  /** How many weights torch.optim.swa_utils.AveragedModel has averaged. */
  private static final String AVERAGED = "n_averaged";

  /**
   * Convolutions of detectors that have become blocks of a convolution and what follows it: names
   * of layers in a version 1 of torchvision's, and where their convolution is now.
   */
  private static final Map<Pattern, String> BLOCKS =
      Map.of(
          Pattern.compile("(.*\\bfpn\\.(?:inner|layer)_blocks\\.\\d+)"), "$1.0",
          Pattern.compile("(.*\\brpn\\.head\\.conv)"), "$1.0.0");

  /** The same of RetinaNet's towers, in which every second layer was a ReLU. */
  private static final Pattern TOWER =
      Pattern.compile("(.*\\bhead\\.(?:classification|regression)_head\\.conv)\\.([0246])");

  static TensorNames match(Set<String> expected, Collection<StoredTensor> tensors) {
    var names = tensors.stream().map(StoredTensor::name).toList();
    String wrapper = wrapper(expected, names);
    var found = new LinkedHashMap<String, String>();
    var others = new ArrayList<String>();
    for (String name : names) {
      if (name.startsWith(wrapper)) {
        String rest = name.substring(wrapper.length());
        if (expected.contains(rest)) {
          found.put(rest, name);
        } else {
          others.add(name);
        }
      }
    }
    var unexpected = new ArrayList<String>();
    for (String name : others) {
      String rest = name.substring(wrapper.length());
      String known = today(rest, expected);
      if (known.equals(AVERAGED)) {
        continue;
      }
      if (!expected.contains(known) || found.putIfAbsent(known, name) != null) {
        unexpected.add(known);
      }
    }
    return new TensorNames(found, unexpected);
  }

  /**
   * A file's state dict without a network to compare it with: its tensors' names as a network by
   * itself has them, each with its name in the file. A wrapper is taken off if all that lies beside
   * it is known to: other wrappers, and what belongs to an optimizer.
   */
  static Map<String, String> plain(Collection<StoredTensor> tensors) {
    var names = tensors.stream().map(StoredTensor::name).toList();
    String wrapper = "";
    for (int depth = 0; depth < DEEPEST_WRAPPING; depth++) {
      String outer = wrapper;
      var inner =
          WRAPPERS.stream()
              .skip(1)
              .map(segment -> outer + segment + ".")
              .filter(prefix -> names.stream().anyMatch(name -> name.startsWith(prefix)))
              .filter(
                  prefix ->
                      names.stream()
                          .filter(name -> name.startsWith(outer) && !name.startsWith(prefix))
                          .allMatch(name -> liesBeside(name.substring(outer.length()))))
              .findFirst();
      if (inner.isEmpty()) {
        break;
      }
      wrapper = inner.get();
    }
    var plain = new LinkedHashMap<String, String>();
    for (String name : names) {
      if (name.startsWith(wrapper)) {
        String rest = name.substring(wrapper.length());
        String today = today(rest, Set.of());
        plain.putIfAbsent(plain.containsKey(today) ? rest : today, name);
      }
    }
    return plain;
  }

  /** Whether a tensor's name begins as those do that stand beside a wrapped state dict. */
  private static boolean liesBeside(String name) {
    int dot = name.indexOf('.');
    String segment = dot < 0 ? name : name.substring(0, dot);
    return WRAPPERS.contains(segment)
        || segment.matches("(optim|sched|lr_|scaler|amp|best|epoch).*");
  }

  /** The prefix of names behind which most of the network's names are. */
  private static String wrapper(Set<String> expected, List<String> names) {
    var matches = new LinkedHashMap<String, Integer>();
    matches.put("", 0);
    for (String name : names) {
      int at = 0;
      for (int depth = 0; depth <= DEEPEST_WRAPPING; depth++) {
        boolean known = expected.contains(today(name.substring(at), expected));
        matches.merge(name.substring(0, at), known ? 1 : 0, Integer::sum);
        int dot = name.indexOf('.', at);
        if (dot < 0 || !isWrapper(name.substring(at, dot))) {
          break;
        }
        at = dot + 1;
      }
    }
    int most = Collections.max(matches.values());
    return matches.keySet().stream()
        .filter(prefix -> Objects.equals(matches.get(prefix), most))
        .min(Comparator.comparingInt(TensorNames::rank))
        .orElse("");
  }

  private static boolean isWrapper(String segment) {
    return !segment.isEmpty() && (WRAPPERS.contains(segment) || PARALLEL.contains(segment));
  }

  private static int rank(String prefix) {
    int dot = prefix.indexOf('.');
    return WRAPPERS.indexOf(dot < 0 ? prefix : prefix.substring(0, dot));
  }

  /** A name as today's PyTorch would write it for a network by itself. */
  private static String today(String name, Set<String> expected) {
    if (expected.contains(name)) {
      return name;
    }
    String plain =
        name.contains("mod")
            ? Arrays.stream(name.split("\\.", -1))
                .filter(segment -> !PARALLEL.contains(segment))
                .collect(Collectors.joining("."))
            : name;
    if (!plain.contains("denselayer")) {
      return expected.isEmpty() || expected.contains(plain) ? plain : inBlock(plain, expected);
    }
    for (String part : NUMBERED) {
      plain = plain.replace("." + part + ".1.", "." + part + "1.");
      plain = plain.replace("." + part + ".2.", "." + part + "2.");
    }
    return plain;
  }

  /** The name of a convolution that has become part of a block, if the network has it. */
  private static String inBlock(String name, Set<String> expected) {
    int dot = name.lastIndexOf('.');
    String layer = name.substring(0, Math.max(dot, 0));
    var tower = TOWER.matcher(layer);
    String now =
        tower.matches()
            ? "%s.%d.0".formatted(tower.group(1), Integer.parseInt(tower.group(2)) / 2)
            : layer;
    for (var block : BLOCKS.entrySet()) {
      var matcher = block.getKey().matcher(layer);
      now = matcher.matches() ? matcher.replaceFirst(block.getValue()) : now;
    }
    String known = now + name.substring(Math.max(dot, 0));
    return expected.contains(known) ? known : name;
  }
}
