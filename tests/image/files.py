"""Files that no library writes, made by hand: chunk by chunk."""
import io
import struct
import zlib

from PIL import Image

# EXIF and ICC --------------------------------------------------------------

SHORT, LONG, ASCII, RATIONAL = 3, 4, 2, 5


def exif(orientation, secret, thumbnail=b"", order="<"):
    """A camera's: TIFF with who, where, and a small picture."""
    def ifd(at, entries, following=0):
        """A directory at that place, what does not fit in it behind it."""
        table = struct.pack(order + "H", len(entries))
        room = at + 2 + 12 * len(entries) + 4
        behind = b""
        for tag, kind, values in entries:
            if kind == ASCII:
                count, data = len(values) + 1, values + b"\0"
            else:
                code = {SHORT: "H", LONG: "L", RATIONAL: "L"}[kind]
                data = struct.pack(f"{order}{len(values)}{code}", *values)
                count = len(values) // (2 if kind == RATIONAL else 1)
            if len(data) > 4:
                place = room + len(behind)
                behind += data + b"\0" * (len(data) % 2)
                data = struct.pack(order + "L", place)
            table += struct.pack(order + "HHL", tag, kind, count)
            table += data.ljust(4, b"\0")
        return table + struct.pack(order + "L", following) + behind

    def first(gps, second):
        return ifd(8, [(0x010F, ASCII, secret), (0x0110, ASCII, b"Phone 12"),
                       (0x0112, SHORT, [orientation]),
                       (0x8825, LONG, [gps])], second)

    gps_at = 8 + len(first(0, 0))
    gps = ifd(gps_at, [(1, ASCII, b"N"), (2, RATIONAL, [48, 1, 51, 1, 29, 1]),
                       (3, ASCII, b"E"), (4, RATIONAL, [2, 1, 17, 1, 40, 1]),
                       (29, ASCII, secret)])
    second_at = gps_at + len(gps)
    second = b""
    if thumbnail:
        for _ in range(2):
            second = ifd(second_at, [
                (0x0103, SHORT, [6]),
                (0x0201, LONG, [second_at + len(second)]),
                (0x0202, LONG, [len(thumbnail)])])
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "L", 8)
    return head + first(gps_at, second_at if thumbnail else 0) + gps + \
        second + thumbnail


def icc(kind, space, pcs, tags):
    table, body = struct.pack(">L", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        table += struct.pack(">4sLL", name, start + len(body), len(data))
        body += data
    size = start + len(body)
    return struct.pack(
        ">L4sL4s4s4s12x4s28x3L48x", size, b"none", 0x02400000, kind, space,
        pcs, b"acsp", 0xF6D6, 0x10000, 0xD32D) + table + body


def xyz(*values):
    return b"XYZ \0\0\0\0" + struct.pack(
        ">3l", *(round(value * 65536) for value in values))


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">LH", 1, round(value * 256))


D50 = (b"wtpt", xyz(0.9642, 1, 0.8249))


def icc_swapped(padding=0):
    """sRGB's primaries, red and green in each other's place."""
    return icc(b"mntr", b"RGB ", b"XYZ ", [
        D50, (b"gXYZ", xyz(0.4361, 0.2225, 0.0139)),
        (b"rXYZ", xyz(0.3851, 0.7169, 0.0971)),
        (b"bXYZ", xyz(0.1431, 0.0606, 0.7141)),
        (b"rTRC", gamma(2.2)), (b"gTRC", gamma(2.2)), (b"bTRC", gamma(2.2)),
        *[(b"what", bytes(padding))] * (padding > 0)])


def icc_grey():
    """Grey whose numbers are amounts of light."""
    return icc(b"mntr", b"GRAY", b"XYZ ", [D50, (b"kTRC", gamma(1))])


def icc_inks():
    """Inks of which cyan is red, and all others are grey."""
    identity = bytes(range(256))
    nodes = b""
    for node in range(16):
        nodes += {0: bytes((255, 128, 128)),
                  8: bytes((138, 209, 198))}.get(node, bytes((90, 128, 128)))
    matrix = struct.pack(">9l", *(65536, 0, 0, 0, 65536, 0, 0, 0, 65536))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + matrix + \
        identity * 4 + nodes + identity * 3
    return icc(b"prtr", b"CMYK", b"Lab ", [D50, (b"A2B0", table)])


# JPEG ----------------------------------------------------------------------

def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg_insert(jpeg, *segments):
    """Segments, each a marker and its bytes, behind the first one."""
    at = 4 + struct.unpack(">H", jpeg[4:6])[0]
    return jpeg[:at] + b"".join(segment(*s) for s in segments) + jpeg[at:]


def jpeg_segments(jpeg):
    """Where each begins and ends, and its marker, until the first scan."""
    at, marker = 2, 0
    while marker != 0xDA:
        marker = jpeg[at + 1]
        end = at + 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        yield at, end, marker
        at = end


def jpeg_without(jpeg, unwanted):
    for at, end, marker in jpeg_segments(jpeg):
        if marker == unwanted:
            return jpeg[:at] + jpeg[end:]
    raise AssertionError("no such segment")


def jpeg_sof(jpeg, offset, data):
    """Other bytes in the frame: 0 the depth, 1 the height, 3 the width."""
    for at, _, marker in jpeg_segments(jpeg):
        if marker in (0xC0, 0xC2):
            at += 4 + offset
            return jpeg[:at] + data + jpeg[at + len(data):]
    raise AssertionError("no frame")


def jpeg_profile_parts(profile, count):
    size = -(-len(profile) // count)
    return [(0xE2, b"ICC_PROFILE\0" + bytes((i + 1, count)) +
             profile[i * size:(i + 1) * size]) for i in range(count)]


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, **options)
    return out.getvalue()


def jpeg_ycck(ink, **options):
    """Inks as Adobe's YCCK: the library writes CMYK, upside down."""
    y, cb, cr = Image.new("RGB", (1, 1), ink[:3]).convert("YCbCr") \
        .getpixel((0, 0))
    jpeg = saved(Image.new("CMYK", (64, 64), (
        255 - y, 255 - cb, 255 - cr, ink[3])), **options)
    for _, end, marker in jpeg_segments(jpeg):
        if marker == 0xEE:
            return jpeg[:end - 1] + b"\2" + jpeg[end:]
    raise AssertionError("no segment of Adobe's")


def jpeg_rgb(colour):
    """Red, green and blue as they are: no JFIF, and Adobe says so."""
    jpeg = jpeg_without(saved(Image.new("YCbCr", (64, 64), colour),
                              subsampling=0), 0xE0)
    return jpeg[:2] + segment(0xEE, b"Adobe" + struct.pack(
        ">HHHB", 100, 0, 0, 0)) + jpeg[2:]


def jpeg_grey(sof, width, height):
    """The tables of a grey picture: every code is one bit, 0, for zero."""
    return b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64) + \
        segment(sof, struct.pack(">BHHB", 8, height, width, 1) +
                b"\1\x11\0") + \
        b"".join(segment(0xC4, bytes((table, 1, *[0] * 15, 0)))
                 for table in (0x00, 0x10))


def jpeg_restarts():
    """Two blocks, with a restart between them."""
    return jpeg_grey(0xC0, 16, 8) + segment(0xDD, b"\0\1") + \
        segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x3f\xff\xd0\x3f\xff\xd9"


def jpeg_scans(width, height, count):
    """A consistent progressive JPEG of up to 883 scans, a bit a block."""
    blocks = -(-width // 8) * -(-height // 8)
    bits = bytes(blocks // 8) + bytes([0xFF >> blocks % 8] * (blocks % 8 > 0))
    scans = [(0, 0, 0)] + [
        (k, 14 - bit if bit else 0, 13 - bit)
        for k in range(1, 64) for bit in range(14)]
    return jpeg_grey(0xC2, width, height) + b"".join(
        segment(0xDA, bytes((1, 1, 0, k, k, high << 4 | low))) + bits
        for k, high, low in scans[:count]) + b"\xff\xd9"


# PNG -----------------------------------------------------------------------

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_chunk(name, data):
    return struct.pack(">L", len(data)) + name + data + \
        struct.pack(">L", zlib.crc32(name + data))


def squeeze(data):
    return zlib.compress(data, 6)


def png(width, height, depth, colour, rows, interlaced=0, level=6,
        behind=b""):
    """Rows of bytes, without filters; `behind` is squeezed with them."""
    squeezer = zlib.compressobj(level)
    data = b"".join(squeezer.compress(b"\0" + row) for row in rows)
    data += squeezer.compress(behind) + squeezer.flush()
    return SIGNATURE + png_chunk(b"IHDR", struct.pack(
        ">LLBBBBB", width, height, depth, colour, 0, 0, interlaced)) + \
        png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def png_plain(width, height, depth, colour, interlaced, level=6):
    """White, whatever the kind."""
    bits = depth * {0: 1, 2: 3, 4: 2, 6: 4}[colour]

    def rows(x, y, dx, dy):
        columns = -(-(width - x) // dx)
        return [b"\xff" * -(-columns * bits // 8)] * -(-(height - y) // dy) \
            if columns > 0 else []
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
              (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    return png(width, height, depth, colour, [
        row for some in (passes if interlaced else [(0, 0, 1, 1)])
        for row in rows(*some)], int(interlaced), level)


def png_insert(data, name, content, at_end):
    """A chunk behind the first one, or in front of the last."""
    at = len(data) - 12 if at_end else 33
    return data[:at] + png_chunk(name, content) + data[at:]


def png_sides(data, width, height):
    return png_sums(data[:16] + struct.pack(">LL", width, height) + data[24:])


def png_sums(data):
    """With the sums that its chunks ought to have, as far as there are."""
    at, good = 8, data[:8]
    while len(data) - at >= 12:
        size = struct.unpack(">L", data[at:at + 4])[0]
        if size > len(data) - at - 12:
            break
        good += png_chunk(data[at + 4:at + 8], data[at + 8:at + 8 + size])
        at += 12 + size
    return good + data[at:]


# WebP ----------------------------------------------------------------------

def webp_chunk(name, data):
    return struct.pack("<4sL", name, len(data)) + data + \
        b"\0" * (len(data) % 2)


def webp_chunks(webp):
    at = 12
    while at < len(webp):
        name, size = struct.unpack("<4sL", webp[at:at + 8])
        yield name, webp[at + 8:at + 8 + size]
        at += 8 + size + size % 2


def webp_file(chunks):
    body = b"WEBP" + b"".join(webp_chunk(*chunk) for chunk in chunks)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def three(*values):
    return b"".join(struct.pack("<L", value)[:3] for value in values)


def webp_frame(webp):
    return [chunk for chunk in webp_chunks(webp)
            if chunk[0] in (b"ALPH", b"VP8 ", b"VP8L")]


def webp_wrap(webp, *chunks):
    """With these chunks; ICCP goes to the front, as it must."""
    width, height = Image.open(io.BytesIO(webp)).size
    frame = webp_frame(webp)
    flags = 0x10 if frame[0][0] == b"ALPH" else 0
    for name, _ in chunks:
        flags |= {b"ICCP": 0x20, b"EXIF": 8, b"XMP ": 4}.get(name, 0)
    first = [chunk for chunk in chunks if chunk[0] == b"ICCP"]
    rest = [chunk for chunk in chunks if chunk[0] != b"ICCP"]
    return webp_file([(b"VP8X", bytes((flags, 0, 0, 0)) + three(
        width - 1, height - 1)), *first, *frame, *rest])


def webp_animation(canvas, offset, webp):
    """Of one frame, at its place on a canvas."""
    width, height = Image.open(io.BytesIO(webp)).size
    frame = three(offset[0] // 2, offset[1] // 2, width - 1, height - 1,
                  100) + b"\0" + b"".join(
                      webp_chunk(*chunk) for chunk in webp_frame(webp))
    return webp_file([
        (b"VP8X", bytes((0x12, 0, 0, 0)) + three(
            canvas[0] - 1, canvas[1] - 1)),
        (b"ANIM", bytes(6)), (b"ANMF", frame)])


def webp_sides(webp, width, height):
    """A lossy file whose frame claims to be of another size."""
    (name, data), = webp_frame(webp)
    return webp_file([(name, data[:6] + struct.pack("<HH", width, height) +
                       data[10:])])


def webp_claim_alpha(webp):
    """A lossless file that says that it has an alpha."""
    (name, data), = webp_frame(webp)
    return webp_file([(name, data[:4] + bytes((data[4] | 0x10,)) + data[5:])])
