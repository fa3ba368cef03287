import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes of a jar, in its place, the form of Java 6 and newer: with stack maps, by which
 * the JVM verifies them in one pass. Their code stays what it is.
 *
 * <p>Picocli is compiled for Java 5. Its classes take 0.2 seconds of every start in their old form,
 * in which an AOT cache cannot hold them.
 */
final class ModernClasses {
  /** The first version whose classes must have stack maps. */
  private static final int JAVA_7 = 51;

  private ModernClasses() {}

  public static void main(String[] args) throws IOException {
    var jar = Path.of(args[0]);
    var made = jar.resolveSibling(jar.getFileName() + ".new");
    try (var in = new ZipFile(jar.toFile());
        var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        var out = new ZipOutputStream(Files.newOutputStream(made))) {
      var resolver =
          ClassHierarchyResolver.ofResourceParsing(loader)
              .orElse(ClassHierarchyResolver.defaultResolver());
      var classes =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(resolver));
      for (var entry : Collections.list(in.entries())) {
        byte[] content = in.getInputStream(entry).readAllBytes();
        var copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        out.write(entry.getName().endsWith(".class") ? modern(classes, content) : content);
        out.closeEntry();
      }
    }
    Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] modern(ClassFile classes, byte[] content) {
    var old = classes.parse(content);
    if (old.majorVersion() >= JAVA_7) {
      return content;
    }
    return classes.build(
        old.thisClass().asSymbol(),
        made ->
            old.forEach(
                element -> {
                  switch (element) {
                    case ClassFileVersion version -> made.withVersion(JAVA_7, 0);
                    case MethodModel method ->
                        made.transformMethod(
                            method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
                    default -> made.with(element);
                  }
                }));
  }
}
