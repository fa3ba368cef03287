package stride.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StrictJsonTest {
  @Test
  void whatIsNoNumberIsNullAtAnyDepth() {
    var json = new LinkedHashMap<String, Object>();
    json.put("nan", Double.NaN);
    json.put("most", Double.MAX_VALUE);
    json.put("list", Arrays.asList(1, Float.NaN, null, Float.NEGATIVE_INFINITY, "NaN", 0.5f));
    json.put("map", Map.of("inside", List.of(Map.of("infinite", Double.POSITIVE_INFINITY))));
    json.put("null", null);
    json.put("yes", true);
    assertEquals(
        "{\"nan\":null,\"most\":1.7976931348623157E308,\"list\":[1,null,null,null,\"NaN\",0.5],"
            + "\"map\":{\"inside\":[{\"infinite\":null}]},\"null\":null,\"yes\":true}",
        StrictJson.line(json));
  }
}
