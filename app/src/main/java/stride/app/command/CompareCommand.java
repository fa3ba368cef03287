package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.report.Comparison;
import stride.app.report.OutputFile;
import stride.app.run.RunFolder;

/** {@code stride compare}: several runs on one page. */
@Command(
    name = "compare",
    description = "Write a page that compares runs: curves, figures, settings that differ.")
public final class CompareCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders of runs.")
  private List<Path> folders;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "compare.html",
      description = "The page, .html. Default: compare.html.")
  private Path out;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var page = OutputFile.page("--out", out);
    var paths = folders.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
    if (new HashSet<>(paths).size() < paths.size()) {
      throw new UsageException("a run is compared with others; name each one once");
    }
    var names = paths.stream().map(path -> String.valueOf(path.getFileName())).toList();
    boolean distinct = new HashSet<>(names).size() == names.size();
    var runs = new ArrayList<Comparison.Run>();
    for (int i = 0; i < folders.size(); i++) {
      var folder = folders.get(i);
      runs.add(
          new Comparison.Run(distinct ? names.get(i) : folder.toString(), RunFolder.read(folder)));
    }
    page.write(new Comparison(runs).toHtml());
    var json = new LinkedHashMap<String, Object>();
    json.put("runs", folders.stream().map(Path::toString).toList());
    json.put("out", out.toString());
    common.result(json, out.toString());
    return 0;
  }
}
