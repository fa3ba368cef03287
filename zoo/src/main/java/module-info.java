/** Architectures by name. */
module stride.zoo {
  requires transitive stride;
  requires java.net.http;
  requires static transitive org.jspecify;

  exports stride.zoo;
}
