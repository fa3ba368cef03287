/**
 * Stride's models as stages of Spark ML's pipelines: pure Java, nothing to install on the executors
 * but a JDK 25. Spark runs on the class path; this artifact is no module.
 */
@NullMarked
package stride.spark;

import org.jspecify.annotations.NullMarked;
