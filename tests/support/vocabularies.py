"""Vocabularies of the tiny checkpoints, in the files that real checkpoints come with.

They are made from a fixed list of words by rules that have no ties to break, so they are the same
everywhere.
"""

from __future__ import annotations

import json
import string
import struct
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

WORDS = """
the a an and or but not no yes is was are be been it this that they we you he she my your our their
i to of in on at for with from by as so very too much more most never always again after before
order ordered parcel package delivery delivered courier late early broken damaged refund money
price cheap expensive bank card account app login password update crash crashed screen phone
laptop charger battery shoe shoes jacket dress size small large colour red blue green black white
love loved like liked hate hated good great excellent perfect bad terrible awful poor slow fast
friendly rude helpful support service customer call called email answer waiting waited days weeks
week month year hour hours minutes morning shop store London Berlin Paris Madrid Anna John Maria
Smith Garcia Acme Globex Contoso DHL UPS Amazon Berliner Germany Spain France Monday Friday want
wants need needs please help fix replace return returned send sent back new old work works working
stopped does did do have has had can could will would should item product quality material
""".split()  # noqa: SIM905

ACCENTED = "äöüßéèêñçÄÖÜÉÑåø"
IDEOGRAPHS = "的一是不了人我在有他这中大来上国到说们"
SYMBOLS = "€£–—…“”’😀👍🏽❤️"
CHARACTERS = (
    string.ascii_letters + string.digits + string.punctuation + ACCENTED + IDEOGRAPHS + SYMBOLS
)
_SUFFIXES = ("ing", "ed", "er", "est", "ly", "s", "es", "ness", "ment", "tion", "un", "re", "able")


@cache
def word_pieces(*, cased: bool) -> tuple[str, ...]:
    """A WordPiece vocabulary in the order of ids: special tokens, characters, suffixes, words."""

    def fold(items: str | list[str] | tuple[str, ...]) -> list[str]:
        return [item if cased else item.lower() for item in items]

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *fold(CHARACTERS)]
    pieces += [f"##{piece}" for piece in (*fold(CHARACTERS), *_SUFFIXES)] + fold(WORDS)
    return tuple(dict.fromkeys(pieces))


@cache
def byte_pairs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Vocabulary and merges of a byte-level BPE (Radford et al. 2019), learnt from `WORDS`."""
    merges = _learn([tuple(_as_byte_characters(f" {word}")) for word in WORDS])
    alphabet = sorted(_byte_characters().values())
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *alphabet, *map("".join, merges), "<mask>"]
    return tuple(dict.fromkeys(pieces)), tuple(" ".join(pair) for pair in merges)


def sentence_pieces() -> list[tuple[str, float, int]]:
    """Pieces of a SentencePiece unigram model: text, log probability, type."""
    normal, unknown, control = 1, 2, 3
    pieces = [("<unk>", 0.0, unknown), ("<s>", 0.0, control), ("</s>", 0.0, control)]
    words = [f"▁{word}" for word in dict.fromkeys(WORDS)]
    pieces += [(word, -4.0 - rank / 64, normal) for rank, word in enumerate(words)]
    letters = dict.fromkeys(["▁", *_SUFFIXES, *CHARACTERS])
    return pieces + [(letter, -9.0 - rank / 64, normal) for rank, letter in enumerate(letters)]


def merged_pieces() -> list[tuple[str, float, int]]:
    """Pieces of a SentencePiece BPE model, learnt from `WORDS`: text, rank, type."""
    normal, unknown, control = 1, 2, 3
    special = [("<unk>", 0.0, unknown), ("<s>", 0.0, control), ("</s>", 0.0, control)]
    merges = ["".join(pair) for pair in _learn([tuple(f"▁{word}") for word in WORDS])]
    letters = dict.fromkeys(["▁", *CHARACTERS])
    pieces = [*dict.fromkeys(merges), *letters]
    return special + [(piece, -float(rank), normal) for rank, piece in enumerate(pieces)]


def write_byte_pairs(folder: Path) -> int:
    """Write `vocab.json` and `merges.txt` as BART has them; the size of the vocabulary."""
    vocabulary, merges = byte_pairs()
    ids = {piece: number for number, piece in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(ids), "utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), "utf-8")
    return len(vocabulary)


def write_sentence_pieces(folder: Path) -> int:
    """Write `source.spm`, `target.spm` and `vocab.json` as Marian has them; its size."""
    pieces = sentence_pieces()
    model = sentence_piece_model(pieces)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(model)
    names = ["</s>", "<unk>", *(text for text, _, kind in pieces if kind == 1), "<pad>"]
    ids = {name: number for number, name in enumerate(names)}
    (folder / "vocab.json").write_text(json.dumps(ids), "utf-8")
    return len(names)


def sentence_piece_model(pieces: Sequence[tuple[str, float, int]], *, bpe: bool = False) -> bytes:
    """The file of a SentencePiece model: unigram, or BPE."""
    # SentencePiece's sentencepiece_model.proto: ModelProto {1: pieces, 2: trainer_spec, 3:
    # normalizer_spec}.
    model = b"".join(
        _field(1, _field(1, text.encode()) + b"\x15" + struct.pack("<f", score) + bytes([24, kind]))
        for text, score, kind in pieces
    )
    trainer = _field(2, bytes([24, 2])) if bpe else b""
    return model + trainer + _field(3, _field(1, b"identity"))


def _learn(words: list[tuple[str, ...]]) -> list[tuple[str, str]]:
    """The merges of a byte pair encoding, the first first."""
    merges: list[tuple[str, str]] = []
    while len(merges) < 300:
        pairs = Counter(pair for word in words for pair in zip(word, word[1:], strict=False))
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        words = [_merged(word, best) for word in words]
    return merges


def _field(number: int, content: bytes) -> bytes:
    size, length = len(content), b""
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content


@cache
def _byte_characters() -> dict[int, str]:
    """GPT-2's printable stand-in for every byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (byte for byte in range(256) if byte not in plain)
    return {byte: chr(byte) for byte in plain} | {
        byte: chr(256 + place) for place, byte in enumerate(others)
    }


def _as_byte_characters(text: str) -> list[str]:
    return [_byte_characters()[byte] for byte in text.encode()]


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    merged: list[str] = []
    for symbol in word:
        if merged and (merged[-1], symbol) == pair:
            merged[-1] += symbol
        else:
            merged.append(symbol)
    return tuple(merged)
