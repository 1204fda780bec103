"""Writes test/reference/jpegs.json: JPEGs by Pillow, what it decodes them to, and pictures that it has resized.

    pip install pillow numpy
    python test/reference/jpegs.py
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 150, 110


def photo(rng):
    """Soft blobs of colour with a few hard edges, as photographs have them."""
    noise = rng.integers(0, 256, (14, 18, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((WIDTH, HEIGHT), Image.BICUBIC).filter(ImageFilter.GaussianBlur(2))
    pixels = np.asarray(image).copy()
    pixels[30:60, 40:90] = (200, 40, 30)
    pixels[70:100, 20:35] = (20, 60, 180)
    return Image.fromarray(pixels)


def jpeg(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def text(data):
    return base64.b64encode(data).decode()


def pixels(image):
    return text(np.asarray(image).tobytes())


def turned(image, orientation):
    """How a camera that was held so would have stored what `image` shows."""
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = image if back is None else image.transpose(back)
    return jpeg(stored, quality=95, subsampling=0, exif=exif)


rng = np.random.default_rng(7)
image = photo(rng)
gray = image.convert("L")
files = {
    "baseline 4:4:4": jpeg(image, quality=90, subsampling=0),
    "baseline 4:2:0": jpeg(image, quality=85, subsampling=2),
    "baseline 4:2:2": jpeg(image, quality=85, subsampling=1),
    "progressive": jpeg(image, quality=85, progressive=True),
    "restart markers": jpeg(image, quality=85, restart_marker_rows=1),
    "gray": jpeg(gray, quality=85),
}
small = Image.fromarray(rng.integers(0, 256, (23, 37), dtype=np.uint8))
boxes = [
    ((28, 28), (0, 0, 37, 23)),
    ((8, 8), (7, 0, 30, 23)),
    ((50, 41), (0, 0, 37, 23)),
    ((5, 7), (3.25, 1.5, 30.75, 20)),
]
Path(__file__).with_name("jpegs.json").write_text(
    json.dumps(
        {
            "shape": [HEIGHT, WIDTH],
            "decoded": [
                {"name": name, "jpeg": text(data), "pixels": pixels(Image.open(io.BytesIO(data)))}
                for name, data in files.items()
            ],
            "upright": pixels(Image.open(io.BytesIO(turned(image, 1)))),
            "turned": [text(turned(image, orientation)) for orientation in range(1, 9)],
            "resized": {
                "pixels": pixels(small),
                "shape": [23, 37],
                "to": [
                    {
                        "size": size,
                        "box": box,
                        "values": [
                            round(float(v), 3)
                            for v in np.asarray(
                                Image.fromarray(np.asarray(small, dtype=np.float32)).resize(
                                    size, Image.BILINEAR, box=box
                                )
                            ).ravel()
                        ],
                    }
                    for size, box in boxes
                ],
            },
        }
    )
)
