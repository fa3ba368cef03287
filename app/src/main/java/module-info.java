/** The command line. */
module stride.app {
  // The launchers add the module for commands with much to compute; without it the others start
  // sooner.
  requires static jdk.incubator.vector;
  requires java.desktop;
  requires jdk.management;
  requires stride;
  requires stride.zoo;
  requires stride.distributed;
  requires stride.onnx;
  requires stride.mnist;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires tools.jackson.jr.ob;
  requires de.siegmar.fastcsv;

  opens stride.app to
      info.picocli;
  opens stride.app.bench to
      info.picocli;
  opens stride.app.command to
      info.picocli;
  opens stride.app.console to
      info.picocli;
  opens stride.app.option to
      info.picocli;
}
