package stride.app.console;

/** The root of a command line: it knows where its commands write. */
public interface ConsoleOwner {
  Console console();
}
