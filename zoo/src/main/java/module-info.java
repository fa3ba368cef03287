/** Architectures by name. */
module stride.zoo {
  requires transitive stride;
  requires static transitive org.jspecify;

  exports stride.zoo;
}
