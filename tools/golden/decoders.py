"""Makes the goldens of Stride's own picture decoders: what PIL makes of every kind of PNG, BMP and GIF, or that it refuses.

python3 decoders.py FOLDER writes png.gz, bmp.gz and gif.gz (Debian: python3-pil, Pillow 9.4): hundreds of small files,
one after the other, each with what PIL makes of it. They are written here, byte by byte: writers make only what is usual.
"""

import gzip
import io
import pathlib
import struct
import sys
import warnings
import zlib

from PIL import Image, ImageOps

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
TYPES = [(colour, bits) for colour in SAMPLES for bits in (1, 2, 4, 8, 16) if colour in (0, 3) or bits >= 8][:]
TYPES.remove((3, 16))
NAMES = {0: "grey", 2: "rgb", 3: "palette", 4: "grey_opacity", 6: "rgb_opacity"}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def noise(count, state=1):
    """Bytes that have nothing smooth about them, from a 32-bit linear congruential generator."""
    data = bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        data.append(state >> 24)
    return bytes(data)


def packed(row, bits):
    """Samples of some bits, the first one uppermost."""
    number = 0
    for sample in row:
        number = number << bits | sample
    length = -(-len(row) * bits // 8)
    return (number << (8 * length - bits * len(row))).to_bytes(length, "big")


def chunk(name, data=b"", crc=None):
    crc = zlib.crc32(name + data) if crc is None else crc
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


def header(width, height, bits, colour, interlaced=0, compression=0, filters=0):
    return struct.pack(">IIBBBBB", width, height, bits, colour, compression, filters, interlaced)


def samples(width, height, bands, bits, most=None, seed=3):
    """Rows of made-up samples; smooth in part, so that filters have something to guess."""
    grain = noise(2 * width * height * bands, seed)
    rows = []
    for y in range(height):
        row = []
        for i in range(width * bands):
            at = 2 * (y * width * bands + i)
            value = grain[at] << 8 | grain[at + 1]
            if y % 3 == 1:
                value = (i * 3001 + y * 5003 + value // 64) % 65536
            row.append(value % most if most else value >> (16 - bits))
        rows.append(row)
    return rows


def paeth(a, b, c):
    pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(kind, line, above, step):
    out = bytearray()
    for i, value in enumerate(line):
        a = line[i - step] if i >= step else 0
        b = above[i]
        c = above[i - step] if i >= step else 0
        guess = {0: 0, 1: a, 2: b, 3: (a + b) // 2, 4: paeth(a, b, c)}.get(kind, 0)
        out.append((value - guess) % 256)
    return bytes([kind]) + bytes(out)


def stream(rows, width, colour, bits, interlaced=False, filters=(0, 1, 2, 3, 4)):
    """The bytes of rows, filtered, not yet deflated."""
    bands = SAMPLES[colour]
    step = max(bands * bits // 8, 1)
    raw, count = b"", 0
    for left, top, right, down in PASSES if interlaced else [(0, 0, 1, 1)]:
        above = None
        for y in range(top, len(rows), down):
            row = []
            for x in range(left, width, right):
                row += rows[y][x * bands : (x + 1) * bands]
            if not row:
                continue
            line = packed(row, bits)
            above = above or bytes(len(line))
            raw += filtered(filters[count % len(filters)], line, above, step)
            above, count = line, count + 1
    return raw


def idat(raw, level=9):
    return chunk(b"IDAT", zlib.compress(raw, level))


class Png:
    """A sound PNG in parts, to be put together in many ways."""

    def __init__(self, colour, bits, size=(13, 9), interlaced=False, filters=(0, 1, 2, 3, 4), palette=None, most=None):
        width, height = size
        self.size, self.colour, self.bits = size, colour, bits
        self.rows = samples(width, height, SAMPLES[colour], bits, most)
        self.raw = stream(self.rows, width, colour, bits, interlaced, filters)
        self.ihdr = chunk(b"IHDR", header(width, height, bits, colour, int(interlaced)))
        if palette is None and colour == 3:
            palette = noise(3 << bits, 5)
        self.plte = chunk(b"PLTE", palette) if palette is not None else b""

    def file(self, before=b"", data=None, behind=b"", end=chunk(b"IEND"), ihdr=None, plte=None, between=b""):
        data = idat(self.raw) if data is None else data
        ihdr = self.ihdr if ihdr is None else ihdr
        plte = self.plte if plte is None else plte
        return SIGNATURE + ihdr + before + plte + between + data + behind + end


def exif(orientation):
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"


SIZES = [(1, 1), (2, 1), (1, 3), (3, 5), (5, 3), (7, 7), (8, 8), (9, 10), (17, 4), (4, 17)]


def pngs():
    for colour, bits in TYPES:
        name = f"{NAMES[colour]}_{bits}"
        for i, size in enumerate(SIZES):
            order = [(i + k) % 5 for k in range(5)]
            for interlaced in (False, True):
                kind = "_interlaced" if interlaced else ""
                yield f"{name}_{size[0]}x{size[1]}{kind}", Png(colour, bits, size, interlaced, order).file()
        for kind in range(5):
            yield f"{name}_filter_{kind}", Png(colour, bits, filters=[kind]).file()
            yield f"{name}_filter_{kind}_interlaced", Png(colour, bits, (11, 10), True, [kind]).file()
        for kind in (5, 64, 255):
            yield f"{name}_filter_{kind}", Png(colour, bits, filters=[0, kind]).file()
        yield from transparencies(name, colour, bits)
    yield from palettes()
    yield from streams()
    yield from chunks()
    yield from headers()
    yield from animations()
    for orientation in range(10):
        png = Png(2 if orientation % 2 else 3, 8, (6, 4))
        yield f"exif_{orientation}", png.file(before=chunk(b"eXIf", exif(orientation)))
        yield f"exif_{orientation}_behind", png.file(behind=chunk(b"eXIf", exif(orientation)))


def transparencies(name, colour, bits):
    png = Png(colour, bits)
    first = b"".join(struct.pack(">H", value) for value in png.rows[2][: SAMPLES[colour]])
    for interlaced in (False, True):
        png = Png(colour, bits, interlaced=interlaced)
        kind = "_interlaced" if interlaced else ""
        for title, data in {
            "one": first,
            "none": b"\xff\xfe" * 3,
            "zero": bytes(6),
            "long": first + b"\1\2\3\4\5",
            "empty": b"",
            "byte": b"\0",
            "short": first[:3],
        }.items():
            yield f"{name}_transparent_{title}{kind}", png.file(between=chunk(b"tRNS", data))
    yield f"{name}_transparent_behind", png.file(behind=chunk(b"tRNS", first))
    if colour == 3:
        for title, data in {
            "first": b"\0",
            "second": b"\xff\0",
            "half": b"\x80\x40\x20",
            "all": noise(1 << bits, 9),
            "300": noise(300, 9),
            "300_one": b"\xff" * 280 + b"\0" + b"\xff" * 19,
        }.items():
            yield f"{name}_opacity_{title}", png.file(between=chunk(b"tRNS", data))
            yield f"{name}_opacity_{title}_before", png.file(before=chunk(b"tRNS", data))
            yield f"{name}_opacity_{title}_without_palette", png.file(plte=b"", before=chunk(b"tRNS", data))


def palettes():
    for bits in (1, 2, 4, 8):
        for length in sorted({0, 1, 2, 3, 3 * (1 << bits) - 3, 3 << bits, (3 << bits) + 3, 768, 769, 770, 771, 3000}):
            for interlaced in (False, True):
                png = Png(3, bits, interlaced=interlaced, palette=noise(length, 6))
                yield f"palette_{bits}_of_{length}_bytes{'_interlaced' if interlaced else ''}", png.file()
        png = Png(3, bits)
        yield f"palette_{bits}_missing", png.file(plte=b"")
        yield f"palette_{bits}_twice", png.file(before=chunk(b"PLTE", noise(3 << bits, 8)))
        yield f"palette_{bits}_behind", png.file(plte=b"", behind=png.plte)
        yield f"palette_{bits}_before_the_header", png.file(ihdr=png.plte, plte=png.ihdr)
    for colour in (0, 2, 4, 6):
        yield f"{NAMES[colour]}_with_a_palette", Png(colour, 8, palette=noise(99, 8)).file()


def streams():
    png = Png(2, 8)
    packed = zlib.compress(png.raw, 9)
    row = 1 + 3 * png.size[0]

    def split(*lengths, data=packed):
        at, out = 0, b""
        for length in lengths:
            out += chunk(b"IDAT", data[at : at + length])
            at += length
        return out + chunk(b"IDAT", data[at:])

    whole = len(packed)
    yield "in_bytes", png.file(data=b"".join(chunk(b"IDAT", packed[i : i + 1]) for i in range(whole)))
    yield "in_two", png.file(data=split(whole // 2))
    yield "in_two_and_empty_ones", png.file(data=split(0, 0, whole // 2, 0, whole - whole // 2, 0))
    yield "in_two_without_a_check_sum", png.file(data=split(whole - 4)[: -4 - 12])
    yield "second_is_ddat", png.file(data=chunk(b"IDAT", packed[:50]) + chunk(b"DDAT", packed[50:]))
    yield "something_between", png.file(
        data=chunk(b"IDAT", packed[:50]) + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", packed[50:])
    )
    yield "wrong_crcs", png.file(data=chunk(b"IDAT", packed[:50], 1) + chunk(b"IDAT", packed[50:], 2), end=chunk(b"IEND", b"", 3))
    wrong = packed[:-4] + bytes(4)
    yield "wrong_adler", png.file(data=chunk(b"IDAT", wrong))
    for cut in range(1, 9):
        yield f"wrong_adler_split_{cut}", png.file(data=split(whole - cut, data=wrong))
        yield f"without_the_last_{cut}", png.file(data=chunk(b"IDAT", packed[:-cut]))
        yield f"split_{cut}", png.file(data=split(whole - cut))
        yield f"ends_{cut}_early", png.file()[:-cut]
    for cut in (10, 20, 40, 80, 120, 160, 200, 240, 280):
        yield f"ends_{cut}_early", png.file()[:-cut]
    for count in (0, 1, row - 1, row, row + 1, 3 * row, 3 * row + 2, 8 * row, 9 * row - 1):
        yield f"stream_of_{count}_bytes", png.file(data=idat(png.raw[:count]))
        short = zlib.compress(png.raw[:count], 9)
        yield f"stream_of_{count}_bytes_split", png.file(data=split(len(short) - 4, data=short))
        palette = Png(3, 8)
        yield f"palette_stream_of_{count}_bytes", palette.file(data=idat(palette.raw[:count]))
        mesh = Png(3, 4, interlaced=True)
        yield f"interlaced_stream_of_{count}_bytes", mesh.file(data=idat(mesh.raw[:count]))
    yield "stream_too_long", png.file(data=idat(png.raw + bytes(100)))
    yield "bytes_behind_the_stream", png.file(data=chunk(b"IDAT", packed + b"abc"))
    yield "a_chunk_behind_the_stream", png.file(data=chunk(b"IDAT", packed) + chunk(b"IDAT", b"abc"))
    # PIL reads 65,536 bytes at a time: a check sum counts if it lies in the same piece as the last row's end.
    for height in (8190, 8191):
        rows = bytes(8 * height)
        stored = b"\x78\1\1" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows + b"none"
        yield f"wrong_adler_behind_{height}_rows", Png(0, 8, (7, 1)).file(
            ihdr=chunk(b"IHDR", header(7, height, 8, 0)), data=chunk(b"IDAT", stored)
        )
    for level in (0, 1, 6):
        yield f"level_{level}", png.file(data=idat(png.raw, level))
    for at in (0, 1, 2, 5, 20, 100):
        damaged = bytearray(packed)
        damaged[at] ^= 0x55
        yield f"damaged_at_{at}", png.file(data=chunk(b"IDAT", bytes(damaged)))
    yield "raw_deflate", png.file(data=chunk(b"IDAT", packed[2:-4]))
    yield "with_a_dictionary", png.file(data=chunk(b"IDAT", b"\x78\xf9" + bytes(4) + packed[2:]))
    yield "small_window", png.file(data=chunk(b"IDAT", b"\x08\x1d" + packed[2:]))


def chunks():
    png = Png(3, 4)
    for name, data in {
        b"gAMA": struct.pack(">I", 100000),
        b"cHRM": noise(32),
        b"sRGB": b"\1",
        b"sBIT": b"\2\2\2",
        b"bKGD": b"\1",
        b"hIST": bytes(32),
        b"pHYs": noise(8) + b"\1",
        b"tIME": noise(7),
        b"tEXt": b"Comment\0something",
        b"zTXt": b"Comment\0\0" + zlib.compress(b"something"),
        b"iTXt": b"Comment\0\1\0\0\0" + zlib.compress(b"something"),
        b"iCCP": b"a\0\0" + zlib.compress(noise(300)),
        b"iCCP": b"a\0\0" + noise(30),
        b"abCd": noise(20),
        b"ABCD": noise(20),
        b"x1_2": b"",
        b"a-bc": b"",
        b"\xe4bcd": b"",
    }.items():
        title = "".join(c if c.isalnum() else "-" for c in name.decode("latin-1"))
        title = title.encode("ascii", "replace").decode().replace("?", "-")
        yield f"chunk_{title}", png.file(before=chunk(name, data))
        yield f"chunk_{title}_behind", png.file(behind=chunk(name, data))
        yield f"chunk_{title}_wrong", png.file(before=chunk(name, data, 5))
        yield f"chunk_{title}_wrong_behind", png.file(behind=chunk(name, data, 5))
        cut = struct.pack(">I", len(data) + 1000) + name + data
        yield f"chunk_{title}_cut_off", SIGNATURE + png.ihdr + cut
        yield f"chunk_{title}_cut_off_behind", png.file(behind=cut, end=b"")
    yield "chunk_without_end", png.file(before=struct.pack(">I", 2**32 - 1) + b"abCd" + bytes(20))
    yield "chunk_without_end_behind", png.file(behind=struct.pack(">I", 2**32 - 1) + b"abCd" + bytes(20))
    for part in ("ihdr", "plte"):
        sound = getattr(png, part)
        yield f"{part}_wrong", png.file(**{part: sound[:-4] + b"abcd"})
        yield f"{part}_twice", png.file(**{part: sound + sound})
    yield "transparent_wrong", png.file(between=chunk(b"tRNS", b"\0", 7))
    yield "behind_the_end", png.file() + b"anything" * 20
    yield "without_end", png.file(end=b"")
    yield "without_data", png.file(data=b"")
    yield "without_header", png.file(ihdr=b"")
    yield "header_behind", png.file(ihdr=b"", behind=png.ihdr)
    yield "something_before_the_header", png.file(ihdr=chunk(b"abCd", b"x") + png.ihdr)
    yield "zeros_behind", png.file(behind=bytes(50))
    yield "only_the_signature", SIGNATURE
    yield "only_the_header", SIGNATURE + png.ihdr
    yield "of_an_iphone", png.file(ihdr=chunk(b"CgBI", b"P\0 \2") + png.ihdr, data=chunk(b"IDAT", zlib.compress(png.raw)[2:-4]))


def headers():
    png = Png(2, 8)
    width, height = png.size
    for title, fields in {
        "compression_1": (width, height, 8, 2, 0, 1, 0),
        "filters_1": (width, height, 8, 2, 0, 0, 1),
        "interlaced_2": (width, height, 8, 2, 2, 0, 0),
        "without_rows": (width, 0, 8, 2),
        "without_columns": (0, height, 8, 2),
        "negative": (width, 2**31, 8, 2),
        "one_row_more": (width, height + 1, 8, 2),
        "one_row_less": (width, height - 1, 8, 2),
        "one_column_more": (width + 1, height, 8, 2),
        "one_column_less": (width - 1, height, 8, 2),
    }.items():
        yield f"header_{title}", png.file(ihdr=chunk(b"IHDR", header(*fields)))
    for colour in range(8):
        for bits in (0, 1, 3, 4, 8, 16, 32):
            if (colour, bits) not in TYPES:
                yield f"header_{colour}_{bits}", png.file(ihdr=chunk(b"IHDR", header(width, height, bits, colour)))
    yield "header_of_12_bytes", png.file(ihdr=chunk(b"IHDR", header(width, height, 8, 2)[:12]))
    yield "header_of_14_bytes", png.file(ihdr=chunk(b"IHDR", header(width, height, 8, 2) + b"\7"))
    yield "header_of_nothing", png.file(ihdr=chunk(b"IHDR", b""))


def animations():
    png, other = Png(2, 8, (6, 5)), Png(2, 8, (6, 5), filters=[4])
    actl = chunk(b"acTL", struct.pack(">II", 2, 0))
    frames = [chunk(b"fcTL", struct.pack(">IIIIIHHBB", i, 6, 5, 0, 0, 1, 10, 0, 0)) for i in (0, 1, 2)]
    data = [chunk(b"fdAT", struct.pack(">I", i) + zlib.compress(other.raw)) for i in (0, 1, 2, 3)]
    yield "animation", png.file(before=actl + frames[0], behind=frames[1] + data[2])
    yield "animation_without_its_default", png.file(before=actl, behind=frames[0] + data[1] + frames[2] + data[3])


def bmp(width, height, bits, data, compression=0, palette=b"", masks=b"", length=40, colours=None, offset=None, planes=1):
    """A BMP with a header of some length; height may be negative, from the top down."""
    step = 3 if length == 12 else 4
    colours = len(palette) // step if colours is None else colours
    if length == 12:
        head = struct.pack("<IHHHH", 12, width, height, planes, bits)
    else:
        head = struct.pack("<IiiHHIIiiII", length, width, height, planes, bits, compression, len(data), 0, 0, colours, 0)
        if length > 40:
            head += masks.ljust(length - 40, b"\0")
            masks = b""
    usual = 14 + len(head) + len(masks) + len(palette)
    offset = usual if offset is None else offset
    return b"BM" + struct.pack("<IHHI", usual + len(data), 0, 0, offset) + head + masks + palette + data


def padded(row):
    return row + bytes(-len(row) % 4)


def bmp_rows(width, height, bits, seed=4, most=None):
    if bits < 16:
        rows = samples(width, height, 1, bits, most, seed)
        return b"".join(padded(packed(row, bits)) for row in rows)
    rows = samples(width, height, bits // 8, 8, most, seed)
    return b"".join(padded(bytes(row)) for row in rows)


def colours(count, step=4, seed=7):
    return b"".join(noise(3, seed + i) + bytes(step - 3) for i in range(count))


def greys(levels, step=4):
    return b"".join(bytes([v % 256] * 3) + bytes(step - 3) for v in levels)


MASKS = {
    16: {"565": (0xF800, 0x7E0, 0x1F), "555": (0x7C00, 0x3E0, 0x1F), "444": (0xF00, 0xF0, 0xF), "none": (0, 0, 0)},
    24: {"bgr": (0xFF0000, 0xFF00, 0xFF), "rgb": (0xFF, 0xFF00, 0xFF0000)},
    32: {
        "bgrx": (0xFF0000, 0xFF00, 0xFF),
        "xbgr": (0xFF000000, 0xFF0000, 0xFF00),
        "rgbx": (0xFF, 0xFF00, 0xFF0000),
        "none": (0, 0, 0),
        "10": (0x3FF00000, 0xFFC00, 0x3FF),
        "gaps": (0xF0F00000, 0xFF00, 0xFF),
    },
}


def scaled(width, height, bits, data, masks):
    """A plain file with the colours that masks cut out of pixels, if they do; scaled as PIL scales those it knows."""
    if bits == 32 and masks == (0, 0, 0):
        masks = MASKS[32]["bgrx"]
    shifts = [(mask & -mask).bit_length() - 1 for mask in masks]
    if any(mask == 0 or (mask >> s) & (mask >> s) + 1 for mask, s in zip(masks, shifts)):
        return []
    stride, step = len(data) // height, bits // 8
    rows = b""
    for y in range(height):
        row = b""
        for x in range(width):
            at = y * stride + x * step
            pixel = int.from_bytes(data[at : at + step], "little")
            red, green, blue = (((pixel & m) >> s) * 255 // (m >> s) for m, s in zip(masks, shifts))
            row += bytes([blue, green, red])
        rows += padded(row)
    return [bmp(width, height, 24, rows)]


def runs(width, height, bits, seed):
    """Made-up runs, stretches of pixels as they are, and jumps; rows end where rows end, mostly."""
    grain = iter(noise(100000, seed))
    data = b""
    for _ in range(height):
        x = 0
        while x < width:
            kind = next(grain) % 4
            count = min(1 + next(grain) % 9, width - x)
            if kind == 0 and count >= 3:
                stored = count if bits == 8 else (count + 1) // 2
                body = bytes(next(grain) for _ in range(stored))
                data += bytes([0, count]) + body + bytes(-len(body) % 2)
            elif kind == 1 and next(grain) % 4 == 0:
                data += bytes([0, 2, count, 0])
            else:
                data += bytes([count, next(grain)])
            x += count
        data += b"\0\0"
    return data + b"\0\1"


def bmps():
    for width, height in [(1, 1), (3, 2), (8, 5), (13, 7), (33, 3)]:
        for bits in (1, 4, 8, 16, 24, 32):
            palette = colours(1 << bits) if bits <= 8 else b""
            data = bmp_rows(width, height, bits)
            name = f"{bits}_bits_{width}x{height}"
            yield name, bmp(width, height, bits, data, palette=palette)
            yield f"{name}_top_down", bmp(width, -height, bits, data, palette=palette)
            if width == 13:
                for length in (52, 56, 64, 108, 124):
                    equal = bmp(width, height, bits, data, palette=palette)
                    yield f"{name}_header_{length}", bmp(width, height, bits, data, palette=palette, length=length), equal
                yield f"{name}_os2", bmp(width, height, bits, data, palette=colours(1 << bits, 3) if bits <= 8 else b"", length=12)
                yield f"{name}_without_an_offset", bmp(width, height, bits, data, palette=palette, offset=0)
                yield f"{name}_offset_of_the_palette", bmp(width, height, bits, data, palette=palette, offset=54)
                yield f"{name}_without_padding_behind", bmp(width, height, bits, data, palette=palette)[: -(-width * bits // 8) % 4 or None]
                yield f"{name}_cut", bmp(width, height, bits, data, palette=palette)[:-5]
                yield f"{name}_gap", bmp(width, height, bits, b"gap" + data, palette=palette, offset=57 + len(palette))
                yield f"{name}_planes", bmp(width, height, bits, data, palette=palette, planes=3)
    data = bmp_rows(13, 7, 8)
    for bits in (1, 4, 8):
        data = bmp_rows(13, 7, bits)
        for count in sorted({1, 2, 3, (1 << bits) - 1, 1 << bits, (1 << bits) + 1, 255, 256, 257, 300}):
            for step, length in ((4, 40), (3, 12)):
                palette = colours(count, step)
                yield f"{bits}_bits_of_{count}_colours_{length}", bmp(13, 7, bits, data, palette=palette, length=length)
            yield f"{bits}_bits_of_{count}_greys", bmp(13, 7, bits, data, palette=greys(range(count)))
            yield f"{bits}_bits_of_{count}_greys_turned", bmp(13, 7, bits, data, palette=greys(range(count))[::-1])
        yield f"{bits}_bits_black_and_white", bmp(13, 7, bits, data, palette=greys((0, 255)))
        yield f"{bits}_bits_white_and_black", bmp(13, 7, bits, data, palette=greys((255, 0)))
        yield f"{bits}_bits_without_a_palette", bmp(13, 7, bits, data)
        yield f"{bits}_bits_of_2_to_the_30", bmp(13, 7, bits, data, palette=colours(4), colours=1 << 30)
    for bits, kinds in MASKS.items():
        data = bmp_rows(13, 7, bits)
        for kind, masks in kinds.items():
            given = struct.pack("<III", *masks)
            equal = scaled(13, 7, bits, data, masks)
            for alpha in (0, 0xFF000000, 0xFF):
                for length in (40, 52, 56, 64, 108, 124):
                    full = given + struct.pack("<I", alpha) if length > 52 else given
                    if length > 40 or alpha == 0:
                        file = bmp(13, 7, bits, data, 3, masks=full, length=length)
                        yield (f"masks_{bits}_{kind}_{alpha}_{length}", file, *equal)
        yield f"masks_{bits}_missing", bmp(13, 7, bits, b"", 3)
    for bits in (4, 8):
        compression = 1 if bits == 8 else 2
        for i, (width, height) in enumerate([(1, 1), (2, 3), (7, 5), (13, 7), (40, 6)]):
            for seed in (1, 2, 3):
                data = runs(width, height, bits, 10 * i + seed)
                for kind, palette in {"": colours(1 << bits), "_of_9": colours(9), "_grey": greys(range(1 << bits))}.items():
                    name = f"runs_{bits}_{width}x{height}_{seed}{kind}"
                    yield name, bmp(width, height, bits, data, compression, palette)
                    if seed == 1:
                        yield f"{name}_top_down", bmp(width, -height, bits, data, compression, palette)
        palette, data = colours(16), runs(13, 7, bits, 99)
        for cut in (1, 2, 3, 4, 7, 12, 20):
            yield f"runs_{bits}_cut_{cut}", bmp(13, 7, bits, data[:-cut], compression, palette)
        yield f"runs_{bits}_too_long", bmp(13, 7, bits, bytes([200, 0x35]) * 40, compression, palette)
        yield f"runs_{bits}_plain_too_long", bmp(13, 7, bits, (bytes([0, 100]) + noise(100)) * 4, compression, palette)
        yield f"runs_{bits}_ended_early", bmp(13, 7, bits, bytes([13, 0x35]) * 6 + b"\0\1", compression, palette)
        yield f"runs_{bits}_jump_far", bmp(13, 7, bits, bytes([5, 3, 0, 2, 9, 9, 255, 255]), compression, palette)
        yield f"runs_{bits}_jumps", bmp(13, 7, bits, bytes([5, 3, 0, 2, 1, 2, 3, 1]) * 9, compression, palette)
        for other in (1, 4, 8, 16, 24, 32):
            yield f"runs_{bits}_of_{other}_bits", bmp(13, 7, other, data, compression, palette if other <= 8 else b"")
    plain = bmp_rows(13, 7, 24)
    for compression in (4, 5, 6, 11, 12):
        yield f"compression_{compression}", bmp(13, 7, 24, plain, compression)
    for bits in (0, 2, 3, 12, 15, 48, 64):
        yield f"{bits}_bits", bmp(13, 7, bits, plain, palette=colours(4))
    for length in (0, 16, 39, 41, 60, 65, 200):
        yield f"header_{length}", bmp(13, 7, 24, plain, length=length)
    for width, height in [(0, 7), (13, 0), (-13, 7), (2**31 - 1, 2**31 - 1), (13, -(2**31)), (13, -(2**24)), (13, 8), (14, 7)]:
        yield f"size_{width}x{height}", bmp(width, height, 24, plain)
    for length in (2, 13, 14, 18, 30, 53):
        yield f"of_{length}_bytes", bmp(13, 7, 24, plain)[:length]


def codes(indices, bits, size=None, clear_at=(), end=True):
    """LZW codes of indices, as bytes; the table is cleared at some places and where it is full."""
    clear = 1 << bits
    out, width, table, text = 0, bits + 1, {}, ()
    count, following = 0, clear + 2

    def put(code):
        nonlocal out, count
        out |= code << count
        count += width

    put(clear)
    for i, index in enumerate(indices):
        if i in clear_at or following == 4096:
            if text:
                put(table[text] if len(text) > 1 else text[0])
            put(clear)
            width, table, text, following = bits + 1, {}, (), clear + 2
        longer = text + (index,)
        if len(longer) == 1 or longer in table:
            text = longer
            continue
        put(table[text] if len(text) > 1 else text[0])
        table[longer] = following
        if following == 1 << width and width < 12:
            width += 1
        following += 1
        text = (index,)
    if text:
        put(table[text] if len(text) > 1 else text[0])
        if following == 1 << width and width < 12:
            width += 1
    if end:
        put(clear + 1)
    return out.to_bytes(-(-count // 8), "little")


def blocks(data, length=255):
    return b"".join(bytes([len(data[i : i + length])]) + data[i : i + length] for i in range(0, len(data), length)) + b"\0"


def control(transparent=None, disposal=0):
    flags = disposal << 2 | (transparent is not None)
    return b"\x21\xf9\4" + bytes([flags, 10, 0, transparent or 0]) + b"\0"


def descriptor(left, top, width, height, local=b"", interlaced=False):
    flags = (0x80 | (len(local) // 3).bit_length() - 2) if local else 0
    return b"," + struct.pack("<HHHHB", left, top, width, height, flags | interlaced << 6) + local


def gif(image, before=b"", screen=(13, 9), table=None, background=0, version=b"89a", behind=b";"):
    table = noise(3 * 16, 5) if table is None else table
    flags = (0x80 | (len(table) // 3).bit_length() - 2) if table else 0
    return b"GIF" + version + struct.pack("<HHBBB", *screen, flags, background, 0) + table + before + image + behind


def interlaced_rows(rows):
    return [rows[y] for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, len(rows), step)]


def gif_image(size, bits=4, place=(0, 0), local=b"", interlaced=False, seed=4, most=None, code_bits=None, length=255, **how):
    rows = samples(*size, 1, bits, most, seed)
    if interlaced:
        rows = interlaced_rows(rows)
    code_bits = max(bits, 2) if code_bits is None else code_bits
    data = codes([index for row in rows for index in row], code_bits, **how)
    return descriptor(*place, *size, local, interlaced) + bytes([code_bits]) + blocks(data, length)


def gifs():
    ramp = bytes(v for i in range(256) for v in (i, i, i))
    for size in [(1, 1), (2, 3), (7, 5), (8, 8), (13, 9), (40, 33), (3, 60)]:
        for bits in range(1, 9):
            for interlaced in (False, True):
                image = gif_image(size, bits, interlaced=interlaced)
                yield f"{bits}_bits_{size[0]}x{size[1]}{'_interlaced' if interlaced else ''}", gif(image, screen=size, table=noise(3 << bits, 5))
    for code_bits in range(0, 14):
        yield f"codes_of_{code_bits}_bits", gif(gif_image((13, 9), 4, most=min(1 << code_bits, 16), code_bits=code_bits))
    for bits in range(1, 9):
        local, table = noise(3 << bits, 8), noise(3 << (bits % 8 + 1), 9)
        yield f"local_palette_{bits}", gif(gif_image((13, 9), bits, local=local), table=table)
        yield f"only_a_local_palette_{bits}", gif(gif_image((13, 9), bits, local=local), table=b"")
        yield f"grey_palette_{bits}", gif(gif_image((13, 9), bits), table=ramp[: 3 << bits])
        yield f"grey_local_palette_{bits}", gif(gif_image((13, 9), bits, local=ramp[: 3 << bits]), table=table)
        yield f"local_palette_{bits}_of_a_grey_one", gif(gif_image((13, 9), bits, local=local), table=ramp[: 3 << bits])
        yield f"only_a_grey_local_palette_{bits}", gif(gif_image((13, 9), bits, local=ramp[: 3 << bits]), table=b"")
    for transparent in (None, 0, 3, 15, 200):
        before = control(transparent)
        for kind, table in {"": None, "_grey": ramp[:48], "_of_none": b"", "_of_2": noise(6, 3)}.items():
            name = f"transparent_{transparent}{kind}"
            yield name, gif(gif_image((13, 9)), before, table=table)
            yield f"{name}_smaller", gif(gif_image((6, 5), place=(4, 3)), before, table=table, background=5)
            yield f"{name}_reaches_over", gif(gif_image((8, 6), place=(9, 7)), before, table=table)
            yield f"{name}_beside", gif(gif_image((3, 2), place=(30, 20)), before, table=table)
            yield f"{name}_own_palette", gif(gif_image((6, 5), place=(4, 3), local=noise(48, 2)), before, table=table)
            yield f"{name}_own_grey_palette", gif(gif_image((6, 5), place=(4, 3), local=ramp[:48]), before, table=table)
    for disposal in range(8):
        yield f"disposal_{disposal}", gif(gif_image((6, 5), place=(4, 3)), control(2, disposal))
    yield "two_controls", gif(gif_image((6, 5), place=(4, 3)), control(2) + control(None) + control(7))
    yield "two_controls_turned", gif(gif_image((6, 5), place=(4, 3)), control(7) + control(None))
    second = gif_image((13, 9), seed=8)
    yield "animated", gif(gif_image((13, 9)) + control(3) + second)
    yield "animated_smaller_first", gif(gif_image((6, 5)) + control(3) + second)
    for name, before in {
        "comment": b"\x21\xfe" + blocks(b"a comment"),
        "long_comment": b"\x21\xfe" + blocks(noise(700)),
        "empty_comment": b"\x21\xfe\0",
        "application": b"\x21\xff" + blocks(b"NETSCAPE2.0", 11)[:-1] + blocks(b"\1\0\0"),
        "other_application": b"\x21\xff" + blocks(b"XMP DataXMP", 11)[:-1] + blocks(noise(300)),
        "text": b"\x21\x01" + blocks(noise(12))[:-1] + blocks(b"text"),
        "unknown": b"\x21\x77" + blocks(noise(100)),
        "empty_unknown": b"\x21\x77\0",
        "empty_application": b"\x21\xff\0",
        "empty_control": b"\x21\xf9\0",
        "short_control": b"\x21\xf9\2\0\0\0",
        "short_transparent_control": b"\x21\xf9\3\1\0\0\0",
        "long_control": b"\x21\xf9\6\1\0\0\5\0\0\0",
        "garbage": b"abc\0\0",
        "cut_off": b"\x21\xfe\x50abc",
        "trailer": b";",
    }.items():
        yield f"before_{name}", gif(gif_image((6, 5), place=(4, 3)), before)
    for length in (1, 2, 7, 100):
        yield f"blocks_of_{length}", gif(gif_image((13, 9), 8, length=length), table=noise(768))
    large = (90, 80)
    yield "full_table", gif(gif_image(large, 8), screen=large, table=noise(768))
    yield "many_clears", gif(gif_image(large, 4, clear_at=set(range(0, 7200, 50))), screen=large)
    flat = codes([3] * 7200, 4)
    yield "long_strings", gif(descriptor(0, 0, *large) + b"\4" + blocks(flat), screen=large)
    whole = gif(gif_image((13, 9)))
    for cut in (1, 2, 3, 4, 5, 10, 20, 40, 60, 80, 100):
        yield f"cut_{cut}", whole[:-cut]
    yield "without_end_code", gif(gif_image((13, 9), end=False))
    yield "without_end_code_and_trailer", gif(gif_image((13, 9), end=False), behind=b"")[:-1]
    data = codes(noise(13 * 9), 8)
    head = descriptor(0, 0, 13, 9) + b"\x08"
    yield "too_few_pixels", gif(head + blocks(codes([1] * 100, 8)))
    yield "too_few_pixels_and_no_end", gif(head + blocks(codes([1] * 100, 8, end=False)))
    yield "too_many_pixels", gif(head + blocks(codes([i % 7 for i in range(300)], 8)))
    yield "an_empty_block_between", gif(head + blocks(data[:20]) + blocks(data[20:]))
    yield "garbage_behind", gif(head + blocks(data + noise(50)), behind=b";" + noise(50))
    for at in (0, 1, 5, 20, 50):
        damaged = bytearray(data)
        damaged[at] ^= 0x5A
        yield f"damaged_at_{at}", gif(head + blocks(bytes(damaged)))
    for version in (b"87a", b"88a", b"89b", b"90a"):
        yield f"version_{version.decode()}", gif(gif_image((13, 9)), version=version)
    for size, place in (((0, 5), (0, 0)), ((5, 0), (0, 0)), ((0, 0), (0, 0)), ((0, 5), (1, 0)), ((0, 0), (3, 3))):
        name = f"image_of_{size[0]}x{size[1]}_at_{place[0]}"
        yield name, gif(descriptor(*place, *size) + b"\x08" + blocks(data))
    yield "screen_of_nothing", gif(gif_image((13, 9)), screen=(0, 0))
    yield "only_a_screen", gif(b"", behind=b"")
    yield "only_a_trailer", gif(b"")
    for length in (6, 10, 12, 13, 20, 61, 62, 65, 70, 71, 72):
        yield f"of_{length}_bytes", whole[:length]


def seen(data):
    """What PIL makes of a file: height, width and the check sums of RGB and grey, or a dash."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
            rgb, grey = turned.convert("RGB"), turned.convert("L")
        return f"{turned.height} {turned.width} {zlib.crc32(rgb.tobytes())} {zlib.crc32(grey.tobytes())}"
    except Exception:
        return "-"


def write(file, made):
    """Each file's name, length and what PIL sees in a line, and then its bytes; all of it gzipped.

    Where Stride reads what PIL refuses, an equal file that PIL reads comes with it.
    """
    names, all_of_it = set(), b""
    for name, data, *equal in made:
        assert name not in names, name
        names.add(name)
        pil = seen(data)
        if pil == "-" and equal:
            pil = seen(equal[0])
        all_of_it += f"{name} {len(data)} {pil}\n".encode() + data
    file.write_bytes(gzip.compress(all_of_it, 9, mtime=0))


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    write(folder / "png.gz", pngs())
    write(folder / "bmp.gz", bmps())
    write(folder / "gif.gz", gifs())
