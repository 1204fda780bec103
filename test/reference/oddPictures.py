"""Writes test/reference/oddPictures.json: unusual and damaged pictures, and what Pillow decodes them to.

    pip install pillow numpy
    python test/reference/oddPictures.py

A picture that Pillow refuses has its message instead of pixels. Pixels are RGB or gray, 0 to 255, as stored and not turned.
"""

import base64
import io
import json
import re
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 36, 28


def text(data):
    return base64.b64encode(data).decode()


def scene():
    """A soft gradient with a hard edge, in colours that no swap of planes leaves alone."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([200 - 2 * x, 40 + 3 * y + x, 30 + 4 * x], -1).clip(0, 255)
    pixels[8:18, 10:22] = (20, 150, 60)
    return Image.fromarray(pixels.astype(np.uint8))


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def segments(data):
    """A JPEG's segments before its pixels, as (marker, start, end)."""
    at = 2
    while True:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, at, at + 2 + length
        if marker == 0xDA:
            return
        at += 2 + length


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def without(data, *markers):
    out, last = data[:2], 0
    for marker, start, end in segments(data):
        if marker not in markers:
            out += data[start:end]
        last = end
    return out + data[last:]


def begin(data, *parts):
    """The JPEG without the markers of JFIF and Adobe, and with these instead."""
    return data[:2] + b"".join(parts) + without(data, 0xE0, 0xEE)[2:]


def before(data, marker, part):
    start = next(start for found, start, _ in segments(data) if found == marker)
    return data[:start] + part + data[start:]


def renamed(data, ids):
    """The JPEG with other numbers of its planes."""
    out = bytearray(data)
    old = []
    for marker, start, _ in segments(data):
        if marker in (0xC0, 0xC1, 0xC2):
            for i, one in enumerate(ids):
                old.append(out[start + 10 + 3 * i])
                out[start + 10 + 3 * i] = one
    names = dict(zip(old, ids))
    at = list(segments(data))[-1][1]
    while at != -1:
        for i in range(out[at + 4]):
            out[at + 5 + 2 * i] = names[out[at + 5 + 2 * i]]
        at = out.find(b"\xff\xda", at + 2)
    return bytes(out)


def sampled(data, *factors):
    """The JPEG with other sampling factors; its pixels are then others, too, or end early."""
    out = bytearray(data)
    start = next(start for found, start, _ in segments(data) if found in (0xC0, 0xC2))
    for i, one in enumerate(factors):
        out[start + 11 + 3 * i] = one
    return bytes(out)


def restarts(data):
    """Offsets of restart markers."""
    start = list(segments(data))[-1][2]
    return [i for i in range(start, len(data) - 1) if data[i] == 0xFF and 0xD0 <= data[i + 1] <= 0xD7]


def flipped(data, at, bits=0x55):
    out = bytearray(data)
    out[at] ^= bits
    return bytes(out)


def jpegs():
    rgb = scene()
    plain = saved(rgb, "JPEG", quality=92, subsampling=0)
    half = saved(rgb, "JPEG", quality=92, subsampling=2)
    progressive = saved(rgb, "JPEG", quality=92, subsampling=2, progressive=True)
    kept = saved(rgb, "JPEG", quality=92, keep_rgb=True)
    kept_progressive = saved(rgb, "JPEG", quality=92, keep_rgb=True, progressive=True)
    gray = saved(rgb.convert("L"), "JPEG", quality=92)
    cmyk = saved(rgb.convert("CMYK"), "JPEG", quality=92)
    inks = np.asarray(rgb.convert("CMYK")).copy()
    inks[..., 3] = np.mgrid[0:HEIGHT, 0:WIDTH][1] * 4
    inked = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=92)
    inked_half = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=92, subsampling=2)
    rows = saved(rgb, "JPEG", quality=92, subsampling=0, restart_marker_blocks=5)
    marks = restarts(rows)
    scan = list(segments(plain))[-1][2]

    yield "RGB, Adobe 0", kept
    yield "RGB, Adobe 0, progressive", kept_progressive
    yield "RGB by the numbers of planes", renamed(begin(kept), b"RGB")
    yield "RGB by numbers, progressive", renamed(begin(kept_progressive), b"RGB")
    yield "RGB in the numbers 1, 2, 3 and Adobe 0", renamed(kept, (1, 2, 3))
    yield "RGB, Adobe 0, half-size planes", begin(half, adobe(0))
    yield "RGB by numbers, half-size planes", renamed(begin(half), b"RGB")
    yield "RGB, Adobe 0 behind the frame", before(begin(half), 0xDA, adobe(0))
    yield "JFIF and Adobe 0", begin(plain, JFIF, adobe(0))
    yield "JFIF and numbers R, G, B", renamed(begin(plain, JFIF), b"RGB")
    yield "JFIF cut short, and Adobe 0", begin(plain, segment(0xE0, b"JFIF\0\1\1"), adobe(0))
    yield "Adobe 0 cut short", begin(plain, segment(0xEE, b"Adobe\0\x64\0\0"))
    yield "Adobe 1", begin(half, adobe(1))
    yield "Adobe 2, three planes", begin(half, adobe(2))
    yield "Adobe 1 and numbers R, G, B", renamed(begin(plain, adobe(1)), b"RGB")
    yield "no marker of colors", begin(half)
    yield "no marker, numbers 0, 1, 2", renamed(begin(half), (0, 1, 2))
    yield "no marker, numbers r, g, b", renamed(begin(half), b"rgb")
    yield "no marker, one number for all", renamed(begin(plain), (7, 7, 7))
    yield "gray, Adobe 0", begin(gray, adobe(0))
    yield "CMYK, Adobe 0", cmyk
    yield "CMYK, Adobe 0, with black", inked
    yield "CMYK, Adobe 0, half-size planes", inked_half
    yield "CMYK without a marker", begin(inked)
    yield "CMYK, JFIF", begin(inked, JFIF)
    yield "CMYK, progressive", saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=92, progressive=True)
    yield "YCCK, Adobe 2", begin(inked, adobe(2))
    yield "YCCK, Adobe 2, half-size planes", begin(inked_half, adobe(2))
    yield "YCCK, Adobe 1", begin(inked, adobe(1))
    yield "planes of half the height", sampled(saved(rgb, "JPEG", quality=92, subsampling=1), 0x12, 0x11, 0x11)
    yield "planes of a quarter of the width", sampled(half, 0x41, 0x11, 0x11)
    yield "luma of half the width", sampled(saved(rgb, "JPEG", quality=92, subsampling=1), 0x11, 0x21, 0x11)
    yield "a picture of 4 columns", saved(rgb.crop((8, 0, 12, 20)), "JPEG", quality=92, subsampling=2)
    yield "gray with factors 2 × 2", sampled(gray, 0x22)

    yield "junk between segments", before(before(plain, 0xDA, b"\0\0more"), 0xDB, b"junk\0\1")
    yield "junk with stuffed bytes", before(plain, 0xC4, b"\xff\0\xff\0ab")
    yield "fill bytes before markers", before(before(plain, 0xDA, b"\xff"), 0xDB, b"\xff\xff\xff")
    yield "a restart marker between segments", before(plain, 0xDB, b"\xff\xd3")
    yield "a marker that means nothing", before(plain, 0xDB, b"\xff\x05")
    yield "a second begin", before(plain, 0xDB, b"\xff\xd8")
    yield "a comment of no bytes", before(plain, 0xDB, segment(0xFE, b""))
    yield "a segment of length 1", before(plain, 0xDB, b"\xff\xe3\0\1")
    yield "a segment longer than the file", before(plain, 0xDB, b"\xff\xe3\xff\xf0")
    yield "EXIF that is broken", before(plain, 0xDB, segment(0xE1, b"Exif\0\0MM\0*\0\0\xff\xff"))
    yield "an ICC profile that is broken", before(plain, 0xDB, segment(0xE2, b"ICC_PROFILE\0\1\1nonsense"))
    yield "bytes behind the end", plain + b"trailer " * 40
    yield "a second picture behind the end", plain + half
    yield "bytes before the end", plain[:-2] + b"\0\0\0junk" + plain[-2:]
    yield "no end", plain[:-2]
    yield "no end, progressive", progressive[:-2]
    yield "half an end", plain[:-1]
    yield "a restart in a scan without any", plain[:-2] + b"\xff\xd0" + plain[-2:]
    yield "restarts", rows
    yield "junk before a restart", rows[: marks[1]] + b"\1\2\3" + rows[marks[1] :]
    yield "fill bytes before a restart", rows[: marks[1]] + b"\xff\xff" + rows[marks[1] :]
    yield "a restart is missing", rows[: marks[1]] + rows[marks[1] + 2 :]
    yield "a restart of a later number", flipped(rows, marks[0] + 1, 0x01)
    yield "a part between restarts is missing", rows[: marks[0]] + rows[marks[1] :]
    yield "a restart twice", rows[: marks[1]] + rows[marks[1] : marks[1] + 2] + rows[marks[1] :]
    yield "a part between restarts is damaged", flipped(rows, marks[0] + 9)
    yield "codes that mean nothing", plain[: scan + 104] + b"\xfe" * 9 + plain[scan + 113 :]
    yield "data end early", plain[: scan + (len(plain) - scan) // 2] + b"\xff\xd9"
    yield "data end early, progressive", progressive[: len(progressive) * 3 // 4] + b"\xff\xd9"
    yield "data are damaged", flipped(plain, scan + (len(plain) - scan) // 2)
    yield "data are damaged, progressive", flipped(progressive, len(progressive) * 3 // 4)
    yield "cut in the middle", plain[: scan + (len(plain) - scan) // 2]
    yield "cut in a header", plain[:300]
    yield "cut in the middle, progressive", progressive[: len(progressive) * 3 // 4]
    yield "no Huffman tables", without(saved(rgb, "JPEG", quality=92, subsampling=0), 0xC4)
    yield "no quantization tables", without(plain, 0xDB)
    yield "a later scan only", without(plain, 0xC0)


def chunk(kind, data, crc=None):
    sum_ = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def packed(row, depth):
    """Values of a row as bytes, in a row's own order."""
    if depth == 16:
        return b"".join(struct.pack(">H", value) for value in row)
    bits = "".join(f"{value:0{depth}b}" for value in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def filtered(lines, size, kinds):
    """Lines with a filter each: the kinds in turn, 0 to 4."""
    out, above = b"", None
    for i, line in enumerate(lines):
        kind = kinds[i % len(kinds)]
        up = above or bytes(len(line))
        coded = bytearray()
        for j, value in enumerate(line):
            a = line[j - size] if j >= size else 0
            b, c = up[j], up[j - size] if j >= size else 0
            p = a + b - c
            near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            coded.append((value - [0, a, b, (a + b) // 2, near][kind]) & 255)
        out += bytes([kind]) + bytes(coded)
        above = line
    return out


def png(
    values, depth, color, *parts, interlaced=False, kinds=(0, 1, 2, 3, 4), late=(), data=None, split=None, idat=None
):
    """A PNG from an array [h, w, channels] of values as they are stored."""
    height, width, channels = values.shape
    size = max(1, depth * channels // 8)
    raw = b""
    for x, y, right, down in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = values[y::down, x::right]
        if part.size:
            lines = [packed([int(v) for v in row.ravel()], depth) for row in part]
            raw += filtered(lines, size, kinds)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    packed_data = zlib.compress(raw) if data is None else data(raw)
    pieces = [packed_data] if split is None else [packed_data[:split], packed_data[split:]]
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(parts)
        + b"".join(chunk(b"IDAT", piece) if idat is None else idat(piece) for piece in pieces)
        + b"".join(late)
        + chunk(b"IEND", b"")
    )


def pngs():
    y, x = np.mgrid[0:13, 0:11]
    ramp = (x * 7 + y * 5)[..., None]
    colors = np.stack([x * 23, y * 19, (x + y) * 10], -1).clip(0, 255)
    deep = (np.stack([x * 5000 + y, y * 4999 + 7, (x + y) * 2500], -1)).clip(0, 65535)
    palette = bytes(v for i in range(16) for v in (i * 16, 255 - i * 9, (i * 53) % 256))
    clear = bytes([0, 128, 255, 64])
    plte, trns = chunk(b"PLTE", palette), chunk(b"tRNS", clear)
    for interlaced in (False, True):
        how = ", interlaced" if interlaced else ""
        for depth in (1, 2, 4):
            least = 2**depth
            yield f"gray of {depth} bits{how}", png(ramp % least, depth, 0, interlaced=interlaced)
            part = chunk(b"PLTE", palette[: 3 * least])
            yield f"palette of {depth} bits{how}", png(ramp % least, depth, 3, part, interlaced=interlaced)
        yield f"palette of 8 bits{how}", png(ramp % 16, 8, 3, plte, interlaced=interlaced)
        yield f"gray of 8 bits{how}", png(ramp * 2 % 256, 8, 0, interlaced=interlaced)
        yield f"gray of 16 bits{how}", png(deep[..., :1], 16, 0, interlaced=interlaced)
        yield f"RGB of 8 bits{how}", png(colors, 8, 2, interlaced=interlaced)
        yield f"RGB of 16 bits{how}", png(deep, 16, 2, interlaced=interlaced)
    for width, height in [(1, 1), (1, 9), (9, 1), (3, 2), (5, 5)]:
        yield f"interlaced, {width} × {height}", png(ramp[:height, :width] % 4, 2, 0, interlaced=True)

    rgb = lambda *parts, **options: png(colors, 8, 2, *parts, **options)
    yield "a text that is broken", rgb(chunk(b"tEXt", b"no end of its name" * 9))
    yield "a packed text that is broken", rgb(chunk(b"zTXt", b"Title\0\0not packed"))
    yield "a text in an unknown packing", rgb(chunk(b"zTXt", b"Title\0\7abc"))
    yield "an international text that is broken", rgb(chunk(b"iTXt", b"Title\0\1\0en\0"))
    yield "a text with a name of 100 letters", rgb(chunk(b"tEXt", b"a" * 100 + b"\0b"))
    yield "a text with a name of no letters", rgb(chunk(b"tEXt", b"\0b"))
    yield "an ICC profile that is broken", rgb(chunk(b"iCCP", b"sRGB\0\0nonsense"))
    yield "an ICC profile without a name", rgb(chunk(b"iCCP", b"\0\0nonsense"))
    yield "an ICC profile in an unknown packing", rgb(chunk(b"iCCP", b"sRGB\0\3nonsense"))
    yield "a size in meters that is broken", rgb(chunk(b"pHYs", b"\0\0"))
    yield "gamma and an unknown chunk", rgb(chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"zzZz", b"?"))
    yield "gamma that is broken", rgb(chunk(b"gAMA", b"\0"))
    yield "a background that is broken", rgb(chunk(b"bKGD", b"\1"))
    yield "EXIF that is broken", rgb(chunk(b"eXIf", b"MM\0*\0\0\xff\xff"))
    yield "a time that is broken, behind the data", rgb(late=[chunk(b"tIME", b"\1")])
    yield "a text with a wrong sum", rgb(chunk(b"tEXt", b"Title\0a", crc=7))
    yield "a text with a wrong sum, behind the data", rgb(late=[chunk(b"tEXt", b"Title\0a", crc=7)])
    yield "transparency with a wrong sum", rgb(chunk(b"tRNS", bytes(6), crc=7))
    yield "a palette with a wrong sum", png(ramp % 16, 8, 3, chunk(b"PLTE", palette, crc=7))
    yield "data with a wrong sum", rgb(idat=lambda piece: chunk(b"IDAT", piece, crc=7))
    yield "data with both sums wrong", rgb(
        data=lambda raw: flipped(zlib.compress(raw, 0), 60), idat=lambda piece: chunk(b"IDAT", piece, crc=7)
    )
    yield "data in two chunks", rgb(split=20)
    yield "data without their own sum", rgb(data=lambda raw: zlib.compress(raw)[:-4])
    yield "data with a wrong own sum", rgb(data=lambda raw: zlib.compress(raw)[:-4] + b"abcd")
    yield "data that go on", rgb(data=lambda raw: zlib.compress(raw + bytes(300)))
    yield "data with bytes behind them", rgb(data=lambda raw: zlib.compress(raw) + b"behind")
    yield "data that lack a row", rgb(data=lambda raw: zlib.compress(raw[:-34]))
    yield "data that lack a byte", rgb(data=lambda raw: zlib.compress(raw[:-1]))
    yield "data that are cut", rgb(data=lambda raw: zlib.compress(raw)[:-30])
    yield "data with an unknown filter", rgb(data=lambda raw: zlib.compress(b"\7" + raw[1:]))
    yield "bytes behind the end", rgb() + b"trailer" * 9
    yield "no end", rgb()[:-12]
    yield "half an end", rgb()[:-3]
    yield "an end in small letters", rgb()[:-12] + chunk(b"iend", b"")
    yield "a palette in an RGB picture", rgb(plte)
    yield "a palette that lacks colors", png(ramp % 16, 8, 3, chunk(b"PLTE", palette[:15]))
    yield "more alphas than colors", png(
        ramp % 4, 2, 3, chunk(b"PLTE", palette[:12]), chunk(b"tRNS", bytes([255] * 9))
    )
    yield "two headers", b"".join([rgb()[:33], rgb()[8:]])


def others():
    rgb = scene()
    gray = rgb.convert("L")
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[4:20, 5:30] = 255
    alpha[4:20, 5:10] = 100
    clear, gray_clear = rgb.copy(), gray.copy()
    for image in (clear, gray_clear):
        image.putalpha(Image.fromarray(alpha))
    inks = np.asarray(rgb.convert("CMYK")).copy()
    inks[..., 3] = np.mgrid[0:HEIGHT, 0:WIDTH][1] * 4
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    deep = Image.fromarray((x * 1500 + y * 300).astype(np.uint16))
    red = Image.new("RGB", rgb.size, "red")
    yield "TIFF, RGB", saved(rgb, "TIFF")
    yield "TIFF, LZW", saved(rgb, "TIFF", compression="tiff_lzw")
    yield "TIFF, JPEG", saved(rgb, "TIFF", compression="jpeg")
    yield "TIFF, gray", saved(gray, "TIFF")
    yield "TIFF, 1 bit", saved(rgb.convert("1"), "TIFF")
    yield "TIFF, palette", saved(rgb.quantize(16), "TIFF")
    yield "TIFF, 16 bits", saved(deep, "TIFF")
    yield "TIFF, CMYK", saved(Image.fromarray(inks, "CMYK"), "TIFF")
    yield "TIFF, RGBA", saved(clear, "TIFF")
    yield "TIFF, gray with alpha", saved(gray_clear, "TIFF")
    yield "TIFF of two pages", saved(rgb, "TIFF", save_all=True, append_images=[red])
    yield "WebP", saved(rgb, "WEBP", lossless=True)
    yield "WebP, lossy", saved(rgb, "WEBP", quality=90)
    yield "WebP, RGBA", saved(clear, "WEBP", lossless=True, exact=True)
    yield "WebP, animated", saved(rgb, "WEBP", lossless=True, save_all=True, append_images=[red])
    yield "GIF", saved(rgb, "GIF")
    yield "GIF, gray", saved(gray, "GIF")
    yield "GIF, transparent", saved(clear, "GIF")
    yield "GIF, animated", saved(rgb, "GIF", save_all=True, append_images=[red])
    yield "AVIF", saved(rgb, "AVIF", quality=100, subsampling="4:4:4")
    yield "AVIF, RGBA", saved(clear, "AVIF", quality=100, subsampling="4:4:4")


def pixels(data):
    """What Pillow decodes, over black."""
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception as error:  # Whatever Pillow says: it refuses.
        return {"error": re.sub(r" <.*", "", str(error))}
    if image.mode.startswith("I"):
        values = (np.asarray(image).astype(float) / 257).round().astype(np.uint8)
    elif image.has_transparency_data:
        rgba = np.asarray(image.convert("RGBA")).astype(float)
        values = (rgba[..., :3] * rgba[..., 3:] / 255).round().astype(np.uint8)
    else:
        values = np.asarray(image.convert("L" if image.mode in ("L", "1") else "RGB"))
    return {"size": [image.height, image.width], "pixels": text(values.tobytes())}


if __name__ == "__main__":
    found = {}
    for kind, pictures in [("jpeg", jpegs()), ("png", pngs()), ("others", others())]:
        found[kind] = [{"name": name, "file": text(data), **pixels(data)} for name, data in pictures]
    Path(__file__).with_name("oddPictures.json").write_text(json.dumps(found))
