/** The command line. */
module stride.app {
  // Named here, so that the command line needs no --add-modules flag.
  requires jdk.incubator.vector;
  requires stride;
  requires stride.zoo;
  requires stride.mnist;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires tools.jackson.jr.ob;

  opens stride.app to
      info.picocli;
  opens stride.app.lecture to
      info.picocli;
}
