package stride.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone cluster of Spark's: a master and workers, each a JVM of its own. */
final class SparkProcesses implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();
  private final Path folder;
  private final int port;

  /**
   * Starts a cluster.
   *
   * @param folder for logs and the executors' files
   * @param workers how many, each with room for an executor of one core
   */
  SparkProcesses(Path folder, int workers) throws IOException {
    this(folder, Collections.nCopies(workers, Map.of()));
  }

  /**
   * Starts a cluster of machines that may differ.
   *
   * @param folder for logs and the executors' files
   * @param workers the environment of each, which its executor has too
   */
  SparkProcesses(Path folder, List<Map<String, String>> workers) throws IOException {
    this.folder = folder;
    port = freePort();
    start(
        "master",
        Map.of(),
        "org.apache.spark.deploy.master.Master",
        "--host",
        "127.0.0.1",
        "--port",
        Integer.toString(port),
        "--webui-port",
        "0");
    for (int worker = 0; worker < workers.size(); worker++) {
      start(
          "worker" + worker,
          workers.get(worker),
          "org.apache.spark.deploy.worker.Worker",
          "--host",
          "127.0.0.1",
          "--cores",
          "1",
          "--memory",
          "2g",
          "--webui-port",
          "0",
          "--work-dir",
          folder.resolve("work" + worker).toString(),
          url());
    }
  }

  /** The start of a command for a JVM with what Spark's own scripts give every one. */
  static List<String> java(String classPath) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(List.of("-cp", classPath));
    return command;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void start(String name, Map<String, String> environment, String main, String... arguments)
      throws IOException {
    var command = java(System.getProperty("java.class.path"));
    command.add("-Xmx256m");
    command.add(main);
    command.addAll(List.of(arguments));
    File log = folder.resolve(name + ".log").toFile();
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    // Workers look for Spark's jars here; they are on the class path already.
    var home = folder.resolve("spark");
    Files.createDirectories(home.resolve("jars"));
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().putAll(environment);
    processes.add(builder.start());
  }

  /** Where applications find the cluster. */
  String url() {
    return "spark://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    for (var process : processes.reversed()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
