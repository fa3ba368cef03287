package stride.data.digits;

import java.util.Map;
import stride.image.Fit;
import stride.image.FitTypes;

/** Names the preparation of digits in model files. */
public final class DigitFits implements FitTypes {
  /** The service, as a module's provider makes it. */
  public DigitFits() {}

  @Override
  public Map<String, Class<? extends Fit>> fits() {
    return Map.of("digit", Digit.class);
  }
}
