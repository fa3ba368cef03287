package stride.app.lecture;

import java.util.List;
import java.util.Optional;

/** All worked examples, in the lecture's order. */
public final class Lecture {
  public static final List<Example> EXAMPLES =
      List.of(
          new Example(
              "mlp-or-convolution",
              "Using MLP? / Convolution v.s. Fully Connected Layer",
              "A dense layer on an image needs millions of weights, a convolutional one thousands.",
              CountingExample::oneLayer),
          new Example(
              "box-functions",
              "Convolution",
              "Two boxes, one pushed over the other: what they share makes a triangle.",
              ConvolutionExample::boxes),
          new Example(
              "flipping",
              "Convolution / Convolution in Neural Networks",
              "Mathematics flips the filter before it slides, networks do not.",
              ConvolutionExample::flipping),
          new Example(
              "forward",
              "Convolution in Neural Networks",
              "Each output is the sum of the filter's numbers times the pixels below them.",
              BackwardExample::forward),
          new Example(
              "vertical-edges",
              "Convolution Example: Vertical Edge Detection",
              "Where light turns into dark from left to right, the output is bright.",
              EdgesExample::vertical),
          new Example(
              "horizontal-edges",
              "Convolution Example: Horizontal Edge Detection",
              "The same filter, turned, sees light turn into dark from top to bottom.",
              EdgesExample::horizontal),
          new Example(
              "learning-edges",
              "Learning to Detect Edges",
              "Nobody has to write the filter: gradient descent finds it from images and their"
                  + " edges.",
              LearningExample::edges),
          new Example(
              "filter-gradient",
              "Backward Computation of Convolutional Layer",
              "The filter's gradient is a convolution of the input with the output's gradient.",
              BackwardExample::filterGradient),
          new Example(
              "input-gradient",
              "Backward Computation of Convolutional Layer (full convolution)",
              "The input's gradient is the full convolution of the output's with the flipped"
                  + " filter.",
              BackwardExample::inputGradient),
          new Example(
              "padding",
              "Padding",
              "Without padding an image shrinks, with \"same\" padding it keeps its size.",
              SizeExample::padding),
          new Example(
              "stride",
              "Strided Convolution",
              "A filter that moves by two pixels at a time makes an image about half as large.",
              SizeExample::stride),
          new Example(
              "output-size",
              "Summary of Convolutions",
              "An n x n image, an f x f filter, padding p and stride s make floor((n+2p-f)/s + 1).",
              SizeExample::formula),
          new Example(
              "rgb",
              "Convolutions on RGB images / More Filters",
              "A filter sees all channels at once; two filters make an output of two channels.",
              ChannelsExample::rgb),
          new Example(
              "pop-quiz",
              "Pop Quiz",
              "A layer's input and output tell how large its filters are, and how many.",
              ChannelsExample::popQuiz),
          new Example(
              "im2col",
              "Implementation",
              "Stretch each block of pixels into a column, and a convolution is one matrix"
                  + " product.",
              MatrixExample::im2col),
          new Example(
              "weight-sharing",
              "Convolution v.s. Fully Connected Layer",
              "A filter is a dense layer that looks at few pixels, with the same weights"
                  + " everywhere.",
              CountingExample::sharing),
          new Example(
              "max-pooling",
              "Pooling Layer - Max pooling / Backward Computation of Pooling Layer",
              "Only the largest number of a window comes through, so only it gets a gradient.",
              PoolingExample::max),
          new Example(
              "average-pooling",
              "Pooling Layer - Average pooling / Backward Computation of Pooling Layer",
              "All numbers of a window count the same, so they share the gradient.",
              PoolingExample::average),
          new Example(
              "lenet5",
              "LeNet - 5",
              "Most of the parameters of a convolutional network are in its dense layers.",
              CountingExample::lenet5),
          new Example(
              "softmax",
              "Multi-class Classification",
              "Softmax makes probabilities of any numbers; cross-entropy pulls the right one up.",
              LossExample::softmaxCrossEntropy),
          new Example(
              "sigmoid",
              "Multi-class Classification (binary classification)",
              "For yes or no, the sigmoid and binary cross-entropy do with one number.",
              LossExample::binaryCrossEntropy));

  private Lecture() {}

  /** The example of a name, if there is one. */
  public static Optional<Example> find(String name) {
    return EXAMPLES.stream().filter(example -> example.name().equals(name)).findFirst();
  }
}
