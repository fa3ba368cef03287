package stride.app.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Table;
import stride.app.console.UsageException;
import stride.app.lecture.Example;
import stride.app.lecture.Lecture;
import stride.app.lecture.LecturePage;
import stride.app.lecture.Setting;
import stride.app.option.CommonOptions;

/** {@code stride lecture}: the worked examples of the lecture, one or all. */
@Command(
    name = "lecture",
    description = "Work the examples of the lecture on convolutional networks, step by step.",
    subcommands = EdgesCommand.class,
    customSynopsis = {
      "stride lecture [NAME] [--list] [--json] [--threads=N] [--seed=N]",
      "       stride lecture edges PHOTO [--out=PNG]"
    })
public final class LectureCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "One example; without a name, all of them.")
  private @Nullable String name;

  @Option(names = "--list", description = "List the examples instead of working them.")
  private boolean list;

  /** Returns the exit status: 1 if an example is not as the lecture says. */
  @Override
  public Integer call() {
    var examples = name == null ? Lecture.EXAMPLES : List.of(find(name));
    if (list) {
      list(examples);
      return 0;
    }
    var failed = new ArrayList<String>();
    var results = new ArrayList<Map<String, Object>>();
    try (var engine = common.engine()) {
      var setting = new Setting(engine, common.seed());
      for (var example : examples) {
        var page = example.run(setting);
        if (!page.passed()) {
          failed.add(example.name());
        }
        if (common.json()) {
          results.add(json(example, page));
        } else {
          common.console().print(text(example, page));
        }
      }
    }
    if (common.json()) {
      common.console().print(Map.of("examples", results));
    } else if (failed.isEmpty() && examples.size() > 1) {
      common.console().print(examples.size() + " examples, all as the lecture's formulas say");
    }
    if (!failed.isEmpty()) {
      common.console().note("stride: not as the lecture says: " + String.join(", ", failed));
      return 1;
    }
    return 0;
  }

  private static Example find(String name) {
    return Lecture.find(name)
        .orElseThrow(
            () ->
                new UsageException(
                    "the lecture has no example \"%s\"; \"stride lecture --list\" shows them"
                        .formatted(name)));
  }

  private void list(List<Example> examples) {
    var table = Table.of("name", "slide");
    var json = new ArrayList<Map<String, Object>>();
    for (var example : examples) {
      table.row(example.name(), example.title());
      json.add(described(example));
    }
    common.result(Map.of("examples", json), table.toString());
  }

  private static Map<String, Object> described(Example example) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", example.name());
    json.put("title", example.title());
    json.put("shows", example.shows());
    return json;
  }

  private static Map<String, Object> json(Example example, LecturePage page) {
    var json = described(example);
    json.put("passed", page.passed());
    json.putAll(page.numbers());
    return json;
  }

  private static String text(Example example, LecturePage page) {
    var heading = "%s - slide \"%s\"".formatted(example.name(), example.title());
    var text = new StringBuilder(heading);
    text.append('\n').append("-".repeat(heading.length())).append('\n');
    text.append(example.shows()).append("\n\n");
    for (var line : page.lines()) {
      text.append("  ").append(line).append('\n');
    }
    return text.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"))
        + "\n";
  }
}
