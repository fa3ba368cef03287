/**
 * Networks and models: a {@link stride.network.Network} is layers with an input shape, a {@link
 * stride.network.Model} a network with its weights, labels and preprocessing, which lives in one
 * safetensors file.
 */
@NullMarked
package stride.network;

import org.jspecify.annotations.NullMarked;
