"""Makes the goldens of the tests of stride.image and stride.codecs: what PIL and torchvision make of pictures.

python3 images.py CORE CODECS, the two folders that it fills (Debian: python3-pil, python3-torchvision).
resize.txt and crop.txt hold check sums of made-up images resized and cut, pictures.txt those of the small picture
files that it writes beside it, in as many forms as decoders tell apart.
"""

import io
import pathlib
import struct
import sys
import warnings
import zlib

from PIL import Image, ImageOps
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

CORE, CODECS = (pathlib.Path(folder) for folder in sys.argv[1:])
FILTERS = ["NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"]


def noise(count, state=1):
    """Bytes that have nothing smooth about them, from a 32-bit linear congruential generator."""
    data = bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        data.append(state >> 24)
    return bytes(data)


def image(height, width, channels):
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), noise(height * width * channels))


def crc(picture):
    return zlib.crc32(picture.tobytes())


# height, width, channels, and the size it is brought to.
SIZES = [
    (37, 53, 3, 20, 20),
    (37, 53, 1, 100, 7),
    (5, 4, 3, 64, 48),
    (300, 1, 1, 28, 28),
    (64, 64, 3, 32, 64),
    (64, 64, 3, 64, 31),
    (1, 1, 3, 1, 1),
    (1, 1, 3, 7, 5),
    (1, 1, 1, 224, 224),
    (2, 3, 3, 1, 1),
    (97, 131, 3, 1, 1),
    (640, 479, 3, 299, 223),
    (311, 500, 3, 224, 360),
    (101, 99, 1, 1000, 1001),
    (4, 900, 3, 224, 3),
    (900, 4, 3, 3, 224),
    (1, 3000, 1, 2, 11),
    (3000, 2, 3, 13, 1),
    (33, 33, 3, 32, 34),
]


def resized():
    for height, width, channels, to_height, to_width in SIZES:
        for name in FILTERS:
            picture = image(height, width, channels).resize((to_width, to_height), getattr(Image, name))
            yield f"{height} {width} {channels} {to_height} {to_width} {name} {crc(picture)}"


# height, width, channels, the shorter side and the square that is cut out.
CROPS = [
    (300, 451, 3, 256, 224),
    (451, 300, 3, 256, 224),
    (299, 450, 1, 256, 224),
    (257, 256, 3, 256, 224),
    (256, 257, 3, 256, 255),
    (500, 333, 3, 342, 299),
    (333, 500, 3, 232, 224),
    (11, 1003, 3, 20, 20),
    (1003, 11, 3, 20, 17),
    (31, 40, 3, 20, 25),
    (40, 31, 3, 20, 28),
    (3, 5, 1, 2, 7),
    (1, 1, 3, 256, 224),
    (1, 700, 3, 64, 64),
]


def cropped():
    for height, width, channels, shorter, side in CROPS:
        for name in FILTERS:
            mode = InterpolationMode[name]
            picture = F.center_crop(F.resize(image(height, width, channels), [shorter], mode), [side])
            assert picture.size == (side, side)
            yield f"{height} {width} {channels} {shorter} {side} {name} {crc(picture)}"
    normalised = F.normalize(F.to_tensor(picture.convert("RGB")), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    yield "# the last one's middle, normalised: " + " ".join(float(v).hex() for v in normalised[:, side // 2, side // 2])


WIDTH, HEIGHT = 37, 26


def scene(mode="RGB"):
    """A smooth picture with an edge and a speck of noise, all channels different."""
    grain = noise(WIDTH * HEIGHT * 4, 7)
    data = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            at = 4 * (y * WIDTH + x)
            red = 255 if (x - 12) ** 2 + (y - 9) ** 2 < 50 else 40 + 4 * x
            data += bytes([red, 255 - 8 * y, 30 + 3 * x + 3 * y, 7 * x % 256])
            if x > 28:
                data[at : at + 4] = grain[at : at + 4]
    return Image.frombytes("RGBA", (WIDTH, HEIGHT), bytes(data)).convert(mode)


def saved(picture, format, **how):
    out = io.BytesIO()
    picture.save(out, format, **how)
    return out.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(row, bits):
    """Samples of some bits, the first one uppermost."""
    number = 0
    for sample in row:
        number = number << bits | sample
    length = -(-len(row) * bits // 8)
    return (number << (8 * length - bits * len(row))).to_bytes(length, "big")


def png(colour, bits, samples, extra=b"", interlaced=False, palette=None, behind=b""):
    """A PNG of rows of samples, those of a pixel side by side."""
    bands = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    raw = b""
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for left, top, right, down in passes:
        for y in range(top, HEIGHT, down):
            row = []
            for x in range(left, WIDTH, right):
                row += samples[y][x * bands : (x + 1) * bands]
            raw += b"\0" + packed(row, bits)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour, 0, 0, int(interlaced))
    plte = chunk(b"PLTE", palette) if palette else b""
    data = zlib.compress(raw, 9)
    middle = len(data) // 2
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + plte + extra
        + chunk(b"IDAT", data[:middle]) + chunk(b"IDAT", data[middle:]) + behind + chunk(b"IEND", b"")
    )  # fmt: skip


def rows(bands, bits, values=None):
    """Rows of made-up samples that need all of the bits."""
    grain = noise(WIDTH * HEIGHT * bands * 2, 3)
    made = []
    for y in range(HEIGHT):
        row = []
        for i in range(WIDTH * bands):
            at = 2 * (y * WIDTH * bands + i)
            value = grain[at] << 8 | grain[at + 1]
            row.append(value % values if values else value >> (16 - bits))
        made.append(row)
    return made


def exif(orientation, order=">"):
    head = {">": b"MM\0*", "<": b"II*\0"}[order] + struct.pack(order + "I", 8)
    entries = [(0x010F, 2, 4, b"cam\0"), (0x0112, 3, 1, struct.pack(order + "HH", orientation, 0))]
    body = b"".join(struct.pack(order + "HHI", *entry[:3]) + entry[3] for entry in entries)
    return b"Exif\0\0" + head + struct.pack(order + "H", len(entries)) + body + b"\0\0\0\0"


def segments(jpeg):
    """A JPEG's segments in front of its data, and the rest."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        length = 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        found.append(jpeg[at : at + length])
        at += length
    return found, jpeg[at:]


def rebuilt(jpeg, drop=(), add=(), numbers=None):
    """A JPEG without its segments of some kinds, with others in front, and other numbers of its components."""
    found, rest = segments(jpeg)
    kept = [s for s in found if s[1] not in drop]
    if numbers:
        for i, s in enumerate(kept):
            if s[1] == 0xC0:
                s = bytearray(s)
                for c, number in enumerate(numbers):
                    s[10 + 3 * c] = number
                kept[i] = bytes(s)
        rest = bytearray(rest)
        for c, number in enumerate(numbers):
            rest[5 + 2 * c] = number
    return jpeg[:2] + b"".join(add) + b"".join(kept) + bytes(rest)


def segment(kind, data):
    return bytes([0xFF, kind]) + struct.pack(">H", 2 + len(data)) + data


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


def bmp(bits, data, compression=0, palette=b"", masks=b"", top_down=False):
    head = struct.pack(
        "<IiiHHIIiiII", 40, WIDTH, -HEIGHT if top_down else HEIGHT, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0
    )
    offset = 14 + 40 + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + head + masks + palette + data


def padded(row):
    return row + bytes(-len(row) % 4)


def sixteen(samples):
    return b"".join(padded(b"".join(struct.pack("<H", v) for v in row)) for row in samples)


def runs():
    """Rows as BMP's runs of 8-bit indices, some of them plain stretches."""
    data = b""
    for y in range(HEIGHT):
        data += bytes([20, y % 6, 0, 5, 1, 2, 3, 4, 5, 0, WIDTH - 25, 0]) + b"\0\0"
    return data + b"\0\1"


def gif(frame, left, top, transparent=None):
    """A GIF whose first image is smaller than its screen."""
    whole = saved(frame, "GIF")
    table = 3 * (2 << (whole[10] & 7))
    body = whole[13 + table :]
    while body[0] == 0x21:
        at = 2
        while body[at]:
            at += 1 + body[at]
        body = body[at + 1 :]
    control = b""
    if transparent is not None:
        control = b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0"
    body = body[:1] + struct.pack("<HH", left, top) + body[5:]
    return b"GIF89a" + struct.pack("<HH", WIDTH, HEIGHT) + whole[10 : 13 + table] + control + body


def profile():
    """A colour profile that changes colours where it is applied: red and green are swapped."""
    from PIL import ImageCms

    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return bytes(data.replace(b"rXYZ", b"xXYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"xXYZ", b"gXYZ", 1))


def jdk_pictures():
    rgb, grey, cmyk = scene(), scene("L"), scene("CMYK")
    jpeg = saved(rgb, "JPEG", quality=85, subsampling=0)
    inks = saved(cmyk, "JPEG", quality=85)
    yield "444.jpg", jpeg
    yield "422.jpg", saved(rgb, "JPEG", quality=85, subsampling=1)
    yield "420.jpg", saved(rgb, "JPEG", quality=85, subsampling=2)
    yield "progressive.jpg", saved(rgb, "JPEG", quality=85, progressive=True)
    yield "restarts.jpg", saved(rgb, "JPEG", quality=40, optimize=True)
    yield "grey.jpg", saved(grey, "JPEG", quality=85)
    yield "profile.jpg", saved(rgb, "JPEG", quality=85, icc_profile=profile())
    yield "cmyk.jpg", inks
    yield "cmyk_progressive.jpg", saved(cmyk, "JPEG", quality=85, progressive=True)
    yield "ycck.jpg", rebuilt(inks, drop=[0xEE], add=[adobe(2)])
    yield "cmyk_without_adobe.jpg", rebuilt(inks, drop=[0xEE])
    yield "adobe_rgb.jpg", rebuilt(jpeg, drop=[0xE0], add=[adobe(0)])
    yield "adobe_ycc.jpg", rebuilt(jpeg, drop=[0xE0], add=[adobe(1)])
    yield "adobe_unknown.jpg", rebuilt(jpeg, drop=[0xE0], add=[adobe(2)])
    yield "jfif_and_adobe_rgb.jpg", rebuilt(jpeg, add=[adobe(0)])
    yield "without_jfif.jpg", rebuilt(jpeg, drop=[0xE0])
    yield "without_jfif_420.jpg", rebuilt(saved(rgb, "JPEG", quality=85, subsampling=2), drop=[0xE0])
    yield "named_rgb.jpg", rebuilt(jpeg, drop=[0xE0], numbers=b"RGB")
    yield "named_otherwise.jpg", rebuilt(jpeg, drop=[0xE0], numbers=b"\x00\x01\x02")
    yield "exif_only.jpg", rebuilt(jpeg, drop=[0xE0], add=[segment(0xE1, exif(1))])
    yield "garbage_behind.jpg", jpeg + noise(100)
    yield "damaged_profile.jpg", rebuilt(jpeg, add=[segment(0xE2, b"ICC_PROFILE\0\1\1" + noise(200))])
    yield "damaged_exif.jpg", rebuilt(jpeg, add=[segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff")])
    yield "damaged_jfif.jpg", rebuilt(jpeg, drop=[0xE0], add=[segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\5\5")])
    for orientation in range(1, 10):
        order = ">" if orientation % 2 else "<"
        yield f"orientation_{orientation}.jpg", saved(rgb, "JPEG", quality=60, exif=exif(orientation, order))
    yield "orientation_6_grey.jpg", saved(grey, "JPEG", quality=60, exif=exif(6))
    yield "orientation_8_cmyk.jpg", saved(cmyk, "JPEG", quality=60, exif=exif(8))

    yield "rgb.png", saved(rgb, "PNG")
    yield "profile.png", saved(rgb, "PNG", icc_profile=profile())
    yield "rgba.png", saved(scene("RGBA"), "PNG")
    yield "palette.png", saved(rgb.quantize(200), "PNG")
    yield "palette_of_7_transparent.png", saved(rgb.quantize(7), "PNG", transparency=b"\0\x80")
    for bits in 1, 2, 4, 8:
        palette = noise(3 << bits)
        yield f"palette_{bits}.png", png(3, bits, rows(1, bits), palette=palette, interlaced=bits == 4)
        yield f"grey_{bits}.png", png(0, bits, rows(1, bits), interlaced=bits == 2)
    yield "grey_4_transparent.png", png(0, 4, rows(1, 4), chunk(b"tRNS", b"\0\5"))
    yield "grey_16.png", png(0, 16, rows(1, 16))
    yield "grey_16_dark.png", png(0, 16, rows(1, 16, 400))
    yield "grey_alpha.png", png(4, 8, rows(2, 8))
    yield "grey_alpha_16.png", png(4, 16, rows(2, 16))
    yield "rgb_16.png", png(2, 16, rows(3, 16), interlaced=True)
    yield "rgb_16_transparent.png", png(2, 16, rows(3, 16), chunk(b"tRNS", b"\0\5\0\5\0\5"))
    yield "rgb_transparent.png", png(2, 8, rows(3, 8), chunk(b"tRNS", b"\0\5\0\5\0\5"))
    yield "rgba_16.png", png(6, 16, rows(4, 16))
    yield "rgb_interlaced.png", png(2, 8, rows(3, 8), interlaced=True)
    yield "gamma.png", png(2, 8, rows(3, 8), chunk(b"gAMA", struct.pack(">I", 100000)))
    yield "orientation_5.png", png(2, 8, rows(3, 8), chunk(b"eXIf", exif(5)[6:]))
    yield "orientation_7_palette.png", png(3, 4, rows(1, 4), chunk(b"eXIf", exif(7)[6:]), palette=noise(48))
    yield "orientation_3_behind.png", png(0, 1, rows(1, 1), behind=chunk(b"eXIf", exif(3)[6:]))

    yield "rgb.bmp", saved(rgb, "BMP")
    yield "grey.bmp", saved(grey, "BMP")
    yield "bits.bmp", saved(scene("1"), "BMP")
    yield "palette.bmp", saved(rgb.quantize(100), "BMP")
    palette = b"".join(noise(3, i) + b"\0" for i in range(16))
    yield "palette_4.bmp", bmp(4, b"".join(padded(packed(row, 4)) for row in rows(1, 4)), palette=palette)
    yield "runs.bmp", bmp(8, runs(), compression=1, palette=palette[:32])
    yield "rgb_555.bmp", bmp(16, sixteen(rows(1, 15)))
    yield "rgb_565.bmp", bmp(16, sixteen(rows(1, 16)), compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    pixels = b"".join(b"".join(struct.pack("<I", v << 8 | v * 7 % 256) for v in row) for row in rows(1, 16))
    yield "rgb_32.bmp", bmp(32, pixels)
    yield "rgb_top_down.bmp", bmp(24, b"".join(padded(bytes(row)) for row in rows(3, 8)), top_down=True)

    yield "whole.gif", saved(rgb.quantize(50), "GIF")
    yield "interlaced.gif", saved(rgb.quantize(50), "GIF", interlace=1)
    yield "grey.gif", saved(grey, "GIF")
    small = rgb.quantize(16).crop((0, 0, 20, 11))
    yield "part.gif", gif(small, 9, 8)
    yield "part_transparent.gif", gif(small, 9, 8, 3)
    yield "wider_than_its_screen.gif", gif(small, 30, 20)
    yield "animated.gif", saved(rgb.quantize(8), "GIF", save_all=True, append_images=[grey.quantize(8)])


def webp_pictures():
    rgb, rgba = scene(), scene("RGBA")
    yield "lossless.webp", saved(rgb, "WEBP", lossless=True)
    yield "lossless_alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True)
    yield "lossless_palette.webp", saved(rgb.quantize(6).convert("RGB"), "WEBP", lossless=True)
    yield "lossless_profile.webp", saved(rgb, "WEBP", lossless=True, icc_profile=profile())
    yield "lossless_animated.webp", saved(rgb, "WEBP", lossless=True, save_all=True, append_images=[scene("L").convert("RGB")])
    yield "orientation_6.webp", saved(rgb, "WEBP", lossless=True, exif=exif(6))
    yield "lossy.webp", saved(rgb, "WEBP", quality=80)
    yield "lossy_low.webp", saved(rgb, "WEBP", quality=10, method=6)
    yield "lossy_alpha.webp", saved(rgba, "WEBP", quality=80)
    yield "lossy_profile.webp", saved(rgb, "WEBP", quality=80, icc_profile=profile())


def write(folder, name, lines):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(line + "\n" for line in lines))


def pictures(folder, made):
    """Each file with its size and the check sums of its RGB, its grey values and its RGB without EXIF."""
    for name, data in made:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        stored = Image.open(io.BytesIO(data))
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        plain = stored.convert("RGB")
        yield f"{name} {turned.height} {turned.width} {crc(turned.convert('RGB'))} {crc(turned.convert('L'))} {crc(plain)}"


warnings.simplefilter("ignore")
write(CORE, "resize.txt", resized())
write(CORE, "crop.txt", cropped())
write(CORE, "pictures.txt", pictures(CORE / "pictures", jdk_pictures()))
write(CODECS, "pictures.txt", pictures(CODECS / "pictures", webp_pictures()))
