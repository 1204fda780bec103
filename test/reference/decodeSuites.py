"""Writes test/reference/decodeSuites.json: pictures of other projects' tests, as Pillow and as our two decoders read them.

    pip install pillow numpy
    python test/reference/decodeSuites.py [folder ...]

Downloads Pillow's source, whose tests hold some 900 pictures, by pip. Each folder given is one more suite: a checkout of
image-rs/image, pngjs/pngjs or jpeg-js/jpeg-js, whose packages come without their pictures. Takes some minutes.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, __version__

ENDINGS = {"png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "tif", "tiff", "avif", "heic", "heif", "bmp"}
MOST_PIXELS = 4_000_000
here = Path(__file__).parent


def pillow_source(folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "--dest", folder, f"pillow=={__version__}"], check=True)
    with tarfile.open(next(folder.glob("pillow-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.glob("pillow-*") if path.is_dir()) / "Tests" / "images"


def values_of(path):
    """Values from 0 to 255, over black, turned as EXIF says; or why Pillow refuses."""
    try:
        image = Image.open(path)
        if image.width * image.height > MOST_PIXELS:
            return "large"
        image.load()
        image = ImageOps.exif_transpose(image)
    except Exception as error:
        return f"{type(error).__name__}"
    if image.mode in ("I", "F"):
        return "deep"
    if image.mode.startswith("I;16"):
        return (np.asarray(image).astype(float) / 257)[..., None]
    if image.has_transparency_data:
        rgba = np.asarray(image.convert("RGBA")).astype(float)
        return rgba[..., :3] * rgba[..., 3:] / 255
    values = np.asarray(image.convert("L" if image.mode in ("L", "1") else "RGB"))
    return values[..., None] if values.ndim == 2 else values


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        suites = {f"Pillow {__version__}": pillow_source(work)}
        suites |= {Path(name).resolve().name: Path(name) for name in sys.argv[1:]}
        pictures = []
        for suite, folder in suites.items():
            for path in sorted(folder.rglob("*")):
                if not path.is_file() or path.suffix[1:].lower() not in ENDINGS:
                    continue
                found = values_of(path)
                entry = {"suite": suite, "name": path.relative_to(folder).as_posix(), "path": str(path.resolve())}
                if isinstance(found, str):
                    entry["pillow"] = found
                else:
                    entry["shape"] = found.shape
                    entry["values"] = str(work / f"{len(pictures)}.f32")
                    (found / 255).astype("<f4").tofile(entry["values"])
                pictures.append(entry)
        (work / "pictures.json").write_text(json.dumps(pictures))
        subprocess.run(["node", here / "decodeSuites.mjs", work / "pictures.json"], check=True)


main()
