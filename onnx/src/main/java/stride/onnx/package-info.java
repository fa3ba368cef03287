/**
 * ONNX files.
 *
 * <p>{@link stride.onnx.OnnxProgram} runs any of them on raw tensors, in the file's own layout and
 * types.
 */
@NullMarked
package stride.onnx;

import org.jspecify.annotations.NullMarked;
