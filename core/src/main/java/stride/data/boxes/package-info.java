/**
 * Data sets of pictures with boxes around objects, in the formats that others write: COCO's JSON,
 * Pascal VOC's XML, YOLO's text files.
 *
 * <p>{@link stride.data.boxes.BoxLayout} finds what a folder holds and reads it as {@link
 * stride.data.BoxPictures}. No file is trusted.
 */
@NullMarked
package stride.data.boxes;

import org.jspecify.annotations.NullMarked;
