/**
 * ONNX files.
 *
 * <p>{@link stride.onnx.OnnxProgram} runs any of them on raw tensors, in the file's own layout and
 * types; {@link stride.onnx.Onnx} reads them as models, and writes models as such files.
 */
@NullMarked
package stride.onnx;

import org.jspecify.annotations.NullMarked;
