"""libwebp's encoder with all of its settings, some of which neither PIL nor cwebp can choose (such as partitions)."""

import ctypes

INT, FLOAT = ctypes.c_int, ctypes.c_float
ABI = 0x020F

# WebPConfig (webp/encode.h), in its order.
SETTINGS = """lossless quality method image_hint target_size target_PSNR segments sns_strength filter_strength
filter_sharpness filter_type autofilter alpha_compression alpha_filtering alpha_quality pass show_compressed
preprocessing partitions partition_limit emulate_jpeg_size thread_level low_memory near_lossless exact
use_delta_palette use_sharp_yuv qmin qmax""".split()

library = ctypes.CDLL("libwebp.so.7")
library.WebPConfigInitInternal.argtypes = [ctypes.c_void_p, INT, FLOAT, INT]


class Config(ctypes.Structure):
    _fields_ = [(name, FLOAT if name in ("quality", "target_PSNR") else INT) for name in SETTINGS]


class Picture(ctypes.Structure):
    """WebPPicture, as far as it is used, and room for the rest."""

    _fields_ = [
        ("use_argb", INT),
        ("colorspace", INT),
        ("width", INT),
        ("height", INT),
        ("y_u_v", ctypes.c_void_p * 3),
        ("y_stride", INT),
        ("uv_stride", INT),
        ("a", ctypes.c_void_p),
        ("a_stride", INT),
        ("pad1", INT * 2),
        ("argb", ctypes.c_void_p),
        ("argb_stride", INT),
        ("pad2", INT * 3),
        ("writer", ctypes.c_void_p),
        ("custom_ptr", ctypes.c_void_p),
        ("rest", ctypes.c_char * 256),
    ]


class Writer(ctypes.Structure):
    _fields_ = [("mem", ctypes.c_void_p), ("size", ctypes.c_size_t), ("max_size", ctypes.c_size_t), ("pad", INT)]


def encode(image, preset=None, **settings):
    """A PIL image of the mode RGB or RGBA as a WebP; settings as in WebPConfig, preset: a level of lossless effort."""
    config = Config()
    assert library.WebPConfigInitInternal(ctypes.byref(config), 0, settings.get("quality", 75), ABI)
    if preset is not None:
        assert library.WebPConfigLosslessPreset(ctypes.byref(config), preset)
    for name, value in settings.items():
        assert name in SETTINGS, name
        setattr(config, name, value)
    assert library.WebPValidateConfig(ctypes.byref(config)), settings
    picture = Picture()
    assert library.WebPPictureInitInternal(ctypes.byref(picture), ABI)
    picture.use_argb = config.lossless
    picture.width, picture.height = image.size
    if config.use_sharp_yuv or config.preprocessing & 4:
        picture.use_argb = 1
    load = library.WebPPictureImportRGBA if image.mode == "RGBA" else library.WebPPictureImportRGB
    data = image.tobytes()
    assert load(ctypes.byref(picture), data, len(image.mode) * image.width)
    writer = Writer()
    library.WebPMemoryWriterInit(ctypes.byref(writer))
    picture.writer = ctypes.cast(library.WebPMemoryWrite, ctypes.c_void_p)
    picture.custom_ptr = ctypes.addressof(writer)
    assert library.WebPEncode(ctypes.byref(config), ctypes.byref(picture)), settings
    encoded = ctypes.string_at(writer.mem, writer.size)
    library.WebPPictureFree(ctypes.byref(picture))
    library.WebPMemoryWriterClear(ctypes.byref(writer))
    return encoded
