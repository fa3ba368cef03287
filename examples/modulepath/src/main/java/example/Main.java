package example;

import java.io.IOException;
import java.nio.file.Path;
import stride.kernel.Kernels;
import stride.network.Model;
import stride.zoo.Zoo;

/** Says what a model sees in the pictures that are named; without any, what it would run on. */
public final class Main {
  private Main() {}

  public static void main(String[] pictures) throws IOException {
    IO.println("kernels: " + Kernels.best().name());
    // Fresh weights know nothing; Pretrained.RESNET18_IMAGENET1K_V1.load() has learned.
    var model = Model.initialized(Zoo.find("resnet18").network(), 1);
    IO.println(model);
    for (var picture : pictures) {
      IO.println(picture + ": " + model.classify(Path.of(picture)).top(3));
    }
  }
}
