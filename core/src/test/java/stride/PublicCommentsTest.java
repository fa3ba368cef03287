package stride;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that users of an exported package see has a comment, or inherits one. */
final class PublicCommentsTest {
  private static final Pattern EXPORT = Pattern.compile("exports (stride[\\w.]*);");

  @ParameterizedTest
  @ValueSource(strings = {"core", "mnist", "zoo"})
  void nothingPublicIsWithoutAComment(String module) throws IOException {
    var sources = Path.of("..", module, "src", "main", "java");
    var exported =
        EXPORT
            .matcher(Files.readString(sources.resolve("module-info.java")))
            .results()
            .map(export -> export.group(1))
            .collect(Collectors.toSet());
    var missing = new ArrayList<String>();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null);
        var paths = Files.walk(sources)) {
      var units =
          files.getJavaFileObjectsFromPaths(
              paths.filter(path -> isSource(path, sources, exported)).toList());
      var task =
          (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, units);
      var docs = DocTrees.instance(task);
      for (var unit : task.parse()) {
        new Scanner(docs, unit, missing).scan(unit, null);
      }
    }
    assertEquals(List.of(), missing.stream().sorted().toList());
  }

  private static boolean isSource(Path path, Path sources, Set<String> exported) {
    String folder = sources.relativize(path.getParent()).toString().replace('/', '.');
    String name = path.getFileName().toString();
    return name.endsWith(".java") && !name.endsWith("-info.java") && exported.contains(folder);
  }

  /** Goes through public and protected elements of public types. */
  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final CompilationUnitTree unit;
    private final List<String> missing;

    Scanner(DocTrees docs, CompilationUnitTree unit, List<String> missing) {
      this.docs = docs;
      this.unit = unit;
      this.missing = missing;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      if (!isSeen(type.getModifiers())) {
        return null;
      }
      check(type.getSimpleName().toString());
      return super.visitClass(type, null);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      boolean made =
          method.getName().contentEquals("<init>") && isRecord(getCurrentPath().getParentPath());
      if (isSeen(method.getModifiers()) && !inherits && !made) {
        check(method.getName().toString());
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree field, Void unused) {
      var parent = getCurrentPath().getParentPath();
      // Components stand in the record's comment; the names of an enum's constants speak.
      boolean component = isRecord(parent) || parent.getLeaf().getKind() == Tree.Kind.ENUM;
      boolean constant = field.getModifiers().getFlags().contains(Modifier.STATIC);
      if (isSeen(field.getModifiers()) && !(component && !(constant && isRecord(parent)))) {
        check(field.getName().toString());
      }
      return null;
    }

    private static boolean isRecord(TreePath path) {
      return path.getLeaf().getKind() == Tree.Kind.RECORD;
    }

    /** Members of interfaces are public without saying so. */
    private boolean isSeen(ModifiersTree modifiers) {
      var parent = getCurrentPath().getParentPath();
      boolean inInterface =
          parent != null
              && parent.getLeaf().getKind() == Tree.Kind.INTERFACE
              && !modifiers.getFlags().contains(Modifier.PRIVATE);
      return inInterface
          || modifiers.getFlags().contains(Modifier.PUBLIC)
          || modifiers.getFlags().contains(Modifier.PROTECTED);
    }

    private void check(String name) {
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      if (comment == null || comment.getFullBody().isEmpty() && comment.getBlockTags().isEmpty()) {
        long line =
            unit.getLineMap()
                .getLineNumber(
                    docs.getSourcePositions().getStartPosition(unit, getCurrentPath().getLeaf()));
        missing.add(
            "%s:%d %s"
                .formatted(Path.of(unit.getSourceFile().getName()).getFileName(), line, name));
      }
    }
  }
}
