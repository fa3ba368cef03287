/**
 * Tensors of any rank and of any element type of ONNX.
 *
 * <p>{@link stride.onnx.tensor.OnnxTensor} holds them; {@link stride.onnx.tensor.Tensors} makes
 * them from a file's messages and back.
 */
@NullMarked
package stride.onnx.tensor;

import org.jspecify.annotations.NullMarked;
