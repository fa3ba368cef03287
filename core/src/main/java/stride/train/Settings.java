package stride.train;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import org.jspecify.annotations.Nullable;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.graph.Weights;
import stride.network.Network;

/**
 * All that decides about the bits at the end of a training, each under its name: what a checkpoint
 * must agree with. The values are compared by other processes, maybe on other machines, so they
 * hold no hash codes of objects and no paths; what would be long is given by its SHA-256.
 */
record Settings(Map<String, String> values) {
  private static final String EPOCHS = "epochs";
  private static final String SCHEDULE = "schedule";
  private static final String BATCH = "batch";

  /** In front of values that are digests. */
  private static final String DIGEST = "sha256:";

  private static final int LONGEST_SHOWN = 200;

  Settings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  static Settings of(Trainer trainer, ImageDataset train, @Nullable ImageDataset test) {
    var values = new LinkedHashMap<String, String>();
    values.put(EPOCHS, Integer.toString(trainer.epochs));
    values.put(
        BATCH, trainer.batches.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    values.put("batches to a step", Integer.toString(trainer.accumulated));
    values.put("last batch", trainer.dropsLast ? "dropped" : "kept");
    values.put("seed", Long.toString(trainer.seed));
    values.put("optimizer", plain(trainer.optimizer));
    values.put(SCHEDULE, plain(trainer.schedule));
    values.put("loss", plain(trainer.loss));
    values.put("augmentation", plain(trainer.augmentation));
    values.put("fine-tuning", plain(trainer.fineTuning));
    values.put("refinements", plain(trainer.refinements));
    values.put("layers", layers(trainer.network));
    values.put("first weights", trainer.start == null ? "fresh" : weights(trainer.start));
    put(values, "training", train);
    put(values, "test", test);
    return new Settings(values);
  }

  private static void put(Map<String, String> values, String part, @Nullable ImageDataset data) {
    values.put(part + " images", data == null ? "none" : Integer.toString(data.size()));
    if (data != null) {
      values.put(part + " classes", data.labels().toString());
      values.put("preparation of " + part + " images", plain(data.preprocessing()));
      values.put("labels of " + part + " images", labels(data));
      if (data instanceof ImageFolder pictures) {
        values.put("names and sizes of " + part + " pictures", files(pictures));
      }
    }
  }

  /** What a setting says of itself, without the addresses that objects have for a name. */
  private static String plain(Object setting) {
    return setting.toString().replaceAll("(/0x[0-9a-f]+)?@[0-9a-f]+", "");
  }

  private static String layers(Network network) {
    return digest(
        out -> {
          out.writeUTF(network.input().toString());
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

  /** Of the files, not of the folders they lie in: these may have been moved. */
  private static String files(ImageFolder pictures) {
    return digest(
        out -> {
          for (int i = 0; i < pictures.size(); i++) {
            var file = pictures.file(i);
            out.writeUTF(String.valueOf(file.getFileName()));
            // A picture that has gone is told of where it is read.
            out.writeLong(Files.exists(file) ? Files.size(file) : -1);
          }
        });
  }

  /** Writes what is digested. */
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
   * In what these settings differ from those of a checkpoint that is to be gone on with; empty if
   * in nothing that matters. A training may be given another number of epochs, and with it another
   * schedule, unless the sizes of its batches are spread over the epochs.
   */
  List<String> differencesFrom(Settings checkpoint) {
    var names = new LinkedHashSet<>(values.keySet());
    names.addAll(checkpoint.values.keySet());
    if (!values.getOrDefault(BATCH, "").contains(" ") && differs(EPOCHS, checkpoint)) {
      names.removeAll(List.of(EPOCHS, SCHEDULE));
    }
    var differences = new ArrayList<String>();
    for (var name : names) {
      if (differs(name, checkpoint)) {
        differences.add(difference(name, checkpoint.values.get(name), values.get(name)));
      }
    }
    return differences;
  }

  private boolean differs(String name, Settings checkpoint) {
    return !Objects.equals(values.get(name), checkpoint.values.get(name));
  }

  private static String difference(String name, @Nullable String before, @Nullable String here) {
    return isLong(before) || isLong(here)
        ? "other " + name
        : "%s %s, here %s".formatted(name, shown(before), shown(here));
  }

  private static boolean isLong(@Nullable String value) {
    return value != null && (value.startsWith(DIGEST) || value.length() > LONGEST_SHOWN);
  }

  private static String shown(@Nullable String value) {
    return value == null ? "none" : value;
  }
}
