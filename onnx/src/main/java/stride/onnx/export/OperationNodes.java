package stride.onnx.export;

import java.util.List;
import stride.graph.Operation;
import stride.layer.Add;
import stride.layer.ChannelMultiply;
import stride.layer.ChannelShuffle;
import stride.layer.ChannelSlice;
import stride.layer.ChannelSplit;
import stride.layer.Concat;
import stride.layer.Flatten;
import stride.layer.Multiply;
import stride.layer.Rearrange;
import stride.layer.Reshape;
import stride.layer.Subtract;
import stride.layer.activation.Elu;
import stride.layer.activation.Exp;
import stride.layer.activation.Gelu;
import stride.layer.activation.HardSigmoid;
import stride.layer.activation.HardSwish;
import stride.layer.activation.LeakyRelu;
import stride.layer.activation.Mish;
import stride.layer.activation.Prelu;
import stride.layer.activation.Relu;
import stride.layer.activation.Sigmoid;
import stride.layer.activation.Silu;
import stride.layer.activation.Softmax;
import stride.layer.activation.Softplus;
import stride.layer.activation.Tanh;
import stride.layer.convolution.Conv;
import stride.layer.convolution.ConvTranspose;
import stride.layer.convolution.Dense;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FixedAffine;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.normalization.ScaledL2Norm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.GlobalAvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.pooling.Subsample;
import stride.layer.regularization.Dropout;
import stride.layer.regularization.StochasticDepth;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.spatial.PixelConcat;
import stride.layer.spatial.SpaceToDepth;
import stride.layer.spatial.Upsample;
import stride.onnx.proto.AttributeProto;

/** What each of Stride's operations is in ONNX. */
final class OperationNodes {
  private OperationNodes() {}

  /** Whether an operation does nothing at inference. */
  static boolean passesOn(Operation operation) {
    return operation instanceof Dropout || operation instanceof StochasticDepth;
  }

  /**
   * Adds an operation's nodes; returns the name of their result.
   *
   * @throws IllegalArgumentException if it has no counterpart
   */
  static String write(Site site) {
    return switch (site.node().operation()) {
      case Conv conv -> ConvolutionNodes.conv(site, conv);
      case ConvTranspose conv -> ConvolutionNodes.convTranspose(site, conv);
      case Dense dense -> ConvolutionNodes.dense(site, dense);

      case BatchNorm norm -> NormalizationNodes.batchNorm(site, norm.eps());
      case FrozenBatchNorm norm -> NormalizationNodes.batchNorm(site, norm.eps());
      case GroupNorm norm -> NormalizationNodes.groupNorm(site, norm);
      case InstanceNorm norm -> NormalizationNodes.instanceNorm(site, norm);
      case LayerNorm norm -> LayerNormNodes.layerNorm(site, norm);
      case LocalResponseNorm norm -> NormalizationNodes.localResponseNorm(site, norm);
      case ScaledL2Norm _ -> NormalizationNodes.scaledL2Norm(site);

      case MaxPool pool -> PoolingNodes.maxPool(site, pool);
      case AvgPool pool -> PoolingNodes.avgPool(site, pool);
      case GlobalAvgPool _ -> site.last("GlobalAveragePool", site.inputs());
      case AdaptiveAvgPool _ -> PoolingNodes.adaptiveAvgPool(site);
      case Subsample subsample -> PoolingNodes.subsample(site, subsample);

      case Pad pad -> ImageNodes.pad(site, pad);
      case Crop crop -> ImageNodes.crop(site, crop);
      case SpaceToDepth blocks -> ImageNodes.spaceToDepth(site, blocks);
      case Upsample upsample -> ImageNodes.upsample(site, upsample);

      case ChannelShuffle shuffle -> ChannelNodes.shuffle(site, shuffle.groups());
      case ChannelSlice slice -> ChannelNodes.slice(site, slice.from(), slice.to());
      case ChannelSplit split -> {
        int own = site.out().channels();
        yield ChannelNodes.slice(site, split.part() * own, (split.part() + 1) * own);
      }
      case Concat _ -> site.last("Concat", site.inputs(), AttributeProto.of("axis", 1));
      case Flatten _ -> site.last("Flatten", site.inputs(), AttributeProto.of("axis", 1));
      case Reshape _ ->
          site.last(
              "Reshape", List.of(site.input(), site.graph().longs(Site.sizes(0, site.out()))));

      case Rearrange rearrange -> OrderNodes.rearrange(site, rearrange);
      case PixelConcat _ -> OrderNodes.pixelConcat(site);
      case FixedAffine _ -> OrderNodes.fixedAffine(site);

      case Add _ -> site.last("Add", site.inputs());
      case Subtract _ -> site.last("Sub", site.inputs());
      case Multiply _ -> site.last("Mul", site.inputs());
      case ChannelMultiply _ -> site.last("Mul", site.inputs());

      case Relu relu -> ActivationNodes.relu(site, relu.ceiling());
      case Sigmoid _ -> site.last("Sigmoid", site.inputs());
      case Exp _ -> site.last("Exp", site.inputs());
      case Tanh _ -> site.last("Tanh", site.inputs());
      case Elu elu -> site.last("Elu", site.inputs(), AttributeProto.of("alpha", elu.alpha()));
      case LeakyRelu relu ->
          site.last("LeakyRelu", site.inputs(), AttributeProto.of("alpha", relu.slope()));
      case Prelu _ -> site.last("PRelu", site.inputAnd("weight"));
      case HardSigmoid _ -> ActivationNodes.hardSigmoid(site);
      case HardSwish _ -> ActivationNodes.hardSwish(site);
      case Silu _ -> ActivationNodes.silu(site);
      case Gelu gelu -> ActivationNodes.gelu(site, gelu.approximate());
      case Mish _ -> ActivationNodes.mish(site);
      case Softplus softplus -> ActivationNodes.softplus(site, softplus);
      case Softmax _ -> ActivationNodes.softmax(site);

      case Operation other ->
          throw new IllegalArgumentException(
              "a layer of the kind %s has no counterpart in ONNX".formatted(other.kind()));
    };
  }
}
