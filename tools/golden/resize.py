"""Prints the check sums of resized images in ResizeTest: python3 resize.py (Debian: python3-pil)."""

import zlib

from PIL import Image

FILTERS = {
    "BOX": Image.BOX,
    "BILINEAR": Image.BILINEAR,
    "BICUBIC": Image.BICUBIC,
    "LANCZOS": Image.LANCZOS,
}
SIZES = [(37, 53, 3, 20, 20), (37, 53, 1, 100, 7), (5, 4, 3, 64, 48), (300, 1, 1, 28, 28), (64, 64, 3, 32, 64)]


def image(height, width, channels):
    """Bytes that have nothing smooth about them, from a 32-bit linear congruential generator."""
    state, data = 1, bytearray()
    for _ in range(height * width * channels):
        state = (state * 1664525 + 1013904223) % 2**32
        data.append(state >> 24)
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), bytes(data))


for height, width, channels, to_height, to_width in SIZES:
    for name, filter in FILTERS.items():
        resized = image(height, width, channels).resize((to_width, to_height), filter)
        print(
            f'"{height}, {width}, {channels}, {to_height}, {to_width}, {name}, {zlib.crc32(resized.tobytes())}",'
        )
