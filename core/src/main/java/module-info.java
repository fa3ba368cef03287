module stride {
  requires static jdk.incubator.vector;
  requires transitive java.desktop;
  requires tools.jackson.jr.ob;
  requires static transitive org.jspecify;
}
