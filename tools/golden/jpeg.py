"""Makes the goldens of the tests of stride.image.jpeg: what PIL makes of JPEGs of every kind, whole and damaged.

python3 jpeg.py FOLDER [DATA] (Debian: python3-pil, libjpeg-turbo-progs). Into the folder it writes jpegs.gz, small files
one after the other, each with its name, and jpegs.txt: for each name the size and the check sum of PIL's pixels, or that
PIL refuses it. With DATA, the folder shared/data, also photos.txt: the same for the JPEGs that are there.

python3 jpeg.py --mutants COUNT SEED FOLDER writes so many damaged JPEGs into a folder in the same form, --random COUNT SEED
FOLDER whole ones of random settings; JpegGoldenTest compares them with -Dstride.jpegs=FOLDER.
"""

import gzip
import io
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import warnings
import zlib

from PIL import Image

Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("ignore")


def scene(width, height, seed=1):
    """A picture with smooth colours, edges and some noise."""
    random_ = random.Random(seed)
    picture = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            red = 255 if (x - width / 3) ** 2 + (y - height / 3) ** 2 < width * height / 16 else 40 + 3 * x % 200
            noise = random_.randrange(90) if x > 2 * width / 3 else 0
            picture.putpixel((x, y), (red, max(255 - 7 * y, noise), (30 + 3 * x + 3 * y + noise) % 256))
    return picture


def cjpeg(picture, *options, script=None):
    """What cjpeg makes of a picture; of a script of scans too, a line each."""
    ppm = io.BytesIO()
    picture.save(ppm, "PPM")
    with tempfile.NamedTemporaryFile("w") as scans:
        if script:
            scans.write(script)
            scans.flush()
            options += "-scans", scans.name
        return subprocess.run(["cjpeg", *options], input=ppm.getvalue(), capture_output=True, check=True).stdout


def pil(picture, **how):
    out = io.BytesIO()
    picture.save(out, "JPEG", **how)
    return out.getvalue()


def segment(kind, data=b"", length=None):
    return bytes([0xFF, kind]) + struct.pack(">H", 2 + len(data) if length is None else length) + data


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


def split(jpeg):
    """SOI, the segments, each scan's data and EOI; of each the kind, or None for data, and its bytes."""
    parts, at = [[0xD8, jpeg[:2]]], 2
    while at < len(jpeg):
        kind = jpeg[at + 1]
        end = at + 2 if kind == 0xD9 else at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        parts.append([kind, jpeg[at:end]])
        at = end
        if kind == 0xDA:
            while not (jpeg[end] == 0xFF and jpeg[end + 1] and not 0xD0 <= jpeg[end + 1] <= 0xD7):
                end += 1
            parts.append([None, jpeg[at:end]])
            at = end
    return parts


def joined(parts):
    return b"".join(data for _, data in parts)


def without(jpeg, *kinds):
    return joined(part for part in split(jpeg) if part[0] not in kinds)


def inserted(jpeg, before, data, which=0):
    """With something in front of a segment, or of a scan's data (None), or of the end."""
    parts = split(jpeg)
    at = [i for i, part in enumerate(parts) if part[0] == before][which]
    parts.insert(at, [-1, data])
    return joined(parts)


def patched(jpeg, kind, place, data, which=0):
    """With other bytes in a segment, counted from its marker, or in a scan's data."""
    parts = split(jpeg)
    at = [i for i, part in enumerate(parts) if part[0] == kind][which]
    old = parts[at][1]
    parts[at][1] = old[:place] + data + old[place + len(data) :]
    return joined(parts)


SOF = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}


def frame(jpeg):
    return next(kind for kind, _ in split(jpeg) if kind in SOF)


def interleaved(picture, sampling, *options):
    return cjpeg(picture, "-quality", "80", "-sample", sampling, *options)


def samplings():
    """All factors of luma beside 1x1, and others that are rare or odd."""
    picture = scene(45, 38)
    for across in 1, 2, 3, 4:
        for down in 1, 2, 3, 4:
            sampling = f"{across}x{down},1x1,1x1"
            script = None if across * down <= 8 else "0;\n1;\n2;\n"
            yield f"sampling_{across}x{down}", cjpeg(picture, "-sample", sampling, script=script)
            yield f"sampling_progressive_{across}x{down}", cjpeg(
                picture, "-progressive", "-quality", "40", "-sample", sampling, script=None if across * down <= 8 else PLANES
            )
    for sampling in (
        "1x1,2x1,2x1", "1x1,2x2,2x2", "1x1,1x2,1x2", "1x2,2x1,1x1", "2x1,1x2,1x1", "2x2,2x1,1x2", "2x2,1x1,2x2", "2x2,2x2,1x1",
        "1x1,4x1,1x1", "1x1,1x4,2x2", "4x1,2x1,1x1", "1x4,1x2,1x1", "2x4,1x1,1x1", "4x2,1x1,1x1", "4x1,1x2,2x1", "2x2,2x2,2x2",
        "3x1,1x1,3x1", "1x3,1x1,1x3", "1x1,3x2,1x1", "2x1,2x1,2x1", "2x4,1x2,1x1",
    ):  # fmt: skip
        yield "sampling_" + sampling.replace(",", "_"), cjpeg(picture, "-sample", sampling, script=None if area(sampling) <= 10 else "0;\n1;\n2;\n")
    for sampling in "1x1", "2x1", "1x2", "2x2", "4x4", "3x2":
        for mode in [], ["-progressive"], ["-arithmetic"]:
            yield f"grey_{sampling}_{len(mode) and mode[0][1:]}", cjpeg(picture, "-grayscale", "-sample", sampling, *mode)
    # What no encoder makes: data that are meant otherwise.
    plain = cjpeg(picture, "-sample", "2x2")
    for name, factors in {
        "fraction": (0x31, 0x21, 0x11), "none": (0x20, 0x11, 0x11), "five": (0x51, 0x11, 0x11),
        "eleven_blocks": (0x33, 0x11, 0x11), "fraction_down": (0x13, 0x12, 0x11), "ten_blocks": (0x42, 0x11, 0x11),
    }.items():  # fmt: skip
        jpeg = plain
        for i, factor in enumerate(factors):
            jpeg = patched(jpeg, 0xC0, 11 + 3 * i, bytes([factor]))
        yield f"sampling_patched_{name}", jpeg


def area(sampling):
    return sum(int(a[0]) * int(a[2]) for a in sampling.split(","))


def sizes():
    for width, height in [
        (1, 1), (2, 1), (1, 2), (3, 2), (2, 3), (3, 3), (4, 5), (1, 17), (17, 1), (7, 8), (8, 8), (9, 9), (15, 16), (16, 15),
        (17, 33), (33, 17), (31, 5),
    ]:  # fmt: skip
        for sampling in "1x1", "2x1", "1x2", "2x2", "4x1", "4x2":
            yield f"size_{width}x{height}_{sampling}", interleaved(scene(width, height), sampling)


PLANES = "0: 0-0, 0, 0;\n1: 0-0, 0, 0;\n2: 0-0, 0, 0;\n0: 1-63, 0, 0;\n1: 1-63, 0, 0;\n2: 1-63, 0, 0;\n"

# Scans of progressive pictures, some of them incomplete: what is missing is guessed.
SCRIPTS = {
    "dc": "0 1 2: 0-0, 0, 0;\n",
    "dc_coarse": "0 1 2: 0-0, 0, 2;\n",
    "dc_coarse_refined_once": "0 1 2: 0-0, 0, 2;\n0 1 2: 0-0, 2, 1;\n",
    "luma_5": "0 1 2: 0-0, 0, 0;\n0: 1-5, 0, 0;\n",
    "luma_5_coarse": "0 1 2: 0-0, 0, 1;\n0: 1-5, 0, 2;\n",
    "luma": "0 1 2: 0-0, 0, 0;\n0: 1-63, 0, 0;\n",
    "chroma": "0 1 2: 0-0, 0, 0;\n1: 1-63, 0, 0;\n2: 1-63, 0, 0;\n",
    "coarse": "0 1 2: 0-0, 0, 0;\n0: 1-63, 0, 3;\n1: 1-63, 0, 2;\n2: 1-63, 0, 1;\n0: 1-63, 3, 2;\n",
    "high_first": "0 1 2: 0-0, 0, 0;\n0: 10-63, 0, 0;\n2: 6-63, 0, 0;\n2: 1-5, 0, 0;\n",
    "refined": "0 1 2: 0-0, 0, 1;\n0: 1-63, 0, 2;\n0: 1-63, 2, 1;\n0: 1-63, 1, 0;\n1: 1-63, 0, 1;\n2: 1-63, 0, 1;\n"
    "0 1 2: 0-0, 1, 0;\n1: 1-63, 1, 0;\n2: 1-63, 1, 0;\n",
    "one_by_one": "0: 0-0, 0, 0;\n1: 0-0, 0, 0;\n2: 0-0, 0, 0;\n0: 1-2, 0, 0;\n0: 3-63, 0, 0;\n1: 1-63, 0, 0;\n2: 1-63, 0, 0;\n",
    "planes": PLANES,
}  # fmt: skip


def modes():
    picture = scene(50, 41, 2)
    for mode in [], ["-optimize"], ["-progressive"], ["-arithmetic"], ["-arithmetic", "-progressive"]:
        name = "".join(mode).replace("-", "_")
        for quality in "1", "30", "100":
            for sampling in "1x1", "2x2":
                yield f"mode{name}_{quality}_{sampling}", cjpeg(picture, "-quality", quality, "-sample", sampling, *mode)
        yield f"mode{name}_rgb", cjpeg(picture, "-rgb", "-sample", "2x1", *mode)
        for restart in "1", "2", "1B", "3B":
            yield f"restart{name}_{restart}", cjpeg(picture, "-restart", restart, "-sample", "2x2", *mode)
    for name, script in SCRIPTS.items():
        for mode in ["-progressive"], ["-arithmetic", "-progressive"]:
            for sampling in "1x1", "2x2", "1x2":
                if sampling == "1x1" or len(mode) == 1:
                    jpeg = cjpeg(picture, "-quality", "60", "-sample", sampling, *mode, script=script)
                    yield f"script_{name}_{sampling}{'_arithmetic' * (len(mode) - 1)}", jpeg
        yield f"script_{name}_narrow", cjpeg(scene(13, 50), "-sample", "1x1", "-progressive", script=script)
        yield f"script_{name}_low", cjpeg(scene(50, 9), "-sample", "2x2", "-progressive", script=script)
    for name, script in {"planes": "0;\n1;\n2;\n", "backwards": "2;\n1;\n0;\n", "two_one": "0 1;\n2;\n", "one_two": "0;\n1 2;\n"}.items():
        for mode in [], ["-arithmetic"], ["-restart", "1"]:
            jpeg = cjpeg(picture, "-sample", "2x2", *mode, script=script)
            yield f"sequential_{name}{''.join(mode).replace('-', '_')}", jpeg
    # Scans that are missing, or come twice.
    jpeg = cjpeg(picture, "-sample", "2x2", script="0;\n1;\n2;\n")
    parts = split(jpeg)
    scans = [i for i, part in enumerate(parts) if part[0] == 0xDA]
    yield "scan_missing", joined(parts[: scans[2]] + parts[-1:])
    yield "scan_twice", joined(parts[:-1] + parts[scans[0] : scans[0] + 2] + parts[-1:])
    yield "scan_of_other_components", joined(parts[:-1] + [[-1, b"\xff\xda\0\x08\1\7\0\0\x3f\0"]] + parts[-1:])
    single = cjpeg(picture, "-sample", "2x2")
    parts = split(single)
    yield "second_scan", joined(parts[:-1] + parts[-3:])
    yield "component_order", patched(single, 0xDA, 5, b"\2\x11\1\0")
    progressive = cjpeg(picture, "-progressive")
    for name, place, value in [("band", -2, b"\x40"), ("bits", -1, b"\x20"), ("low_bit", -1, b"\x0e"), ("dc_and_ac", -2, b"\5")]:
        last = split(progressive)
        scan = [i for i, part in enumerate(last) if part[0] == 0xDA][1]
        data = last[scan][1]
        last[scan][1] = data[:place] + value + data[len(data) + place + 1 :]
        yield f"scan_of_a_wrong_{name}", joined(last)


def colours():
    picture = scene(40, 30, 3)
    plain, half = cjpeg(picture, "-sample", "1x1"), cjpeg(picture, "-sample", "2x2")
    for name, jpeg in ("full", plain), ("half", half):
        bare = without(jpeg, 0xE0)
        yield f"colours_{name}_bare", bare
        for transform in 0, 1, 2, 3, 255:
            yield f"colours_{name}_adobe_{transform}", inserted(bare, 0xDB, adobe(transform))
            yield f"colours_{name}_jfif_adobe_{transform}", inserted(jpeg, 0xDB, adobe(transform))
        for ids in b"RGB", b"rgb", b"\0\1\2", b"\1\1\1", b"\1\2\2", b"\x22\x23\x24", b"BGR":
            named = bare
            for i, number in enumerate(ids):
                named = patched(named, 0xC0, 10 + 3 * i, bytes([number]))
                named = patched(named, 0xDA, 5 + 2 * i, bytes([number]))
            yield f"colours_{name}_ids_{ids.hex()}", named
    inks = picture.convert("CMYK")
    inks.putdata([(c, m, y, (c * 3 + m) % 200) for c, m, y, _ in inks.getdata()])
    for subsampling in 0, 1, 2:
        for how in {}, {"progressive": True}:
            jpeg = pil(inks, quality=85, subsampling=subsampling, **how)
            name = f"{subsampling}{'_progressive' * len(how)}"
            yield f"cmyk_{name}", jpeg
            yield f"ycck_{name}", inserted(without(jpeg, 0xEE), 0xDB, adobe(2))
    jpeg = pil(inks, quality=85)
    yield "cmyk_bare", without(jpeg, 0xEE)
    for transform in 1, 3:
        yield f"cmyk_adobe_{transform}", inserted(without(jpeg, 0xEE), 0xDB, adobe(transform))
    yield "cmyk_jfif", inserted(without(jpeg, 0xEE), 0xDB, segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"))
    # Other numbers of components.
    for count in 0, 2, 5:
        data = b"".join(bytes([i + 1, 0x11, 0]) for i in range(count))
        head = segment(0xC0, struct.pack(">BHHB", 8, 8, 8, count) + data)
        scan = segment(0xDA, bytes([min(count, 4)]) + b"".join(bytes([i + 1, 0]) for i in range(min(count, 4))) + b"\0\x3f\0")
        yield f"components_{count}", b"\xff\xd8" + segment(0xDB, bytes(65)) + head + scan + bytes(20) + b"\xff\xd9"


def segments():
    picture = scene(33, 28, 4)
    jpeg = cjpeg(picture, "-sample", "2x1")
    noise = random.Random(5).randbytes(300)
    for name, data in {
        "jfif_short": b"JFIF\0\1\1\0", "jfif_density_0": b"JFIF\0\1\1\0\0\0\0\0\0\0", "jfif_unit_9": b"JFIF\0\1\1\x09\1\2\3\4\0\0",
        "jfif_version_9": b"JFIF\0\x09\x09\0\0\1\0\1\0\0", "jfif_thumbnail": b"JFIF\0\1\1\0\0\1\0\1\5\5", "jfif_13": b"JFIF\0\1\1\0\0\1\0\1\0",
        "jfxx": b"JFXX\0\x10" + noise[:20], "nothing": b"", "jfif_5": b"JFIF\0",
    }.items():  # fmt: skip
        yield f"app0_{name}", inserted(without(jpeg, 0xE0), 0xDB, segment(0xE0, data))
    for name, kind, data in [
        ("exif_empty", 0xE1, b"Exif\0\0"), ("exif_cut", 0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1"), ("exif_noise", 0xE1, b"Exif\0\0" + noise[:50]),
        ("exif_far", 0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"), ("xmp", 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x"),
        ("icc_noise", 0xE2, b"ICC_PROFILE\0\1\1" + noise), ("icc_wrong_number", 0xE2, b"ICC_PROFILE\0\5\2" + noise[:40]),
        ("icc_number_0", 0xE2, b"ICC_PROFILE\0\0\0" + noise[:10]), ("icc_empty", 0xE2, b"ICC_PROFILE\0\1\1"),
        ("mpf", 0xE2, b"MPF\0II*\0\x08\0\0\0\0\0"), ("flashpix", 0xE2, b"FPXR\0"), ("photoshop", 0xED, b"Photoshop 3.0\0" + noise[:40]),
        ("photoshop_cut", 0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\0\0"), ("ducky", 0xEC, b"Ducky" + noise[:9]),
        ("adobe_short", 0xEE, b"Adobe\0d\0\0\0\0"), ("adobe_5", 0xEE, b"Adobe"), ("icc_12", 0xE2, b"ICC_PROFILE\0"), ("exif_type", 0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0\x1a\1\5\0\1\0\0\0\xff\xff\0\0"),
        ("photoshop_8bim", 0xED, b"Photoshop 3.0\x008BIM\4\4"), ("adobe_long", 0xEE, b"Adobe\0d\0\0\0\0\0" + noise[:30]), ("app15", 0xEF, noise[:99]),
        ("comment", 0xFE, noise[:99]), ("comment_empty", 0xFE, b""), ("app3_0", 0xE3, b""),
    ]:  # fmt: skip
        yield f"app_{name}", inserted(jpeg, 0xDB, segment(kind, data))
    for length in 0, 1, 2, 3, 40, 65535:
        for kind in 0xE1, 0xE2, 0xFE, 0xE0, 0xEE:
            if kind == 0xE1 or length in (0, 3, 40):
                yield f"length_{length}_{kind:x}", inserted(jpeg, 0xDB, segment(kind, b"\1\2\3\4\5\6", length))
    for kind in 0xDB, 0xC0, 0xC4, 0xDA:
        for change in -1, 1, 17:
            data = next(part for k, part in split(jpeg) if k == kind)
            length = struct.unpack(">H", data[2:4])[0]
            yield f"length_{change}_of_{kind:x}", patched(jpeg, kind, 2, struct.pack(">H", length + change))
    for name, data in {
        "fill": b"\xff" * 5, "junk": b"\0\1\2\3 garbage", "stuffed": b"\xff\0\xff\0", "tem": b"\xff\1", "restart": b"\xff\xd3", "dnl": segment(0xDC, b"\0\x1c"),
        "dri": segment(0xDD, b"\0\5"), "dri_0": segment(0xDD, b"\0\0"), "dri_long": segment(0xDD, b"\0\5\0"), "dri_short": segment(0xDD, b"\0"), "soi": b"\xff\xd8",
        "eoi": b"\xff\xd9", "jpg0": segment(0xF0, b"12"), "jpg13": segment(0xFD, b"12"), "reserved": segment(0x02, b"12"), "reserved_bf": b"\xff\xbf",
        "dhp": segment(0xDE, b"\x08\0\x1c\0\x21\1\1\x11\0"), "exp": segment(0xDF, b"\x11"), "dac": segment(0xCC, b"\0\x10"), "dac_wrong": segment(0xCC, b"\0\x1f"),
        "dac_index": segment(0xCC, b"\x20\x10"), "dac_odd": segment(0xCC, b"\0\x10\0"), "jpg": segment(0xC8, b"12"), "sof3": segment(0xC3, b"12"),
    }.items():  # fmt: skip
        yield f"before_tables_{name}", inserted(jpeg, 0xDB, data)
        yield f"before_scan_{name}", inserted(jpeg, 0xDA, data)
        yield f"behind_data_{name}", inserted(jpeg, 0xD9, data)
    for name, data in {"zeros": bytes(50), "noise": noise, "jpeg": jpeg, "ff": b"\xff" * 9, "marker": b"\xff\xc0", "text": b"\r\n"}.items():
        yield f"behind_{name}", jpeg + data
    tables = split(jpeg)
    abbreviated = b"\xff\xd8" + b"".join(data for kind, data in tables if kind in (0xDB, 0xC4)) + b"\xff\xd9"
    rest = without(jpeg, 0xDB, 0xC4)
    yield "tables_first", abbreviated + rest
    yield "tables_first_and_junk", abbreviated + b"x" + rest
    yield "tables_only", abbreviated
    yield "tables_first_adobe", abbreviated[:-2] + adobe(0) + b"\xff\xd9" + without(rest, 0xE0)
    yield "frame_and_end", b"\xff\xd8" + b"".join(data for kind, data in tables if kind == 0xC0) + b"\xff\xd9" + jpeg
    for kind in 0xDB, 0xC4, 0xC0, 0xDA, 0xD9, 0xE0:
        yield f"without_{kind:x}", without(jpeg, kind)
        data = next(part for k, part in tables if k == kind)
        yield f"twice_{kind:x}", inserted(jpeg, kind, data)
    yield "film", without(cjpeg(picture, "-sample", "2x2"), 0xC4)
    yield "film_grey", without(cjpeg(picture, "-grayscale"), 0xC4)
    yield "film_progressive", without(cjpeg(picture, "-progressive"), 0xC4)
    yield "film_restarts", without(cjpeg(picture, "-sample", "2x1", "-restart", "1B"), 0xC4)
    yield "begins_with_junk", b"x" + jpeg
    yield "begins_with_junk_inside", jpeg[:2] + b"x" + jpeg[2:]


def kinds():
    picture = scene(24, 20, 5)
    jpeg = cjpeg(picture)
    for kind in 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF:
        yield f"frame_{kind:x}", patched(jpeg, 0xC0, 1, bytes([kind]))
    for bits in 0, 7, 9, 12, 16:
        yield f"bits_{bits}", patched(jpeg, 0xC0, 4, bytes([bits]))
    for name, height, width in [("no_rows", 0, 24), ("no_columns", 20, 0), ("long", 20, 65501), ("lower", 11, 24), ("higher", 40, 24), ("wider", 20, 70), ("narrower", 20, 9)]:
        yield f"frame_{name}", patched(jpeg, 0xC0, 5, struct.pack(">HH", height, width))
    yield "lines_told_later", inserted(patched(jpeg, 0xC0, 5, b"\0\0"), 0xD9, segment(0xDC, b"\0\x14"))
    for table in 1, 2, 3, 4, 255:
        yield f"quantization_{table}", patched(jpeg, 0xC0, 12, bytes([table]))
        yield f"huffman_{table}", patched(jpeg, 0xDA, 6, bytes([table & 15 | table << 4 & 0xF0]))
    for name, place in [("dc", 5), ("ac", 36)]:
        for value in 0, 1, 9, 255:
            yield f"codes_{name}_{value}", patched(jpeg, 0xC4, place + 1, bytes([value]))
    data = next(part for kind, part in split(jpeg) if kind == 0xDB)
    for name, made in {
        "zeros": data[:5] + bytes(64), "ones": data[:5] + b"\1" * 64, "large": data[:5] + b"\xff" * 64, "no_dc": data[:5] + b"\0" + data[6:69],
        "wide": segment(0xDB, b"\x10" + b"".join(struct.pack(">H", v) for v in data[5:69])),
        "wide_257": segment(0xDB, b"\x10" + b"".join(struct.pack(">H", 257 * v) for v in data[5:69])),
        "wide_65535": segment(0xDB, b"\x10" + b"\xff" * 128), "number_5": segment(0xDB, b"\5" + data[5:69]), "cut": segment(0xDB, data[4:60]),
    }.items():  # fmt: skip
        parts = [part for part in split(jpeg)]
        at = next(i for i, part in enumerate(parts) if part[0] == 0xDB)
        parts[at][1] = made + data[69:]
        yield f"table_{name}", joined(parts)
    # A table that changes between the scans counts as it was when the component's first scan began.
    planes = cjpeg(picture, script="0;\n1;\n2;\n")
    yield "table_changes", inserted(planes, 0xDA, segment(0xDB, b"\1" + b"\x40" * 64), 2)
    progressive = cjpeg(picture, "-progressive")
    yield "table_changes_progressive", inserted(progressive, 0xDA, segment(0xDB, b"\0" + b"\x40" * 64), 3)


def truncated():
    picture = scene(40, 33, 6)
    for name, jpeg in {
        "baseline": cjpeg(picture, "-sample", "2x2"), "grey": cjpeg(picture, "-grayscale"), "full": cjpeg(picture, "-sample", "1x1"), "progressive": cjpeg(picture, "-progressive"),
        "restarts": cjpeg(picture, "-restart", "1B"), "arithmetic": cjpeg(picture, "-arithmetic"), "planes": cjpeg(picture, script="0;\n1;\n2;\n"),
    }.items():  # fmt: skip
        for cut in range(1, 13):
            yield f"cut_{name}_{cut}", jpeg[:-cut]
        for part in 3, 5, 8:
            at = len(jpeg) * part // 9
            yield f"cut_{name}_at_{part}", jpeg[:at]
            yield f"cut_{name}_at_{part}_ended", jpeg[:at] + b"\xff\xd9"
            yield f"cut_{name}_at_{part}_restarted", jpeg[:at] + b"\xff\xd3\xff\xd9"


def damaged():
    picture = scene(60, 44, 7)
    for name, jpeg in {
        "baseline": cjpeg(picture, "-sample", "2x2"), "progressive": cjpeg(picture, "-progressive"), "restarts": cjpeg(picture, "-restart", "1B"),
        "progressive_restarts": cjpeg(picture, "-progressive", "-restart", "2B"), "arithmetic": cjpeg(picture, "-arithmetic", "-restart", "1"),
    }.items():  # fmt: skip
        random_ = random.Random(name)
        for i in range(9):
            parts = split(jpeg)
            at = random_.choice([i for i, part in enumerate(parts) if part[0] is None and part[1]])
            data = bytearray(parts[at][1])
            for _ in range(random_.randint(1, 4)):
                data[random_.randrange(len(data))] = random_.choice([0, 0xFF, random_.randrange(256)])
            parts[at][1] = bytes(data)
            yield f"damaged_{name}_{i}", joined(parts)
        for i, put in enumerate([b"\xff", b"\xff\xff", b"\xff\0", b"\xff\xff\0", b"\xff\xd9", b"\xff\xd0", b"\xff\xd7", b"\xff\1", b"\xff\xc0", bytes(30), b"\xff" * 30]):
            parts = split(jpeg)
            at = next(i for i, part in enumerate(parts) if part[0] is None and len(part[1]) > 40)
            data = parts[at][1]
            place = random_.randrange(len(data))
            parts[at][1] = data[:place] + put + data[place:]
            yield f"put_into_{name}_{i}", joined(parts)
    jpeg = cjpeg(picture, "-restart", "1B", "-sample", "2x1")
    parts = split(jpeg)
    at = next(i for i, part in enumerate(parts) if part[0] is None)
    data = parts[at][1]
    markers = [i for i in range(len(data) - 1) if data[i] == 0xFF and 0xD0 <= data[i + 1] <= 0xD7]
    for which in 0, 3, 9:
        place = markers[which]
        for name, put in [("missing", b""), ("twice", data[place : place + 2] * 2), ("junk", b"\1\2\3" + data[place : place + 2])] + [
            (f"plus_{n}", bytes([0xFF, 0xD0 + (data[place + 1] + n) % 8])) for n in range(1, 8)
        ]:
            parts[at][1] = data[:place] + put + data[place + 2 :]
            yield f"restart_{which}_{name}", joined(parts)
        parts[at][1] = data[:place] + data[markers[which + 1] :]
        yield f"restart_{which}_stretch_missing", joined(parts)
        parts[at][1] = data[:place] + data[markers[which + 3] :]
        yield f"restart_{which}_stretches_missing", joined(parts)


def mutant(jpeg, random_):
    """A JPEG with something changed in its segments, its data, or anywhere."""
    parts = split(jpeg)
    named = [i for i, part in enumerate(parts) if part[0] is not None]
    data = [i for i, part in enumerate(parts) if part[0] is None and part[1]]
    i = random_.choice(named)
    kind, old = parts[i]
    match random_.randrange(14):
        case 0:
            flipped = bytearray(jpeg)
            for _ in range(random_.randint(1, 10)):
                flipped[random_.randrange(len(jpeg))] ^= 1 << random_.randrange(8)
            return bytes(flipped)
        case 1:
            i = random_.choice(data)
            changed = bytearray(parts[i][1])
            for _ in range(random_.randint(1, 6)):
                changed[random_.randrange(len(changed))] = random_.choice([0, 255, random_.randrange(256)])
            parts[i][1] = bytes(changed)
        case 2:
            return jpeg[: random_.randrange(3, len(jpeg))] + random_.choice([b"", b"\xff\xd9"])
        case 3:
            put = [b"\xff" * random_.randint(1, 5), b"\xff\0\xff\0", b"\xff\1", bytes([255, random_.randrange(0xD0, 0xD8)]), random_.randbytes(random_.randint(1, 9))]
            parts[i][1] = random_.choice(put) + old
        case 4:
            i = random_.choice(data)
            place = random_.randrange(len(parts[i][1]) + 1)
            marker = random_.choice([random_.randrange(0xD0, 0xD8)] * 4 + [0xD9, 0, 255, 1, 0xC0, 0xFE, 0xDC])
            parts[i][1] = parts[i][1][:place] + bytes([255, marker]) + parts[i][1][place:]
        case 5 if len(old) >= 4:
            length = struct.unpack(">H", old[2:4])[0]
            length = random_.choice([0, 1, 2, 3, length + random_.randint(-5, 5), 65535, random_.randrange(65536)])
            parts[i][1] = old[:2] + struct.pack(">H", max(length, 0)) + old[4:]
        case 6:
            del parts[i]
        case 7:
            parts.insert(random_.choice(named), parts[i])
        case 8 | 9 if len(old) > 5:
            changed = bytearray(old)
            for _ in range(random_.randint(1, 3)):
                value = random_.choice([0, 1, 2, 8, 0x11, 0x12, 0x21, 0x22, 0x41, 255, random_.randrange(256)])
                changed[random_.randrange(4, len(old))] = value
            parts[i][1] = bytes(changed)
        case 10:
            put = random_.choice([b"", random_.randbytes(12), b"\xff" + random_.randbytes(4) + b"\xff\xd9"])
            return jpeg[: len(jpeg) - random_.randint(0, 20)] + put
        case 11:
            names = [b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0\1\1", b"Adobe", b"", b"Photoshop 3.0\0", b"MPF\0"]
            body = random_.choice(names) + random_.randbytes(random_.choice([0, 2, 7, 9, 12, 20]))
            parts.insert(i, [-1, segment(random_.choice([0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE]), body)])
        case 12:
            parts.insert(i, [-1, segment(0xDD, struct.pack(">H", random_.choice([0, 1, 2, 3, 5, 100, 65535])))])
        case _:
            a, b = random_.randrange(2, len(jpeg)), random_.randrange(len(jpeg))
            return jpeg[:a] + jpeg[b : b + random_.randint(1, 200)] + jpeg[a + random_.randint(0, 50) :]
    return joined(parts)


def mutants(count, seed, bases):
    random_ = random.Random(seed)
    for i in range(count):
        name, jpeg = random_.choice(bases)
        yield f"mutant_{i:05}_of_{name}", mutant(jpeg, random_)


def whole(count, seed):
    """JPEGs of random settings."""
    random_ = random.Random(seed)
    made = 0
    while made < count:
        width, height = random_.choice([(9, 9), (90, 90), (90, 90), (300, 4), (4, 300), (700, 500)])
        picture = scene(random_.randint(1, width), random_.randint(1, height), random_.random())
        options = ["-quality", str(random_.choice([1, 5, 20, 50, 75, 85, 90, 95, 100]))]
        options += random_.choice([[], [], [], ["-rgb"], ["-grayscale"]])
        factors = ",".join(f"{random_.choice([1, 1, 2, 2, 3, 4])}x{random_.choice([1, 1, 2, 2, 3, 4])}" for _ in range(3))
        options += ["-sample", random_.choice([factors, factors, "2x2", "2x1", "1x2", "1x1"])]
        options += random_.choice([[], [], ["-restart", random_.choice(["1", "2", "1B", "7B"])]])
        options += random_.choice([[], [], ["-optimize"], ["-arithmetic"]]) + random_.choice([[], [], ["-progressive"]])
        script = random_.choice([None, None, *SCRIPTS.values()]) if "-progressive" in options else random_.choice([None, None, "0;\n1;\n2;\n"])
        try:
            yield f"whole_{made:05}", cjpeg(picture, *options, script=None if "-grayscale" in options else script)
        except subprocess.CalledProcessError:
            # Factors that do not divide each other, or too many blocks.
            continue
        made += 1


def cases():
    for maker in samplings, sizes, modes, colours, segments, kinds, truncated, damaged:
        yield from maker()
    picture = scene(30, 25, 8)
    bases = [
        ("baseline", cjpeg(picture, "-sample", "2x2", "-optimize")), ("progressive", cjpeg(picture, "-progressive")),
        ("restarts", cjpeg(picture, "-restart", "1", "-optimize")), ("grey", cjpeg(picture, "-grayscale", "-optimize")),
        ("arithmetic", cjpeg(picture, "-arithmetic")), ("cmyk", pil(picture.convert("CMYK"), quality=50, optimize=True)),
    ]  # fmt: skip
    yield from mutants(150, 1, bases)


def expected(source):
    """The size and the check sum of what PIL makes of a file, or that it refuses it."""
    try:
        picture = Image.open(source)
        picture.load()
        pixels = picture.convert("L" if picture.mode == "L" else "RGB")
    except Exception:
        return "refused"
    return f"{pixels.width} {pixels.height} {1 if pixels.mode == 'L' else 3} {zlib.crc32(pixels.tobytes())}"


def write(folder, made):
    folder.mkdir(parents=True, exist_ok=True)
    packed, lines = io.BytesIO(), []
    for name, data in made:
        packed.write(struct.pack(">H", len(name)) + name.encode() + struct.pack(">I", len(data)) + data)
        lines.append(f"{name} {expected(io.BytesIO(data))}\n")
    assert len({line.split()[0] for line in lines}) == len(lines), "a name twice"
    (folder / "jpegs.gz").write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
    (folder / "jpegs.txt").write_text("".join(lines))
    print(len(lines), "files,", sum(line.endswith("refused\n") for line in lines), "refused by PIL")


def photos(folder, data):
    lines = []
    for path in sorted(data.glob("**/*")):
        if path.suffix.lower() in (".jpg", ".jpeg"):
            lines.append(f"{path.relative_to(data)} {expected(path)}\n")
    (folder / "photos.txt").write_text("".join(lines))


match sys.argv[1:]:
    case ["--mutants", count, seed, folder]:
        write(pathlib.Path(folder), mutants(int(count), int(seed), list(whole(300, int(seed)))))
    case ["--random", count, seed, folder]:
        write(pathlib.Path(folder), whole(int(count), int(seed)))
    case [folder, *data]:
        write(pathlib.Path(folder), cases())
        for found in data:
            photos(pathlib.Path(folder), pathlib.Path(found))
