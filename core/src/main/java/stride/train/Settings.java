package stride.train;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.data.BoxPictures;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.data.Photos;
import stride.graph.Weights;
import stride.network.Network;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * Everything that determines the bits of a training's result, each setting under its name. A
 * checkpoint can only be resumed with the same settings. A record becomes an object of its
 * components, so that checkpoints written before the record had one of them can still be compared.
 * Values are compared by other processes, perhaps on other machines, so they contain no hash codes
 * of objects and no paths; long contents are replaced by their SHA-256.
 *
 * @param values the settings as JSON values: strings, numbers, booleans, lists and maps of these
 */
record Settings(Map<String, Object> values) {
  private static final String EPOCHS = "epochs";
  private static final String SCHEDULE = "schedule";
  private static final String BATCH = "batch";

  /** The component of an object that names the record's class. */
  private static final String TYPE = "type";

  /**
   * Values of components that older checkpoints lack, by the record's class and the component's
   * name: "Sgd.nesterov". A new component of a record must be added here, with the value that gives
   * the record's previous behaviour.
   */
  private static final Map<String, Object> MISSING =
      Map.of("FineTuning.frozenLayers", List.of(), "Normalization.blueFirst", false);

  /** The prefix of values that are digests. */
  private static final String DIGEST = "sha256:";

  private static final int LONGEST_SHOWN = 200;

  Settings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  static Settings of(Trainer trainer, Goal goal, Samples train, @Nullable Samples test) {
    var values = new LinkedHashMap<String, Object>();
    values.put(EPOCHS, trainer.epochs);
    values.put(
        BATCH, trainer.batches.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    values.put("batches to a step", trainer.accumulated);
    if (trainer.exchange.ranks().all() > 1) {
      values.put("ranks", trainer.exchange.ranks().all());
    }
    if (trainer.ownSamples) {
      values.put("samples", "each rank's own");
    }
    values.put("last batch", trainer.dropsLast ? "dropped" : "kept");
    values.put("seed", trainer.seed);
    values.put("optimizer", tree(trainer.optimizer));
    values.put(SCHEDULE, tree(trainer.schedule));
    values.put("task", goal.task().key());
    values.put("loss", tree(goal.loss()));
    values.put("metrics", goal.metrics().stream().map(Metric::name).toList());
    values.put("augmentation", tree(trainer.augmentation));
    values.put("fine-tuning", tree(trainer.fineTuning));
    values.put("update options", tree(trainer.updateOptions));
    values.put("layers", layers(trainer.network));
    values.put("first weights", trainer.start == null ? "fresh" : weights(trainer.start));
    put(values, "training", train);
    put(values, "test", test);
    return new Settings(values);
  }

  /** Reads the settings that {@link #json} returned. */
  static Settings of(String json) throws IOException {
    return new Settings(JSON.std.mapFrom(json));
  }

  /** Returns these settings as JSON. */
  String json() {
    try {
      return JSON.std.asString(values);
    } catch (JacksonException e) {
      throw new IllegalStateException("settings that cannot be written as JSON: " + values, e);
    }
  }

  private static void put(Map<String, Object> values, String part, @Nullable Samples samples) {
    boolean images = !(samples instanceof Samples.Others);
    values.put(
        part + (images ? " images" : " examples"), samples == null ? "none" : samples.size());
    switch (samples) {
      case null -> {}
      case Samples.Images(var data, _) -> {
        values.put(part + " classes", data.labels());
        values.put("preparation of " + part + " images", tree(data.preprocessing()));
        values.put("labels of " + part + " images", labels(data));
        if (data instanceof ImageFolder pictures) {
          values.put(
              "names and sizes of " + part + " pictures",
              files(IntStream.range(0, pictures.size()).mapToObj(pictures::file).toList()));
        }
      }
      case Samples.Boxed(var data) -> {
        values.put(part + " classes", data.pictures().labels());
        values.put("preparation of " + part + " images", tree(data.preprocessing()));
        values.put("boxes of " + part + " images", boxes(data.pictures()));
      }
      case Samples.Others(var data) -> {
        values.put("shapes of " + part + " examples", data.shapes().toString());
        values.put("targets of " + part + " examples", data.targets().toString());
        if (data instanceof Photos photos) {
          values.put("preparation of " + part + " pictures", tree(photos.preprocessing()));
          values.put("names and sizes of " + part + " pictures", files(photos.files()));
        }
      }
    }
  }

  /** Returns a setting as a JSON value; an object that is not a record as its text. */
  private static Object tree(@Nullable Object setting) {
    return switch (setting) {
      case null -> "none";
      case Double number when !Double.isFinite(number) -> number.toString();
      case Number number -> number;
      case Boolean flag -> flag;
      case Enum<?> constant -> constant.toString();
      case List<?> list -> list.stream().map(Settings::tree).toList();
      case Record parts -> tree(parts);
      default -> plain(setting);
    };
  }

  private static Map<String, Object> tree(Record setting) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put(TYPE, setting.getClass().getSimpleName());
    for (var component : setting.getClass().getRecordComponents()) {
      try {
        var accessor = component.getAccessor();
        tree.put(
            component.getName(),
            accessor.trySetAccessible() ? tree(accessor.invoke(setting)) : plain(setting));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException(
            "the setting %s cannot be read".formatted(plain(setting)), e);
      }
    }
    return tree;
  }

  /** Returns a setting's text, without the addresses in the default names of objects. */
  private static String plain(Object setting) {
    return setting.toString().replaceAll("(/0x[0-9a-f]+)?@[0-9a-f]+", "");
  }

  private static String layers(Network network) {
    return digest(
        out -> {
          var inputs = network.inputs();
          out.writeUTF((inputs.size() == 1 ? network.input() : inputs).toString());
          for (var node : network.graph().nodes()) {
            out.writeUTF(node.name());
            out.writeUTF(plain(node.operation()));
            out.writeUTF(node.inputs().toString());
          }
        });
  }

  private static String weights(Weights weights) {
    return digest(
        out -> {
          for (var values : List.of(weights.values(), weights.statistics())) {
            for (float value : values) {
              out.writeFloat(value);
            }
          }
        });
  }

  private static String labels(ImageDataset data) {
    int labels = data.isMultiLabel() ? data.labels().size() : 0;
    return digest(
        out -> {
          for (int i = 0; i < data.size(); i++) {
            out.writeInt(data.label(i));
            for (int label = 0; label < labels; label++) {
              out.writeBoolean(data.hasLabel(i, label));
            }
          }
        });
  }

  /** Returns a digest of the files without their folders, which may have been moved. */
  private static String files(List<Path> pictures) {
    return digest(
        out -> {
          for (var file : pictures) {
            out.writeUTF(String.valueOf(file.getFileName()));
            // A missing picture is reported when it is read.
            out.writeLong(Files.exists(file) ? Files.size(file) : -1);
          }
        });
  }

  /** Returns a digest of the pictures' files and of the boxes in them. */
  private static String boxes(BoxPictures pictures) {
    return digest(
        out -> {
          for (int i = 0; i < pictures.size(); i++) {
            var marked = pictures.marked(i);
            out.writeUTF(String.valueOf(marked.file().getFileName()));
            out.writeLong(Files.exists(marked.file()) ? Files.size(marked.file()) : -1);
            out.writeInt(marked.objects().size());
            for (var object : marked.objects()) {
              out.writeInt(object.box().label());
              out.writeFloat(object.box().left());
              out.writeFloat(object.box().top());
              out.writeFloat(object.box().right());
              out.writeFloat(object.box().bottom());
              out.writeBoolean(object.isLearned());
            }
          }
        });
  }

  /** Writes the content to digest. */
  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static String digest(Content content) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      try (var out =
          new DataOutputStream(
              new BufferedOutputStream(
                  new DigestOutputStream(OutputStream.nullOutputStream(), sha256), 1 << 16))) {
        content.writeTo(out);
      }
      return DIGEST + HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the differences between these settings and those of a checkpoint to resume; empty if
   * there is none that matters. A training may be given another number of epochs, and with it
   * another schedule, unless the sizes of its batches are spread over the epochs.
   */
  List<String> differencesFrom(Settings checkpoint) {
    return differencesFrom(checkpoint, MISSING);
  }

  List<String> differencesFrom(Settings checkpoint, Map<String, Object> missing) {
    var names = new LinkedHashSet<>(values.keySet());
    names.addAll(checkpoint.values.keySet());
    boolean otherEpochs = !Objects.equals(values.get(EPOCHS), checkpoint.values.get(EPOCHS));
    if (otherEpochs && !String.valueOf(values.get(BATCH)).contains(" ")) {
      names.removeAll(List.of(EPOCHS, SCHEDULE));
    }
    var differences = new ArrayList<String>();
    for (var name : names) {
      compare(name, checkpoint.values.get(name), values.get(name), missing, differences);
    }
    return differences;
  }

  /** Returns all differences between these settings and those of rank 0 of the same training. */
  List<String> allDifferencesFrom(Settings leading) {
    var names = new LinkedHashSet<>(values.keySet());
    names.addAll(leading.values.keySet());
    var differences = new ArrayList<String>();
    for (var name : names) {
      compare(name, leading.values.get(name), values.get(name), MISSING, differences);
    }
    return differences;
  }

  private static void compare(
      String name,
      @Nullable Object before,
      @Nullable Object here,
      Map<String, Object> missing,
      List<String> differences) {
    if (before instanceof Map<?, ?> old
        && here instanceof Map<?, ?> own
        && Objects.equals(old.get(TYPE), own.get(TYPE))) {
      var components = new LinkedHashSet<Object>(own.keySet());
      components.addAll(old.keySet());
      for (var component : components) {
        var instead = missing.get("%s.%s".formatted(own.get(TYPE), component));
        var was = old.containsKey(component) ? old.get(component) : instead;
        compare(name + "." + component, was, own.get(component), missing, differences);
      }
    } else if (!isSame(before, here)) {
      differences.add(
          isLong(before) || isLong(here)
              ? "other " + name
              : "%s %s, here %s".formatted(name, shown(before), shown(here)));
    }
  }

  /** Whether two values are equal; JSON does not distinguish types of numbers. */
  private static boolean isSame(@Nullable Object before, @Nullable Object here) {
    if (before instanceof Number a && here instanceof Number b) {
      return a.toString().equals(b.toString()) || a.doubleValue() == b.doubleValue();
    }
    if (before instanceof List<?> old && here instanceof List<?> own && old.size() == own.size()) {
      for (int i = 0; i < own.size(); i++) {
        var inElement = new ArrayList<String>();
        compare("", old.get(i), own.get(i), Map.of(), inElement);
        if (!inElement.isEmpty()) {
          return false;
        }
      }
      return true;
    }
    return Objects.equals(before, here);
  }

  private static boolean isLong(@Nullable Object value) {
    return value != null
        && (value.toString().startsWith(DIGEST) || value.toString().length() > LONGEST_SHOWN);
  }

  /** Returns a value as text for a message; of a record only the class. */
  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case Map<?, ?> parts -> String.valueOf(parts.get(TYPE));
      default -> value.toString();
    };
  }
}
