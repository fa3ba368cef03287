"""Makes the goldens of the tests of stride.codecs.webp: WebP pictures of all kinds and what PIL makes of them.

python3 webp.py FOLDER (Debian: python3-pil). pictures.bin holds the files one behind the other; pictures.txt says of
each how many bytes it has, its size, its channels and the CRC-32 of its pixels, or that PIL refuses it. cut.txt and mutants.txt say what PIL makes of some of
them that are cut at every place, the sizes of their chunks mended, and that are changed at random.
"""

import io
import pathlib
import random
import re
import struct
import sys
import warnings
import zlib

from PIL import Image

import webp_streams
from libwebp import encode

LARGEST = 1 << 20
JAVA = pathlib.Path(__file__).resolve().parents[2] / "codecs/src/main/java/stride/codecs"


class Numbers:
    """A 32-bit linear congruential generator, which the Java test has too."""

    def __init__(self, state):
        self.state = state

    def below(self, bound):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) % bound


def scene(width, height, colours=None, transparent=False):
    """A smooth picture with an edge and specks of noise; or one of few colours, in patches and specks."""
    numbers = Numbers(width * 1000 + height + (colours or 0))
    palette = [bytes(numbers.below(256) for _ in range(3)) for _ in range(colours or 0)]
    data = bytearray()
    for y in range(height):
        for x in range(width):
            speck = numbers.below(16) == 0
            if colours:
                i = numbers.below(colours) if speck else (x // 5 + y // 3 * 7) % colours
                data += palette[i]
            else:
                inside = (x - width // 3) ** 2 + (y - height // 3) ** 2 < min(width, height) ** 2 // 9
                red = 240 if inside else 40 + 170 * x // width
                noise = numbers.below(120) if speck or x > 0.8 * width else 0
                data += bytes([(red + noise) % 256, 250 - 200 * y // height, (30 + 3 * x + 3 * y + noise) % 256])
            if transparent:
                data.append(255 if x < width // 2 else numbers.below(256) if speck else 7 * (x // 3 + y // 2) % 256)
    return Image.frombytes("RGBA" if transparent else "RGB", (width, height), bytes(data))


def chunk(name, data, size=None):
    return name + struct.pack("<I", len(data) if size is None else size) + data + bytes(len(data) & 1)


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def image(webp):
    """The chunks of a picture, without those around them."""
    at, found = 12, b""
    while at < len(webp):
        end = at + 8 + (struct.unpack("<I", webp[at + 4 : at + 8])[0] + 1 & ~1)
        if webp[at : at + 4] in (b"ALPH", b"VP8 ", b"VP8L"):
            found += webp[at:end]
        at = end
    return found


def canvas(width, height, flags):
    sizes = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return chunk(b"VP8X", struct.pack("<I", flags) + sizes)


def frame(webp, left, top, width, height, flags=0, behind=b""):
    numbers = b"".join(struct.pack("<I", n)[:3] for n in (left // 2, top // 2, width - 1, height - 1, 100))
    return chunk(b"ANMF", numbers + bytes([flags]) + image(webp) + behind)


ANIM = chunk(b"ANIM", b"\x10\x20\x30\xff\0\0")
SIZES = "1x1 1x2 2x1 2x2 1x17 17x1 3x5 5x3 15x17 16x16 16x15 17x16 31x33 33x31 127x63 64x1 1x64 8x130".split()


def lossy():
    small = scene(33, 31)
    for method in range(7):
        for quality in range(0, 101, 10):
            yield f"method{method}_quality{quality}", encode(small, method=method, quality=quality)
    textured = scene(48, 40, 40)
    for kind, name in enumerate(["simple", "normal"]):
        for strength in 0, 20, 60, 100:
            for sharpness in 0, 1, 4, 5, 7:
                settings = dict(filter_type=kind, filter_strength=strength, filter_sharpness=sharpness)
                yield f"{name}{strength}_sharpness{sharpness}", encode(textured, quality=40, **settings)
    tall = scene(37, 150)
    for segments in 1, 2, 3, 4:
        for partitions in range(4):
            settings = dict(segments=segments, partitions=partitions, sns_strength=90, filter_strength=40)
            yield f"segments{segments}_partitions{partitions}", encode(tall, quality=30, **settings)
    for size in SIZES:
        width, height = map(int, size.split("x"))
        yield f"lossy_{size}", encode(scene(width, height), quality=60)
    for name in "autofilter use_sharp_yuv emulate_jpeg_size low_memory".split():
        yield f"with_{name}", encode(small, **{name: 1})
    for preprocessing in 1, 2, 4:
        yield f"preprocessing{preprocessing}", encode(small, preprocessing=preprocessing)


def transparent():
    picture = scene(35, 29, transparent=True)
    levels = Image.merge("RGBA", (*scene(35, 29).split(), scene(35, 29, 3).split()[0]))
    for compression in 0, 1:
        for filtering in 0, 1, 2:
            for quality in 100, 40:
                settings = dict(alpha_compression=compression, alpha_filtering=filtering, alpha_quality=quality)
                yield f"alpha{compression}_filter{filtering}_quality{quality}", encode(picture, **settings)
                yield f"levels{compression}_filter{filtering}_quality{quality}", encode(levels, exact=1, **settings)
    plane = bytes(picture.split()[3].getdata())
    colours = image(encode(scene(35, 29), quality=50))
    for kind in 0x00, 0x04, 0x08, 0x0C, 0x1C, 0x02, 0x20, 0x40:
        extended = canvas(35, 29, 0x10)
        yield f"alpha_of_kind_{kind}", riff(extended, chunk(b"ALPH", bytes([kind]) + plane), colours)
    yield "alpha_too_short", riff(canvas(35, 29, 0x10), chunk(b"ALPH", b"\0" + plane[:-1]), colours)
    yield "alpha_longer", riff(canvas(35, 29, 0x10), chunk(b"ALPH", b"\0" + plane + b"1234"), colours)
    yield "alpha_empty", riff(canvas(35, 29, 0x10), chunk(b"ALPH", b""), colours)
    yield "alpha_not_announced", riff(canvas(35, 29, 0), chunk(b"ALPH", b"\0" + plane), colours)
    yield "alpha_announced_and_missing", riff(canvas(35, 29, 0x10), colours)
    yield "alpha_behind", riff(canvas(35, 29, 0x10), colours, chunk(b"ALPH", b"\0" + plane))


def lossless():
    for colours in 1, 2, 3, 4, 5, 16, 17, 256, None:
        for level in range(10):
            name = f"colours{colours}_level{level}" if colours else f"lossless_level{level}"
            yield name, encode(scene(26, 19, colours), preset=level, lossless=1)
    for size in SIZES:
        width, height = map(int, size.split("x"))
        yield f"lossless_{size}", encode(scene(width, height, 5 if width % 2 else None), lossless=1, method=6)
    for level in 0, 20, 40, 60, 80:
        yield f"near_lossless{level}", encode(scene(26, 19), lossless=1, near_lossless=level)
    for exact in 0, 1:
        yield f"lossless_alpha_exact{exact}", encode(scene(26, 19, transparent=True), lossless=1, exact=exact)
    # Large enough for codes that differ from part to part.
    yield "parts", encode(scene(260, 90, 70), lossless=1, quality=100, method=6)


def containers():
    small = encode(scene(20, 12), quality=50)
    flat, clear = encode(scene(20, 12, 4), lossless=1), encode(scene(20, 12, transparent=True), lossless=1)
    veiled = encode(scene(20, 12, transparent=True), quality=50)
    mine = chunk(b"MINE", b"12345")
    yield "unknown_behind", riff(image(small), mine)
    yield "unknown_around", riff(canvas(20, 12, 0), mine, image(flat), mine, chunk(b"ICCP", b"1"))
    yield "unknown_in_front", riff(mine, image(small))
    yield "all_features", riff(canvas(20, 12, 0x2C), chunk(b"ICCP", b"123"), image(small), chunk(b"EXIF", b"1"))
    yield "reserved_feature", riff(canvas(20, 12, 0x01), image(small))
    yield "canvas_of_another_size", riff(canvas(20, 13, 0), image(small))
    yield "canvas_twice", riff(canvas(20, 12, 0), canvas(20, 12, 0), image(small))
    yield "canvas_with_more", riff(chunk(b"VP8X", bytes(4) + b"\x13\0\0\x0b\0\0" + b"12"), image(small))
    yield "two_images", riff(canvas(20, 12, 0), image(small), image(small))
    yield "two_images_simple", riff(image(small), image(flat))
    yield "no_image", riff(canvas(20, 12, 0), mine)
    yield "transparent_lossless", riff(canvas(20, 12, 0), image(clear))
    yield "garbage_behind", small + b"behind the end"
    yield "garbage_within", riff(image(small), b"1234567")
    yield "chunk_beyond_the_end", riff(image(small), chunk(b"MINE", b"1234", 6))
    # The first quality that gives an odd size.
    for quality in range(30, 60):
        webp = encode(scene(13, 9), quality=quality)
        if struct.unpack("<I", webp[16:20])[0] % 2:
            yield "padded", webp
            yield "padding_missing", riff(image(webp)[:-1])
            break
    yield "riff_too_long", small[:4] + struct.pack("<I", len(small) - 7) + small[8:]
    yield "riff_too_short", small[:4] + struct.pack("<I", len(small) - 9) + small[8:]
    yield "riff_of_nothing", b"RIFF\4\0\0\0WEBP"
    yield "two_frames", riff(canvas(30, 20, 0x12), ANIM, frame(veiled, 4, 6, 20, 12), frame(small, 0, 0, 20, 12))
    yield "lossless_frame", riff(canvas(30, 20, 2), ANIM, frame(flat, 10, 8, 20, 12, 3, mine))
    yield "clear_frame", riff(canvas(30, 20, 0x12), ANIM, frame(clear, 0, 8, 20, 12))
    yield "frame_of_another_size", riff(canvas(30, 20, 2), ANIM, frame(small, 0, 0, 5, 5))
    yield "frame_beyond_the_canvas", riff(canvas(30, 20, 2), ANIM, frame(small, 12, 0, 20, 12))
    yield "later_frame_beyond", riff(canvas(30, 20, 2), ANIM, frame(flat, 0, 0, 20, 12), frame(flat, 0, 10, 20, 12))
    yield "frame_without_animation", riff(canvas(30, 20, 0), ANIM, frame(flat, 0, 0, 20, 12))
    yield "frame_without_anim", riff(canvas(20, 12, 2), frame(flat, 0, 0, 20, 12))
    yield "image_in_animation", riff(canvas(20, 12, 2), ANIM, image(flat))
    yield "empty_frame", riff(canvas(30, 20, 2), ANIM, frame(b"", 0, 0, 9, 9), frame(flat, 0, 0, 20, 12))
    yield "unknown_in_frame", riff(canvas(30, 20, 2), ANIM, frame(b"", 0, 0, 9, 9, 0, mine), frame(flat, 0, 0, 20, 12))


def exotic():
    source = (JAVA / "vp8/CoefficientProbabilities.java").read_text()
    updates = [int(n) for n in re.findall(r"\d+", re.search(r"UPDATES = \{(.*?)\};", source, re.S)[1])]
    for i in range(32):
        numbers = random.Random(i)
        width, height = numbers.randint(1, 28), numbers.randint(1, 28)
        yield f"exotic_lossy{i}", riff(chunk(b"VP8 ", webp_streams.vp8(numbers, width, height, updates)))
    for i in range(50):
        numbers = random.Random(i)
        width, height = numbers.randint(1, 20), numbers.randint(1, 15)
        yield f"exotic_lossless{i}", riff(chunk(b"VP8L", webp_streams.vp8l(numbers, width, height)))


def opened(data):
    try:
        return Image.open(io.BytesIO(data))
    except Exception:
        return None


def pixels(picture, mode):
    """What PIL makes of a picture; None if it refuses it."""
    try:
        return picture.convert(mode).tobytes() if picture else None
    except Exception:
        return None


def described(name, data):
    picture = opened(data)
    # PIL calls this one RGBA, and all of it is opaque.
    mode = "RGB" if name == "alpha_not_announced" else picture.mode if picture else None
    found = pixels(picture, mode)
    if found is None:
        return "refused"
    return f"{picture.width} {picture.height} {len(mode)} {zlib.crc32(found)}"


def outcome(data):
    """The CRC-32 of the colours, "-" if PIL refuses it, "large" if there are too many pixels to try."""
    picture = opened(data)
    if picture and picture.width * picture.height > LARGEST:
        return "large"
    found = pixels(picture, "RGB")
    return "-" if found is None else f"{zlib.crc32(found):x}"


def chunks(data):
    at, found = 12, []
    while at < len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + (size & 1)
    return found


def cut(name, data):
    """For each chunk, what PIL makes of the file if the chunk has 0, 1, 2, ... of its bytes; equal ones are counted."""
    found = chunks(data)
    for i, (kind, whole) in enumerate(found):
        outcomes = []
        for length in range(len(whole)):
            parts = [chunk(n, d[:length] if k == i else d) for k, (n, d) in enumerate(found)]
            outcomes.append(outcome(riff(*parts)))
        runs = []
        for one in outcomes:
            if runs and runs[-1][1] == one:
                runs[-1][0] += 1
            else:
                runs.append([1, one])
        yield f"{name} {i} " + " ".join(f"{count}*{one}" for count, one in runs)


def mutant(data, numbers):
    changed = bytearray(data)
    for _ in range(1 + numbers.below(4)):
        bound = min(len(data), 40) if numbers.below(3) == 0 else len(data)
        changed[numbers.below(bound)] ^= 1 + numbers.below(255)
    return bytes(changed)


def mutants(name, data, count):
    numbers = Numbers(zlib.crc32(data))
    return f"{name} " + " ".join(outcome(mutant(data, numbers)) for _ in range(count))


def main(folder):
    warnings.simplefilter("ignore")
    # What is refused is libwebp's decision.
    Image.MAX_IMAGE_PIXELS = None
    made = {}
    for kind in lossy, transparent, lossless, containers, exotic:
        made |= dict(kind())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pictures.bin").write_bytes(b"".join(made.values()))
    lines = [f"{name} {len(data)} {described(name, data)}\n" for name, data in made.items()]
    (folder / "pictures.txt").write_text("".join(lines))
    names = """segments4_partitions3 method4_quality50 normal60_sharpness5 lossless_level6 colours4_level3 colours17_level9
        alpha1_filter2_quality100 levels1_filter1_quality100 levels1_filter0_quality40 alpha0_filter2_quality100
        lossless_alpha_exact1 two_frames lossless_frame all_features""".split()
    (folder / "cut.txt").write_text("".join(line + "\n" for name in names for line in cut(name, made[name])))
    names += [name for name in made if name.startswith("exotic")][::10]
    (folder / "mutants.txt").write_text("".join(mutants(name, made[name], 120) + "\n" for name in names))


main(pathlib.Path(sys.argv[1]))
