package stride.app.console;

import picocli.CommandLine.IVersionProvider;

/** The version of the module, as the build gives it to the jar. */
public final class Version implements IVersionProvider {
  public static String text() {
    var descriptor = Version.class.getModule().getDescriptor();
    return descriptor == null ? "unknown" : descriptor.rawVersion().orElse("unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "Stride " + text(),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")"
    };
  }
}
