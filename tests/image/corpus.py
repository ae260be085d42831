#!/usr/bin/python3
"""Pictures good and bad, the same in every run, and what is to come of them.

    corpus.py DIRECTORY    all of them, DIRECTORY/GROUP/NAME
    corpus.py photo FILE   a phone's photo: 12 megapixels, lying on its side
    corpus.py small FILE   a photo of less than 120 KiB
    corpus.py wide FILE    25 megapixels of PNG
    corpus.py seeds DIRECTORY    small ones, for a fuzzer to begin with

A case is a name, bytes, the exit status of the worker (None: 0, 3 or 4) and a
function that looks at the two pictures.
"""
import functools
import io
import os
import random
import sys
from collections import namedtuple

from PIL import Image, ImageChops, ImageFilter

import files
from files import (exif, jpeg_insert, png, png_insert, webp_animation,
                   webp_wrap)

Case = namedtuple("Case", "name data status look size", defaults=(0, None, 512))
DONE, NO_PICTURE, TOO_LARGE = 0, 3, 4
SECRET = b"hunter2-of-the-camera"


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(rng, width, height):
    return Image.frombytes("L", (width, height), rng.randbytes(width * height))


@functools.lru_cache
def scene(width, height, seed="scene"):
    """Something with smooth parts, edges and grain, as photos have."""
    rng = random.Random(seed)
    bands = []
    for _ in range(3):
        coarse = noise(rng, 8, 6).resize((width, height), Image.BICUBIC)
        middle = noise(rng, max(1, width // 24), max(1, height // 24)) \
            .resize((width, height), Image.BILINEAR)
        bands.append(Image.blend(coarse, middle, 0.3))
    grain = noise(rng, width, height).point(lambda v: v // 18)
    return Image.merge("RGB", [ImageChops.add(b, grain) for b in bands])


def photo(width, height, quality):
    thumbnail = saved(scene(160, 120), "JPEG", quality=60)
    return jpeg_insert(
        saved(scene(width, height), "JPEG", quality=quality, subsampling=2),
        (0xE1, b"Exif\0\0" + exif(6, SECRET, thumbnail)))


def wide():
    return png(5000, 5000, 8, 6, [b"\x10\x20\x30\xff" * 5000] * 5000)


# What comes out ------------------------------------------------------------

def near(a, b, tolerance=12):
    return all(abs(x - y) <= tolerance for x, y in zip(a, b))


def is_of(size, colour=None, kind="jpg", tolerance=12):
    """Of that size, and of one colour in the middle of both pictures."""
    def look(found, large, small):
        assert found == kind, found
        assert large.size == size, large.size
        for image in (large, small):
            middle = image.getpixel((image.width // 2, image.height // 2))
            assert colour is None or near(middle, colour, tolerance), middle
    return look


RED, GREEN, BLUE, WHITE = ((200, 0, 0), (0, 150, 0), (0, 0, 200),
                           (240, 240, 240))


def flag(width=96, height=64):
    """Every corner is another colour: it is seen how it lies."""
    image = Image.new("RGB", (width, height), RED)
    half = (width // 2, height // 2)
    image.paste(GREEN, (half[0], 0, width, half[1]))
    image.paste(BLUE, (0, half[1], half[0], height))
    image.paste(WHITE, (*half, width, height))
    return image


def is_upright(found, large, small):
    assert large.size == (96, 64), large.size
    for image in (large, small):
        w, h = image.width - 9, image.height - 9
        for at, colour in (((8, 8), RED), ((w, 8), GREEN), ((8, h), BLUE),
                           ((w, h), WHITE)):
            assert near(image.getpixel(at), colour, 30), (at, colour)


def has_square_of(colour):
    def look(_found, _large, small):
        for x in (1, small.width - 2):
            for y in (1, small.height - 2):
                assert near(small.getpixel((x, y)), colour, 20), (x, y)
    return look


# The groups ----------------------------------------------------------------

LYING = [None, None, Image.FLIP_LEFT_RIGHT, Image.ROTATE_180,
         Image.FLIP_TOP_BOTTOM, Image.TRANSPOSE, Image.ROTATE_90,
         Image.TRANSVERSE, Image.ROTATE_270]


def orientation():
    for number in range(10):
        lying = flag()
        if 1 < number < 9:
            lying = lying.transpose(LYING[number])
        for order in "<>":
            data = exif(number, SECRET, order=order)
            name = f"{number}{'be' if order == '>' else 'le'}"
            yield Case(f"{name}.jpg", jpeg_insert(
                saved(lying, "JPEG", quality=95, subsampling=0),
                (0xE1, b"Exif\0\0" + data)), DONE, is_upright)
            for place in ("before", "after"):
                yield Case(f"{name}-{place}.png", png_insert(
                    saved(lying, "PNG"), b"eXIf", data, place == "after"),
                    DONE, is_upright)
            for prefix in (b"", b"Exif\0\0"):
                yield Case(f"{name}-{len(prefix)}.webp", webp_wrap(
                    saved(lying, "WEBP", lossless=True),
                    (b"EXIF", prefix + data)), DONE, is_upright)
    for cut in range(0, len(data), 7):
        yield Case(f"cut-{cut}.jpg", jpeg_insert(
            saved(flag(), "JPEG", quality=95, subsampling=0),
            (0xE1, b"Exif\0\0" + exif(1, SECRET)[:cut])), DONE, is_upright)


def kinds():
    """What each format can be."""
    rgb = scene(300, 200)
    clear = rgb.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((300, 200)))
    opaque = rgb.convert("RGBA")
    fits = is_of((300, 200))
    glass = is_of((300, 200), kind="webp")
    for mode in ("RGB", "L"):
        for progressive in (False, True):
            for sub in (0, 1, 2):
                yield Case(f"{mode}-{progressive}-{sub}.jpg", saved(
                    rgb.convert(mode), "JPEG", progressive=progressive,
                    subsampling=sub), DONE, fits)
    yield Case("restarts.jpg", files.jpeg_restarts(), DONE, is_of((16, 8)))
    data = saved(rgb, "JPEG")
    yield Case("late-end.jpg", data[:-2] + b"garbage" * 9 + data[-2:], DONE,
               fits)
    yield Case("fill-bytes.jpg", jpeg_insert(data, (0xFE, b"")).replace(
        b"\xff\xfe", b"\xff" * 9 + b"\xfe", 1), DONE, fits)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I"):
        yield Case(f"{mode}.png", saved(opaque.convert(
            "RGB" if mode == "P" else mode), "PNG") if mode != "I" else
            saved(rgb.convert("I"), "PNG"), DONE, fits)
    yield Case("P.png", saved(rgb.quantize(64), "PNG"), DONE, fits)
    yield Case("P-clear.png", saved(rgb.quantize(64), "PNG", transparency=0),
               DONE, glass)
    yield Case("clear.png", saved(clear, "PNG"), DONE, glass)
    yield Case("LA-clear.png", saved(clear.convert("LA"), "PNG"), DONE, glass)
    for depth, colour in ((1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (16, 2),
                          (16, 4), (16, 6), (8, 6), (8, 2)):
        for interlaced in (False, True):
            yield Case(f"{depth}-{colour}-{interlaced}.png", files.png_plain(
                37, 23, depth, colour, interlaced), DONE,
                is_of((37, 23), (255, 255, 255)))
    for lossless in (False, True):
        yield Case(f"opaque-{lossless}.webp", saved(
            opaque, "WEBP", lossless=lossless, exact=True), DONE, fits)
        yield Case(f"clear-{lossless}.webp", saved(
            clear, "WEBP", lossless=lossless), DONE, glass)
    for sides, third in (((300, 100), (100, 0, 200, 100)),
                         ((100, 300), (0, 100, 100, 200))):
        stripes = Image.new("RGB", sides, RED)
        stripes.paste(GREEN, third)
        yield Case(f"stripes-{sides[0]}.png", saved(stripes, "PNG"), DONE,
                   has_square_of(GREEN))
    large = scene(1400, 1000)
    clear = large.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(large.size))
    for kind in ("JPEG", "PNG", "WEBP"):
        for size, sides in ((96, (96, 69)), (512, (512, 366)),
                            (1399, (1399, 999)), (2048, (1400, 1000))):
            yield Case(f"large-{size}.{kind}", saved(large, kind), DONE,
                       is_of(sides), size)
        if kind == "JPEG":
            continue
        options = {"compress_level": 1} if kind == "PNG" else {"method": 0}
        yield Case(f"glass.{kind}", saved(clear, kind, **options), DONE,
                   is_of((512, 366), kind="webp"))
        yield Case(f"opaque.{kind}", saved(large.convert("RGBA"), kind,
                   **options), DONE, is_of((512, 366)))
    yield Case("glass-lossless.webp", saved(clear, "WEBP", lossless=True,
               method=0), DONE, is_of((512, 366), kind="webp"))
    opaque = Image.new("RGBA", (1399, 1000), (10, 20, 30, 255))
    opaque.putpixel((0, 0), (0, 0, 0, 255))
    yield Case("opaque-lossless.webp", files.webp_claim_alpha(saved(
        opaque, "WEBP", lossless=True, exact=True, method=0)), DONE,
        is_of((512, 366)))


def hidden():
    """What lies hidden where nothing shows does not shine through."""
    half = Image.new("RGBA", (1200, 1200), (255, 0, 0, 0))
    half.paste((0, 0, 255, 255), (0, 0, 1200, 608))

    def no_red(_found, large, small):
        for image in (large, small):
            for y in range(image.height):
                red, _, _, alpha = image.getpixel((image.width // 2, y))
                assert alpha < 40 or red < 60, (y, red, alpha)
    yield Case("half.png", saved(half, "PNG"), DONE, no_red)
    yield Case("half.webp", saved(half, "WEBP", lossless=True, exact=True),
               DONE, no_red)
    yield Case("half-lossy.webp", saved(half, "WEBP", exact=True, quality=99),
               DONE, no_red)


def animated():
    first = Image.new("RGB", (120, 80), RED)
    second = Image.new("RGB", (120, 80), BLUE)
    more = {"save_all": True, "append_images": [second]}
    yield Case("apng.png", saved(first, "PNG", **more), DONE,
               is_of((120, 80), RED))
    yield Case("lossy.webp", saved(first, "WEBP", **more), DONE,
               is_of((120, 80), RED))
    yield Case("lossless.webp", saved(first, "WEBP", lossless=True, **more),
               DONE, is_of((120, 80), RED))
    yield Case("placed.webp", webp_animation(
        (200, 100), (50, 20), saved(first.resize((100, 60)), "WEBP")), DONE,
        is_of((200, 100), (*RED, 255), "webp"))
    yield Case("row.webp", webp_animation(
        (600, 100), (0, 20), saved(first.resize((600, 60)), "WEBP")), DONE,
        is_of((512, 85), (*RED, 255), "webp"))
    yield Case("beyond.webp", webp_animation(
        (100, 100), (50, 20), saved(first.resize((100, 60)), "WEBP")),
        NO_PICTURE)
    yield Case("gif.gif", saved(first, "GIF", **more), NO_PICTURE)


def colours():
    """Profiles and inks."""
    swapped = files.icc_swapped()
    red = Image.new("RGB", (64, 64), (255, 0, 0))
    grey = Image.new("L", (64, 64), 128)
    green, same = is_of((64, 64), (0, 255, 0)), is_of((64, 64), (254, 0, 0))
    broken = swapped[:100] + b"\xff" * 200
    for kind in ("JPEG", "PNG", "WEBP"):
        more = {"lossless": True} if kind == "WEBP" else {}
        for name, profile, look in (
                ("none", None, same), ("swapped", swapped, green),
                ("broken", broken, same), ("cut", swapped[:-9], same),
                ("grey", files.icc_grey(), same),
                ("inks", files.icc_inks(), same),
                ("empty", b"\0", same), ("long", files.icc_swapped(1 << 20),
                                         green),
                ("too-long", files.icc_swapped(5 << 20), same)):
            if profile is not None:
                more["icc_profile"] = profile
            yield Case(f"{name}.{kind}", saved(red, kind, **more), DONE, look)
        if kind != "WEBP":
            yield Case(f"linear.{kind}", saved(
                grey, kind, icc_profile=files.icc_grey()), DONE,
                is_of((64, 64), (188, 188, 188)))
    parts = files.jpeg_profile_parts(swapped, 3)
    plain = saved(red, "JPEG")
    for name, some, look in (
            ("parts", parts, green), ("backwards", parts[::-1], green),
            ("missing", parts[:2], same), ("twice", parts + parts[:1], same)):
        yield Case(f"{name}.jpg", jpeg_insert(plain, *some), DONE, look)
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 128))
    yield Case("clear.png", saved(clear, "PNG", icc_profile=swapped), DONE,
               is_of((64, 64), (0, 255, 0, 128), "webp"))
    for progressive in (False, True):
        for name, ink, colour in (
                ("cyan", (255, 0, 0, 0), (0, 255, 255)),
                ("yellow", (0, 0, 255, 0), (255, 255, 0)),
                ("black", (0, 0, 0, 255), (0, 0, 0)),
                ("paper", (0, 0, 0, 0), (255, 255, 255)),
                ("mixed", (128, 0, 0, 128), (63, 127, 127))):
            inks = Image.new("CMYK", (64, 64), ink)
            data = saved(inks, "JPEG", progressive=progressive)
            look = is_of((64, 64), colour, tolerance=16)
            yield Case(f"{name}-{progressive}.jpg", data, DONE, look)
            yield Case(f"{name}-ycck-{progressive}.jpg", files.jpeg_ycck(
                ink, progressive=progressive), DONE, look)
    # In this one cyan ink is red; and ink that is not upside down.
    for name, ink, colour in (("red", (255, 0, 0, 0), (255, 0, 0)),
                              ("paper", (0, 0, 0, 0), (255, 255, 255))):
        look = is_of((64, 64), colour, tolerance=40)
        data = saved(Image.new("CMYK", (64, 64), ink), "JPEG",
                     icc_profile=files.icc_inks())
        yield Case(f"profile-{name}.jpg", data, DONE, look)
        data = saved(Image.new("CMYK", (64, 64), tuple(
            255 - part for part in ink)), "JPEG",
            icc_profile=files.icc_inks())
        yield Case(f"profile-{name}-not-adobe.jpg", files.jpeg_without(
            data, 0xEE), DONE, look)
    yield Case("rgb.jpg", files.jpeg_rgb(RED), DONE, is_of((64, 64), RED))


def metadata():
    """Nothing that was not seen comes out (the driver looks for SECRET)."""
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET
    script = b"<?php system($_GET[1]); ?><script>alert(1)</script>" + SECRET
    tags = exif(1, SECRET, thumbnail=saved(scene(160, 120), "JPEG"))
    fits = is_of((96, 64))
    jpeg, plain_png = saved(flag(), "JPEG"), saved(flag(), "PNG")
    webp = saved(flag(), "WEBP")
    yield Case("all.jpg", jpeg_insert(
        jpeg, (0xE1, b"Exif\0\0" + tags), (0xE1, xmp), (0xFE, SECRET),
        (0xED, b"Photoshop 3.0\0" + SECRET), (0xE2, b"MPF\0" + SECRET),
        (0xEF, SECRET)), DONE, fits)
    for chunk in (b"tEXt", b"iTXt", b"zTXt", b"xxXx", b"eXIf", b"tIME"):
        yield Case(f"{chunk.decode()}.png", png_insert(
            plain_png, chunk, b"Comment\0" + SECRET, False), DONE, fits)
    yield Case("all.webp", webp_wrap(
        webp, (b"EXIF", tags), (b"XMP ", xmp), (b"JUNK", SECRET)), DONE, fits)
    for kind, data in (("jpg", jpeg), ("png", plain_png), ("webp", webp)):
        yield Case(f"behind.{kind}", data + script, DONE, fits)
        yield Case(f"zeros.{kind}", data + bytes(100000), DONE, fits)
        yield Case(f"twice.{kind}", data + data, DONE, fits)
        yield Case(f"before.{kind}", script + data, NO_PICTURE)


def wrong():
    """Not one of the three formats, or only its beginning."""
    rgb = scene(60, 40)
    for name, data in (
            ("empty", b""), ("byte", b"\xff"), ("zeros", bytes(4096)),
            ("text", b"hello, world\n" * 20), ("pdf", b"%PDF-1.7\n" * 20),
            ("html", b"<!DOCTYPE html><script>alert(1)</script>"),
            ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"),
            ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)),
            ("avif", b"\0\0\0\x1cftypavif" + bytes(99)),
            ("jxl", b"\xff\x0a" + bytes(99)), ("elf", b"\x7fELF" * 50),
            ("zip", b"PK\3\4" * 50), ("mng", b"\x8aMNG\r\n\x1a\n" * 9),
            ("wav", b"RIFF\x40\0\0\0WAVE" + bytes(99)),
            ("jpeg-only", b"\xff\xd8\xff" + bytes(99)),
            ("jpeg-start-end", b"\xff\xd8\xff\xd9" + bytes(99)),
            ("png-only", b"\x89PNG\r\n\x1a\n" + bytes(99)),
            ("webp-only", b"RIFF\x40\0\0\0WEBP" + bytes(99)),
            ("gif", saved(rgb, "GIF")), ("bmp", saved(rgb, "BMP")),
            ("tiff", saved(rgb, "TIFF")), ("ppm", saved(rgb, "PPM")),
            ("ico", saved(rgb, "ICO")), ("j2k", saved(rgb, "JPEG2000")),
            ("random", random.Random("wrong").randbytes(5000))):
        yield Case(name, data, NO_PICTURE)
    jpeg, plain_png = saved(rgb, "JPEG"), saved(rgb, "PNG")
    for name, data in (
            ("arithmetic.jpg", jpeg.replace(b"\xff\xc0", b"\xff\xc9", 1)),
            ("lossless.jpg", jpeg.replace(b"\xff\xc0", b"\xff\xc3", 1)),
            ("twelve-bits.jpg", files.jpeg_sof(jpeg, 0, b"\x0c")),
            ("no-lines.jpg", files.jpeg_sof(jpeg, 1, b"\0\0")),
            ("no-columns.jpg", files.jpeg_sof(jpeg, 3, b"\0\0")),
            ("ended-early.jpg", jpeg[:-99] + jpeg[-2:]),
            ("broken-behind.jpg", jpeg[:-2] + files.segment(
                0xC4, b"\xff" * 20) + jpeg[-2:]),
            ("no-end.jpg", jpeg[:-2]), ("half-end.jpg", jpeg[:-1]),
            ("behind-a-scan.jpg", files.jpeg_grey(0xC2, 8, 8) + b"".join(
                files.segment(0xDA, b"\1\1\0" + some) + b"garbage" * 9
                for some in (b"\0\0\0", b"\1\x3f\0")) + b"\xff\xd9"),
            ("no-end.png", plain_png[:-12]),
            ("no-pixels.png", png(0, 9, 8, 2, [b""])),
            ("too-few-rows.png", png(9, 9, 8, 2, [bytes(27)] * 8)),
            ("too-many-rows.png", png(9, 9, 8, 2, [bytes(27)] * 99)),
            ("no-palette.png", png(9, 9, 8, 3, [bytes(9)] * 9))):
        yield Case(name, data, NO_PICTURE)


def bombs():
    """Little that wants to be much, and what is just small enough."""
    rgb = scene(60, 40)
    jpeg, plain_png = saved(rgb, "JPEG"), saved(rgb, "PNG")
    yield Case("20000.png", png(20000, 20000, 1, 0, [bytes(2500)] * 20000),
               TOO_LARGE)
    for side in (16385, 20000, 65500):
        yield Case(f"{side}.jpg", files.jpeg_sof(
            jpeg, 1, side.to_bytes(2, "big") * 2), TOO_LARGE)
        yield Case(f"{side}.webp", webp_animation(
            (side, side), (0, 0), saved(rgb, "WEBP")), TOO_LARGE)
    yield Case("65535.jpg", files.jpeg_sof(jpeg, 1, b"\xff" * 4), TOO_LARGE)
    yield Case("16383.webp", files.webp_sides(
        saved(rgb, "WEBP"), 16383, 16383), TOO_LARGE)
    yield Case("31-bits.png", files.png_sides(
        plain_png, 0x7fffffff, 0x7fffffff), TOO_LARGE)
    yield Case("tall.png", png(1, 16385, 8, 0, [b"\xff"] * 16385), TOO_LARGE)
    yield Case("wide.png", png(16384, 1, 8, 0, [b"\xff" * 16384]), DONE,
               is_of((512, 1), (255, 255, 255)))
    yield Case("high.jpg", saved(Image.new("RGB", (1, 16384), RED), "JPEG"),
               DONE, is_of((1, 512), RED))
    yield Case("long.webp", saved(Image.new("RGB", (16383, 1), RED), "WEBP"),
               DONE, is_of((512, 1), RED, tolerance=20))
    for kind in ("JPEG", "PNG", "WEBP"):
        yield Case(f"one.{kind}", saved(Image.new("RGB", (1, 1), RED), kind),
                   DONE, is_of((1, 1), RED, tolerance=20))
    for count, status in ((64, DONE), (65, TOO_LARGE), (500, TOO_LARGE),
                          (883, TOO_LARGE)):
        yield Case(f"{count}-scans.jpg", files.jpeg_scans(16, 16, count),
                   status)
    much = bytes(64 << 20)
    yield Case("zTXt.png", png_insert(plain_png, b"zTXt", b"Comment\0\0"
               + files.squeeze(much), False), DONE, is_of((60, 40)))
    yield Case("iCCP.png", png_insert(plain_png, b"iCCP", b"Profile\0\0"
               + files.squeeze(much), False), DONE, is_of((60, 40)))
    yield Case("IDAT.png", png(60, 40, 8, 2, [bytes(180)] * 40,
               behind=much), NO_PICTURE)
    yield Case("bytes.jpg", jpeg + bytes((64 << 20) - len(jpeg) + 1),
               TOO_LARGE)
    yield Case("all-bytes.jpg", jpeg + bytes((64 << 20) - len(jpeg)), DONE,
               is_of((60, 40)))


def largest():
    """As much as is let through, and one row more."""
    white = is_of((512, 512), (255, 255, 255))
    plain = Image.new("L", (8000, 8001), 255)
    yield Case("64.jpg", saved(plain.crop((0, 0, 8000, 8000)), "JPEG"),
               DONE, white)
    yield Case("64-and-more.jpg", saved(plain, "JPEG"), TOO_LARGE)
    large = plain.crop((0, 0, 5000, 5000)).convert("CMYK")
    yield Case("inks.jpg", saved(large, "JPEG", progressive=True), DONE,
               white)
    large = plain.crop((0, 0, 5000, 5001))
    yield Case("25-and-more.jpg", saved(large, "JPEG", progressive=True),
               TOO_LARGE)
    yield Case("64-scans.jpg", files.jpeg_scans(5000, 5000, 64), DONE,
               is_of((512, 512), (128, 128, 128)))
    yield Case("wide.png", wide(), DONE, is_of((512, 512), (16, 32, 48)))
    yield Case("25-and-more.png", png(5000, 5001, 1, 0, [bytes(625)] * 5001),
               TOO_LARGE)
    yield Case("interlaced.png", files.png_plain(5000, 5000, 16, 6, True,
               level=1), DONE, white)
    large = plain.crop((0, 0, 5000, 5000)).convert("RGBA")
    yield Case("lossless.webp", saved(large, "WEBP", lossless=True, method=0,
               quality=0), DONE, white)
    large.putalpha(128)
    yield Case("lossy.webp", saved(large, "WEBP", method=0, quality=1), DONE,
               is_of((512, 512), (255, 255, 255, 128), "webp"))
    yield Case("photo.jpg", photo(4032, 3024, 92), DONE, is_of((384, 512)))


def bases(width=150, height=100):
    """What is cut and mutated: every chunk and marker there is."""
    rgb = scene(width, height)
    less = (width * 2 // 5, height * 2 // 5)
    clear = rgb.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(rgb.size))
    tags = exif(6, SECRET)
    profile = files.icc_swapped()
    yield "jpg", jpeg_insert(saved(rgb, "JPEG", icc_profile=profile),
                             (0xE1, b"Exif\0\0" + tags))
    yield "progressive.jpg", saved(rgb.resize(less), "JPEG",
                                   progressive=True)
    yield "png", png_insert(saved(
        clear.resize(less), "PNG", icc_profile=profile), b"eXIf", tags,
        False)
    yield "interlaced.png", files.png_plain(37, 23, 16, 6, True)
    yield "webp", webp_wrap(saved(clear, "WEBP"), (b"EXIF", tags),
                            (b"ICCP", profile))
    yield "lossless.webp", saved(clear.resize(less), "WEBP",
                                 lossless=True)


def cut():
    for name, data in bases():
        for percent in range(100):
            yield Case(f"{percent}-{name}", data[:len(data) * percent // 100],
                       NO_PICTURE)


def mutated():
    """400 of each format; in a PNG every other time with good sums."""
    for name, data in bases():
        for number in range(200):
            rng = random.Random(f"{name}-{number}")
            some = bytearray(data)
            for _ in range(rng.randint(1, 6)):
                at = rng.randrange(len(some))
                match rng.randrange(5):
                    case 0:
                        some[at] ^= 1 << rng.randrange(8)
                    case 1:
                        some[at] = rng.choice((0, 1, 0x7f, 0x80, 0xff))
                    case 2:
                        del some[at:at + rng.randint(1, 30)]
                    case 3:
                        some[at:at] = some[at:at + rng.randint(1, 30)]
                    case 4:
                        some[at:at + 4] = rng.randbytes(4)
            some = bytes(some)
            if name.endswith("png") and number % 2:
                some = files.png_sums(some)
            yield Case(f"{number}-{name}", some, None)


def seeds():
    """Small ones to begin a fuzzer's corpus with."""
    for name, data in bases(40, 30):
        yield Case(name, data)
    yield Case("inks.jpg", files.jpeg_ycck((9, 99, 199, 29)))
    yield Case("inks-profile.jpg", jpeg_insert(
        files.jpeg_ycck((9, 99, 199, 29)),
        *files.jpeg_profile_parts(files.icc_inks(), 2)))
    yield Case("scans.jpg", files.jpeg_scans(16, 16, 5))
    yield Case("restarts.jpg", files.jpeg_restarts())
    yield Case("animation.webp", webp_animation(
        (40, 30), (8, 4), saved(scene(16, 16), "WEBP", lossless=True)))
    yield Case("palette.png", saved(scene(40, 30).quantize(8), "PNG",
               transparency=0))


GROUPS = [orientation, kinds, hidden, animated, colours, metadata, wrong,
          bombs, largest, cut, mutated]


def write(cases, path):
    os.makedirs(path, exist_ok=True)
    for case in cases:
        with open(os.path.join(path, case.name), "wb") as out:
            out.write(case.data)


def main(what, place=None):
    if place is None:
        for group in GROUPS:
            write(group(), os.path.join(what, group.__name__))
    elif what == "seeds":
        write(seeds(), place)
    else:
        with open(place, "wb") as out:
            out.write({"photo": lambda: photo(4032, 3024, 92),
                       "small": lambda: photo(1200, 900, 60),
                       "wide": wide}[what]())


if __name__ == "__main__":
    main(*sys.argv[1:])
