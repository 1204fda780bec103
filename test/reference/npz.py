"""Archives of NumPy in every type, order and layout, with the images and labels that NumPy has in them."""

import base64
import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np

rng = np.random.default_rng(1)
bytes_ = rng.integers(0, 256, (2, 5, 6), dtype="uint8")
bytes_[0, 0, :2] = 0, 255
color = rng.integers(0, 256, (2, 5, 6, 3), dtype="uint8")
color[0, 0, 0, :2] = 0, 255
labels = np.array([1, 0])
archives = []


def add(name, images, expected, labels=labels, texts=("1", "0"), **options):
    file = io.BytesIO()
    np.savez(file, images=images, labels=labels, **options.pop("more", {}))
    expected = np.asarray(expected, dtype="float64")
    archives.append(
        {
            "name": name,
            "npz": base64.b64encode(file.getvalue()).decode(),
            "shape": list(expected.shape),
            "pixels": [round(float(value), 6) for value in expected.ravel()],
            "labels": list(texts),
            **options,
        }
    )


gray = bytes_[..., None] / 255
for order in "<>":
    for kind in ("u1", "u2", "u4", "u8", "i2", "i4", "i8", "f4", "f8"):
        add(f"{order}{kind} to 255", bytes_.astype(order + kind), gray)
    for kind in ("f2", "f4", "f8"):
        values = (bytes_ / 255).astype(order + kind)
        add(f"{order}{kind} to 1", values, values.astype("float64")[..., None])
        values = (bytes_ / 127.5 - 1).astype(order + kind)
        add(f"{order}{kind} from -1", values, (values.astype("float64")[..., None] + 1) / 2)
    add(f"{order}u2 to 65535", (bytes_.astype("u2") * 257).astype(order + "u2"), gray)
add("i1 to 127", (bytes_ // 2).astype("i1"), (bytes_ // 2)[..., None] / 255)
for kind in ("?", "u1", "i1", "i4", "f4"):
    add(f"{kind} masks", (bytes_ > 127).astype(kind), (bytes_ > 127)[..., None])

three = color / 255
add("n x h x w x 1", bytes_[..., None], gray)
add("n x h x w x 3", color, three)
add("n x 1 x h x w", bytes_[:, None], gray)
add("n x 3 x h x w", np.ascontiguousarray(color.transpose(0, 3, 1, 2)), three)
add("Fortran, n x h x w", np.asfortranarray(bytes_), gray)
add("Fortran, n x h x w x 3", np.asfortranarray(color.astype("f4")), three)
add("Fortran, n x 3 x h x w", np.asfortranarray(color.transpose(0, 3, 1, 2)), three)
square = color[:, :5, :5]
add("rows of h x h", square[..., 0].reshape(2, -1), square[..., :1] / 255)
add("rows of h x h x 3", square.reshape(2, -1), square / 255)
add("rows of 3 x h x h", square.transpose(0, 3, 1, 2).reshape(2, -1), square / 255, layout="nchw")
add("Fortran, rows of h x h x 3", np.asfortranarray(square.reshape(2, -1)), square / 255)
small = color[:, :3, :3]
add("n x 3 x 3 x 3, last", small, small / 255, layout="nhwc")
add("n x 3 x 3 x 3, second", small, small.transpose(0, 2, 3, 1) / 255, layout="nchw")

alpha = rng.random((2, 5, 6, 1))
over = np.array([0.2, 0.4, 0.6])
rgba = np.concatenate([three, alpha], 3).astype("f4")
add("RGBA over black", rgba, three * alpha)
add("RGBA over a color", rgba, three * alpha + over * (1 - alpha), background="#336699")
add("n x 4 x h x w over white", rgba.transpose(0, 3, 1, 2), three * alpha + 1 - alpha, background="white")
add("gray and opacity", np.concatenate([gray, alpha], 3), gray * alpha)

words = ("cat", "猫 é")
many = 2**53 + np.array([1, 2])
for name, values, texts in [
    ("U", np.array(words), words),
    (">U", np.array(words).astype(">U5"), words),
    ("S", np.array([word.encode() for word in words]), words),
    ("objects", np.array(words, dtype=object), words),
    ("objects of bytes", np.array([word.encode() for word in words], dtype=object), words),
    ("objects of str_", np.array([np.str_(word) for word in words], dtype=object), words),
    ("objects of numbers", np.array(["a", 7], dtype=object), ("a", "7")),
    ("long objects", np.array(["x" * 199, "y"], dtype=object), ("x" * 199, "y")),
    ("StringDType", np.array(words, dtype=np.dtypes.StringDType()), words),
    ("n x 1", labels[:, None], ("1", "0")),
    ("1 x n", labels[None], ("1", "0")),
    ("n x 1, texts", np.array(words)[:, None], words),
    ("bool", labels == 1, ("True", "False")),
    ("whole floats", labels.astype(">f8"), ("1", "0")),
    ("half floats", np.array([2.0, -0.0], dtype="f2"), ("2", "0")),
    ("large", many, tuple(map(str, many))),
    (">u8", many.astype(">u8"), tuple(map(str, many))),
    ("negative", np.array([-1, -300], dtype="i2"), ("-1", "-300")),
    ("one-hot", np.eye(3)[[2, 0]], ("2", "0")),
    ("Fortran, one-hot", np.asfortranarray(np.eye(3, dtype="u1")[[2, 1]]), ("2", "1")),
    ("one-hot, bool", np.eye(3)[[2, 0]] == 1, ("2", "0")),
]:
    add(f"labels: {name}", bytes_[:, :1, :1], gray[:, :1, :1], values, texts)
for name, values in [("classes", labels), ("class_names", labels.astype("f4")), ("label_names", labels == 1), ("target_names", np.eye(2)[labels])]:
    add(f"labels named by {name}", bytes_[:, :1, :1], gray[:, :1, :1], values, ("dog", "cat"), more={name: np.array(["cat", "dog"])})

# As older versions of NumPy pickle objects.
for protocol in (2, 3):
    objects = np.array(["cat", "猫 é", b"ox"], dtype=object)
    file = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": objects.shape}
    np.lib.format.write_array_header_1_0(file, header)
    file.write(pickle.dumps(objects, protocol).replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    archive = io.BytesIO()
    np.savez(archive, images=np.array([0, 100, 255], dtype="u1")[:, None, None])
    with zipfile.ZipFile(archive, "a") as entries:
        entries.writestr(zipfile.ZipInfo("labels.npy"), file.getvalue())
    archives.append(
        {
            "name": f"labels: objects by protocol {protocol}",
            "npz": base64.b64encode(archive.getvalue()).decode(),
            "shape": [3, 1, 1, 1],
            "pixels": [0, round(100 / 255, 6), 1],
            "labels": ["cat", "猫 é", "ox"],
        }
    )

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(archives, ensure_ascii=False, separators=(",", ":")) + "\n")
