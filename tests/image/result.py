#!/usr/bin/python3
"""Reads what the picture worker answers, and takes nothing on trust.

As a program: result.py FILE prints the format and the four sides.
"""
import io
import re
import struct
import sys

from PIL import Image

SMALL = 96
JPEG_MARKERS = {0xDB, 0xC2, 0xC4, 0xDA}


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def check_jpeg(data):
    """Tables, a progressive frame and its scans; JFIF first; no more."""
    check(data[:2] == b"\xff\xd8", "no start")
    check(data[2:4] == b"\xff\xe0" and data[4:11] == b"\0\x10JFIF\0"
          and data[18:20] == b"\0\0", "no plain JFIF")
    at, seen = 20, set()
    while data[at:at + 2] != b"\xff\xd9":
        check(data[at] == 0xFF and data[at + 1] in JPEG_MARKERS,
              f"marker {data[at:at + 2].hex()}")
        seen.add(data[at + 1])
        scan = data[at + 1] == 0xDA
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if scan:
            at = re.compile(rb"\xff[^\0]").search(data, at).start()
    check(seen == JPEG_MARKERS, "not a whole progressive JPEG")
    check(at + 2 == len(data), "bytes behind the end")


def check_webp(data):
    """A frame and its alpha; no more."""
    check(data[:4] == b"RIFF" and data[8:12] == b"WEBP", "no start")
    check(struct.unpack("<I", data[4:8])[0] + 8 == len(data), "length")
    at, names = 12, []
    while at < len(data):
        name, size = struct.unpack("<4sI", data[at:at + 8])
        names.append(name)
        check(name != b"VP8X" or data[at + 8] == 0x10, "flags")
        at += 8 + size + size % 2
    check(names in ([b"VP8X", b"ALPH", b"VP8 "], [b"VP8L"]), str(names))
    check(at == len(data), "bytes behind the end")


def picture(data, kind):
    """One of the two, decoded whole."""
    (check_jpeg if kind == "jpg" else check_webp)(data)
    image = Image.open(io.BytesIO(data))
    image.load()
    check(image.format == {"jpg": "JPEG", "webp": "WEBP"}[kind], "format")
    check(not {"exif", "icc_profile", "comment", "xmp"} & set(image.info),
          f"metadata {image.info.keys()}")
    check(image.mode == ("RGB" if kind == "jpg" else "RGBA"), image.mode)
    return image


def parse(answer, size=512):
    """The format, the large and the small picture of a whole answer."""
    match = re.match(rb"(jpg|webp) ([1-9][0-9]*) ([1-9][0-9]*)\n", answer)
    check(match, "no first line")
    kind = match[1].decode()
    start, large_size, small_size = match.end(), int(match[2]), int(match[3])
    check(start + large_size + small_size == len(answer), "lengths")
    large = picture(answer[start:start + large_size], kind)
    small = picture(answer[start + large_size:], kind)
    check(max(large.size) <= size, f"large: {large.size}")
    check(small.width == small.height == min(SMALL, *large.size),
          f"small: {small.size}")
    return kind, large, small


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        result = parse(file.read(), 2048)
    print(result[0], *result[1].size, *result[2].size)
