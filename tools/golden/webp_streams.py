"""VP8 and VP8L data that no encoder writes: every value a header can have, and random bits behind it, which decode to something too."""

import struct


class BooleanWriter:
    """The boolean entropy encoder of RFC 6386, section 7.3."""

    def __init__(self):
        self.low, self.range, self.bits = 0, 255, 0

    def bit(self, value, probability=128):
        split = 1 + ((self.range - 1) * probability >> 8)
        self.low, self.range = (self.low + split, self.range - split) if value else (self.low, split)
        shift = 8 - self.range.bit_length()
        self.low, self.range, self.bits = self.low << shift, self.range << shift, self.bits + shift

    def number(self, value, bits):
        for i in reversed(range(bits)):
            self.bit(value >> i & 1)

    def optional(self, value, bits):
        """A flag and, if the value is not None, the value with its sign."""
        self.bit(value is not None)
        if value is not None:
            self.number(abs(value), bits)
            self.bit(value < 0)

    def bytes(self):
        pad = -(self.bits + 8) % 8
        return (self.low << pad).to_bytes((self.bits + 8 + pad) // 8, "big")


def maybe(random, low, high, likely=0.7):
    return random.randint(low, high) if random.random() < likely else None


def vp8(random, width, height, updates):
    """A key frame of random settings; updates: the coefficients' update probabilities, 1056 numbers."""
    out = BooleanWriter()
    out.number(random.randrange(4), 2)
    segments = random.random() < 0.7
    out.bit(segments)
    mapped = segments and random.random() < 0.8
    if segments:
        out.bit(mapped)
        update = random.random() < 0.8
        out.bit(update)
        if update:
            absolute = random.random() < 0.5
            out.bit(absolute)
            for _ in range(4):
                out.optional(maybe(random, 0 if absolute else -60, 127 if random.random() < 0.3 else 40), 7)
            for _ in range(4):
                out.optional(maybe(random, -63, 63), 6)
        if mapped:
            for _ in range(3):
                given = random.random() < 0.8
                out.bit(given)
                if given:
                    out.number(random.randrange(1, 256), 8)
    out.bit(random.random() < 0.3)
    out.number(random.choice([0, 1, 5, 14, 15, 16, 30, 39, 40, 41, 63]), 6)
    out.number(random.randrange(8), 3)
    deltas = random.random() < 0.5
    out.bit(deltas)
    if deltas:
        update = random.random() < 0.8
        out.bit(update)
        if update:
            for _ in range(8):
                out.optional(maybe(random, -63, 63), 6)
    partitions = random.randrange(4)
    out.number(partitions, 2)
    out.number(random.choice([0, 0, 3, 20, 60, 127]), 7)
    for _ in range(5):
        out.optional(maybe(random, -15, 15, 0.3), 4)
    out.bit(random.random() < 0.5)
    # Much that ends soon, or much that goes on.
    lean = random.choice([0.02, 0.2, 0.5])
    for i, probability in enumerate(updates):
        update = random.random() < 0.8
        out.bit(update, probability)
        if update:
            high = random.random() > lean
            out.number(random.randrange(180, 256) if high else random.randrange(256), 8)
    skips = random.random() < 0.6
    out.bit(skips)
    if skips:
        out.number(random.randrange(1, 256), 8)
    macroblocks = (width + 15) // 16 * ((height + 15) // 16)
    for _ in range(macroblocks * 90):
        out.bit(random.random() < 0.5)
    first = out.bytes()
    size = macroblocks * random.choice([100, 250, 600]) // (1 << partitions) + 40
    coefficients = [bytes([random.randrange(255)]) + random.randbytes(size) for _ in range(1 << partitions)]
    tag = random.choice([0, 1, 2, 3]) << 1 | 1 << 4 | len(first) << 5
    scales = random.randrange(4) << 14, random.randrange(4) << 14
    head = struct.pack("<I", tag)[:3] + b"\x9d\x01\x2a" + struct.pack("<HH", width | scales[0], height | scales[1])
    sizes = b"".join(struct.pack("<I", len(part))[:3] for part in coefficients[:-1])
    return head + first + sizes + b"".join(coefficients)


class BitWriter:
    """Bits of VP8L, the lowest first."""

    def __init__(self):
        self.value, self.length = 0, 0

    def number(self, value, bits):
        self.value |= value << self.length
        self.length += bits

    def bytes(self):
        return self.value.to_bytes((self.length + 7) // 8, "little")


ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]


def lengths(random, symbols, longest):
    """Lengths of a complete code: leaves are split until there are enough."""
    leaves = [0]
    while len(leaves) < symbols:
        short = [i for i, length in enumerate(leaves) if length < longest]
        i = random.choice(short) if random.random() < 0.7 else max(short, key=lambda k: leaves[k])
        leaves[i] += 1
        leaves.append(leaves[i])
    return leaves


def prefix_code(out, random, alphabet, favourites=None):
    """A random prefix code of an alphabet, with the favourites among its symbols."""
    kind = random.random()
    pool = favourites or range(alphabet)
    if kind < 0.25:
        two, wide = random.random() < 0.5, random.random() < 0.7
        out.number(1, 1)
        out.number(two, 1)
        out.number(wide, 1)
        small = [s for s in pool if s < (256 if wide else 2)] or [0]
        out.number(random.choice(small), 8 if wide else 1)
        if two:
            out.number(random.choice([s for s in pool if s < 256] or [0]), 8)
        return
    count = min(random.choice([2, 3, 5, 9, 17, 60, len(pool)]), len(pool))
    chosen = random.sample(list(pool), count)
    depth = random.choice([max(count - 1, 1).bit_length() + random.randrange(3), 15])
    code = dict(zip(chosen, lengths(random, count, min(depth, 15))))
    if count == 1:
        code[chosen[0]] = random.randint(1, 15)
    out.number(0, 1)
    # The code of lengths: all of 0 to 15, and of the repeats, with 4 or 5 bits each.
    used = list(range(19))
    out.number(15, 4)
    bits = {symbol: 4 if i < 13 else 5 for i, symbol in enumerate(used)}
    for symbol in ORDER:
        out.number(bits[symbol], 3)
    codes, value, previous = {}, 0, 0
    for symbol in sorted(used, key=lambda s: (bits[s], s)):
        value = value << bits[symbol] - previous
        previous = bits[symbol]
        codes[symbol] = int(format(value, f"0{previous}b")[::-1], 2)
        value += 1
    tokens, i = [], 0
    row = [code.get(s, 0) for s in range(alphabet)]
    last, repeated = max(i for i, length in enumerate(row) if length), 8
    short = random.random() < 0.5
    end = last + 1 if short else alphabet
    while i < end:
        run = 1
        while i + run < end and row[i + run] == row[i]:
            run += 1
        if row[i] == 0 and run >= 11:
            run = min(run, 138)
            tokens.append((18, run - 11, 7))
        elif row[i] == 0 and run >= 3:
            run = min(run, 10)
            tokens.append((17, run - 3, 3))
        elif row[i] == repeated and run >= 3:
            run = min(run, 6)
            tokens.append((16, run - 3, 2))
        else:
            run = 1
            tokens.append((row[i], 0, 0))
            repeated = row[i] or repeated
        i += run
    out.number(short and len(tokens) >= 2, 1)
    if short and len(tokens) >= 2:
        size = max(2, (len(tokens) - 2).bit_length() + 1 & ~1)
        out.number((size - 2) // 2, 3)
        out.number(len(tokens) - 2, size)
    elif short:
        tokens += [(0, 0, 0)] * (alphabet - end)
    for symbol, extra, extra_bits in tokens:
        out.number(codes[symbol], bits[symbol])
        out.number(extra, extra_bits)


def prefix_codes(out, random, cache, first_literals):
    """The five codes; few copies, so that most of them have something to copy from."""
    places = list(range(280, 280 + cache))
    greens = list(range(256)) + random.choice([[], list(range(256, 262)), list(range(256, 280))])
    prefix_code(out, random, 280 + cache, greens + places if not first_literals else range(256))
    for _ in range(3):
        prefix_code(out, random, 256)
    prefix_code(out, random, 40, random.choice([range(8), range(12), [0, 1]]))


def cache_bits(out, random, likely):
    bits = random.randint(1, 11) if random.random() < likely else 0
    out.number(bits > 0, 1)
    if bits:
        out.number(bits, 4)
    return 1 << bits if bits else 0


def tiles(size, bits):
    return size + (1 << bits) - 1 >> bits


def vp8l(random, width, height):
    """A lossless picture of random transforms and codes, and random bits for its pixels."""
    out = BitWriter()
    out.number(0x2F, 8)
    out.number(width - 1, 14)
    out.number(height - 1, 14)
    out.number(random.randrange(2), 1)
    out.number(0, 3)
    order = random.sample(range(4), random.randrange(5))
    at = width
    for kind in order:
        out.number(1, 1)
        out.number(kind, 2)
        if kind in (0, 1):
            bits = random.randrange(8)
            out.number(bits, 3)
            pixels(out, random, tiles(at, bits + 2) * tiles(height, bits + 2))
        elif kind == 3:
            colours = random.choice([1, 2, 3, 4, 5, 16, 17, 100, 256])
            out.number(colours - 1, 8)
            pixels(out, random, colours)
            at = tiles(at, 3 if colours <= 2 else 2 if colours <= 4 else 1 if colours <= 16 else 0)
    out.number(0, 1)
    cache = cache_bits(out, random, 0.5)
    groups, precision = 1, 0
    out.number(random.random() < 0.5, 1)
    if out.value >> out.length - 1 & 1:
        precision = random.randrange(8)
        out.number(precision, 3)
        groups = 1 + random.choice([0, 1, 3, 7])
        pixels(out, random, tiles(at, precision + 2) * tiles(height, precision + 2), groups)
    for group in range(groups):
        prefix_codes(out, random, cache, False)
    return out.bytes() + random.randbytes(at * height * random.choice([2, 3, 4]) + 20)


def pixels(out, random, count, groups=None):
    """A small image: literals of 8 bits each, red and green those of a group, if there are groups."""
    out.number(0, 1)
    for alphabet, wide in ((280, True), (256, groups is None), (256, True), (256, True), (40, False)):
        if not wide:
            out.number(0b0001, 4)
            continue
        # 256 symbols of 8 bits: their lengths are 8, which is repeated from the beginning on.
        out.number(0, 1)
        out.number(15, 4)
        for symbol in ORDER:
            out.number(1 if symbol in (8, 16) else 0, 3)
        if alphabet == 280:
            # 8, 16 x 3..6: 256 in all, and the other 24 are left out.
            out.number(1, 1)
            out.number(3, 3)
            out.number(43 - 2, 8)
            for i in range(42):
                out.number(1, 1)
                out.number(3, 2)
            out.number(1, 1)
            out.number(1, 2)
        else:
            out.number(0, 1)
            for i in range(42):
                out.number(1, 1)
                out.number(3, 2)
            out.number(1, 1)
            out.number(1, 2)
    for _ in range(count):
        if groups is None:
            green = random.randrange(256)
            red = random.randrange(256)
        else:
            green, red = random.randrange(groups), 0
        out.number(int(format(green, "08b")[::-1], 2), 8)
        if groups is None:
            out.number(int(format(red, "08b")[::-1], 2), 8)
        out.number(random.randrange(1 << 16), 16)


def riff(name, data):
    body = name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
