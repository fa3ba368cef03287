package stride.data.augment;

import stride.data.TargetType;
import stride.data.TargetType.Boxes;
import stride.tensor.Shape;

/** Moves targets that lie over an image along with its pixels. Used by one thread at a time. */
public final class TargetWarp {
  private final Shape image;
  private final TargetType type;
  private final float[] before;

  /**
   * Creates a warp for targets of a type.
   *
   * @param image the shape of the image that targets lie over, (H, W, C)
   * @param type the type of the targets
   */
  public TargetWarp(Shape image, TargetType type) {
    this.image = image;
    this.type = type;
    before = new float[moves(type) ? type.floats() : 0];
  }

  /**
   * {@return whether targets of a type move with their image}
   *
   * @param type the type of the targets
   */
  public static boolean moves(TargetType type) {
    return switch (type) {
      case TargetType.OneClass _, TargetType.SeveralClasses _, TargetType.Values _ -> false;
      case TargetType.Image _, TargetType.ClassMap _, TargetType.Boxes _ -> true;
      case TargetType.Several several ->
          several.parts().values().stream().anyMatch(TargetWarp::moves);
    };
  }

  /**
   * Moves the target in a row.
   *
   * @param warp how the image's pixels were moved
   * @param row the target's row, changed in place
   */
  public void apply(Warp warp, float[] row) {
    apply(warp, type, row, 0);
  }

  private void apply(Warp warp, TargetType type, float[] row, int at) {
    switch (type) {
      case TargetType.OneClass _, TargetType.SeveralClasses _, TargetType.Values _ -> {}
      case TargetType.Image(var shape) -> {
        System.arraycopy(row, at, before, 0, type.floats());
        Affine.resample(
            before,
            row,
            at,
            shape.height(),
            shape.width(),
            shape.channels(),
            scaled(warp, shape.height(), shape.width()));
      }
      case TargetType.ClassMap map -> {
        System.arraycopy(row, at, before, 0, type.floats());
        move(map, scaled(warp, map.height(), map.width()), row, at);
      }
      case TargetType.Boxes _ -> move(warp.inverse(), row, at);
      case TargetType.Several(var parts) -> {
        int next = at;
        for (var part : parts.values()) {
          apply(warp, part, row, next);
          next += part.floats();
        }
      }
    }
  }

  private Warp scaled(Warp warp, int height, int width) {
    return warp.scaled((double) width / image.width(), (double) height / image.height());
  }

  /** Gives each pixel the class of the nearest source pixel; pixels from outside get no class. */
  private void move(TargetType.ClassMap map, Warp warp, float[] row, int at) {
    int height = map.height();
    int width = map.width();
    for (int y = 0, i = at; y < height; y++) {
      for (int x = 0; x < width; x++, i++) {
        double fromX = Math.floor(warp.sourceX(x + 0.5, y + 0.5));
        double fromY = Math.floor(warp.sourceY(x + 0.5, y + 0.5));
        boolean inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
        row[i] = inside ? before[(int) fromY * width + (int) fromX] : -1;
      }
    }
  }

  /**
   * Replaces each box by the smallest upright one around its moved corners, cut off at the image's
   * edges. Boxes whose middle has left the image are dropped.
   *
   * @param forward maps positions before the move to positions after it
   */
  private void move(Warp forward, float[] row, int at) {
    int count = (int) row[at];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int from = at + 1 + Boxes.FLOATS * i;
      double left = Double.POSITIVE_INFINITY;
      double top = Double.POSITIVE_INFINITY;
      double right = Double.NEGATIVE_INFINITY;
      double bottom = Double.NEGATIVE_INFINITY;
      for (int corner = 0; corner < 4; corner++) {
        double x = row[from + ((corner & 1) == 0 ? 1 : 3)];
        double y = row[from + ((corner & 2) == 0 ? 2 : 4)];
        double toX = forward.sourceX(x, y);
        double toY = forward.sourceY(x, y);
        left = Math.min(left, toX);
        right = Math.max(right, toX);
        top = Math.min(top, toY);
        bottom = Math.max(bottom, toY);
      }
      double middleX = (left + right) / 2;
      double middleY = (top + bottom) / 2;
      if (middleX < 0 || middleX >= image.width() || middleY < 0 || middleY >= image.height()) {
        continue;
      }
      int to = at + 1 + Boxes.FLOATS * kept++;
      row[to] = row[from];
      row[to + 1] = (float) Math.max(left, 0);
      row[to + 2] = (float) Math.max(top, 0);
      row[to + 3] = (float) Math.min(right, image.width());
      row[to + 4] = (float) Math.min(bottom, image.height());
    }
    row[at] = kept;
  }
}
