/**
 * ONNX's graphs as networks that run on the engine.
 *
 * <p>{@link stride.onnx.engine.NetworkReader} makes a model of a graph; {@link
 * stride.onnx.engine.View} is how a value of ONNX lies in an edge of the engine; a {@link
 * stride.onnx.engine.Rule} knows what some operators are there.
 */
@NullMarked
package stride.onnx.engine;

import org.jspecify.annotations.NullMarked;
