/**
 * ONNX's operators as plain loops over tensors of any rank and type, written from the standard's
 * text.
 *
 * <p>{@link stride.onnx.evaluate.Evaluator} runs a graph; {@link stride.onnx.evaluate.Operators}
 * knows which operators there are; {@link stride.onnx.evaluate.Folding} computes what depends on no
 * input.
 */
@NullMarked
package stride.onnx.evaluate;

import org.jspecify.annotations.NullMarked;
