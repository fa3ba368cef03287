/**
 * What an ONNX file computes, checked and without the file's peculiarities: names are unique,
 * operators have versions, functions are inlined, constants are tensors.
 *
 * <p>{@link stride.onnx.graph.OnnxGraph} is that form; {@link stride.onnx.graph.GraphReader} makes
 * it.
 */
@NullMarked
package stride.onnx.graph;

import org.jspecify.annotations.NullMarked;
