package stride.detection;

import java.util.Map;
import stride.network.MethodTypes;
import stride.network.ModelMethod;

/** Names the methods of detection in model files. */
public final class DetectionMethods implements MethodTypes {
  /** The service, as a module's provider makes it. */
  public DetectionMethods() {}

  @Override
  public Map<String, Class<? extends ModelMethod>> methods() {
    return Map.of(
        "fastestdet",
        FastestDetMethod.class,
        "ssd",
        SsdMethod.class,
        "retinanet",
        RetinaNetMethod.class,
        "fcos",
        FcosMethod.class,
        "faster-rcnn",
        FasterRcnnMethod.class);
  }
}
