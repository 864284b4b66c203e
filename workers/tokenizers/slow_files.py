"""Vocabularies in files of older tokenizers, converted as Transformers 4.57.6 converted them.

The converters are those of Transformers, which are the same in 5. They ask a slow tokenizer, of
which there is none any more: `SlowFiles` answers in its place.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tokenizers import Tokenizer

from workers.tokenizers.settings import TokenizerFilesError, TokenizerSettings

#: Transformers also has a function of this name, which an import by attribute may find.
converters: Any = import_module("transformers.convert_slow_tokenizer")

_MODELS = ("spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model")
#: That of classes which write a character they do not know as its bytes.
_MODEL_WITH_BYTES = "tokenizer.model"


def convert(folder: Path, settings: TokenizerSettings) -> Tokenizer | None:
    """The tokenizer of a checkpoint without `tokenizer.json`; None if its class has no converter
    here, or the folder none of the files that it converts.

    Raises:
        TokenizerFilesError: If a file lacks, or is broken.
    """
    if settings.kind.converter is None:
        return None
    converter: Any = getattr(converters, settings.kind.converter)
    files = _files_of(folder, converter)
    if files is None:
        return None
    try:
        return _converted(converter, _SlowFiles(settings, files))
    except (OSError, ValueError, IndexError) as error:
        raise TokenizerFilesError(f"{folder}: the vocabulary is broken ({error})") from None


def _files_of(folder: Path, converter: Any) -> dict[str, Any] | None:
    if issubclass(converter, converters.SpmConverter):
        names = (_MODEL_WITH_BYTES,) if converter.handle_byte_fallback else _MODELS
        found = [folder / name for name in names if (folder / name).is_file()]
        return {"vocab_file": str(found[0])} if found else None
    if (folder / "vocab.txt").is_file() and not (folder / "bpe.codes").is_file():
        lines = (folder / "vocab.txt").read_text("utf-8").split("\n")
        lines = lines[:-1] if lines and not lines[-1] else lines
        return {"vocab": {line: number for number, line in enumerate(lines)}}
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    if not vocabulary.is_file() and not merges.is_file():
        return None
    for one, other in ((vocabulary, merges), (merges, vocabulary)):
        if not one.is_file():
            raise TokenizerFilesError(f"{folder} has {other.name} without its {one.name}")
    lines = merges.read_text("utf-8").split("\n")[1:-1]
    ranks = {tuple(line.split()): rank for rank, line in enumerate(lines)}
    return {"encoder": json.loads(vocabulary.read_text("utf-8")), "bpe_ranks": ranks}


def _converted(converter: Any, slow: _SlowFiles) -> Tokenizer:
    converting: Any = converter(slow)
    if "vocab_file" in vars(slow):
        slow.pieces = [piece.piece for piece in converting.proto.pieces]
        # Of Transformers 5 it is for classes that have another converter there.
        converting.SpmExtractor = lambda _: _PairMerges(slow.pieces)
        pieces = converting.vocab(converting.proto)
        slow.know({piece: number for number, (piece, _) in enumerate(pieces)})
    tokenizer: Tokenizer = converting.converted()
    return tokenizer


class _PairMerges:
    """The merges of byte pairs, which a model of SentencePiece leaves to the scores of its pieces.

    Args:
        pieces: Of the model, by their ids.
    """

    def __init__(self, pieces: list[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces)}

    def extract(self, scores: list[tuple[str, float]]) -> tuple[dict[str, int], Any]:
        """The ids of pieces, and the merges in their order; `scores` are the pieces with theirs."""
        if any(piece == "\t" for piece, _ in scores):
            # Gemma's has the byte alone.
            self._ids.setdefault("\t", self._ids.get("<0x09>", 0))
        return self._ids, converters.generate_merges(self._ids, scores)


class _SlowFiles(SimpleNamespace):
    """What converters ask a slow tokenizer: its files, its settings, the ids of its tokens."""

    def __init__(self, settings: TokenizerSettings, files: dict[str, Any]) -> None:
        super().__init__(**{**settings.kind.options, **_options(settings), **files})
        self.basic_tokenizer = SimpleNamespace(
            do_lower_case=settings.said.get("do_lower_case", False),
            strip_accents=settings.said.get("strip_accents"),
            tokenize_chinese_chars=settings.said.get("tokenize_chinese_chars", True),
        )
        if settings.said.get("do_basic_tokenize") is False:
            del self.basic_tokenizer
        if "legacy" in settings.kind.options:
            self.add_prefix_space = settings.said.get("add_prefix_space") is not False
        self._added = {token.content: number for number, token in settings.added.items()}
        self.padding_side = settings.said.get("padding_side", "right")
        asked = {name: settings.said[name] for name in ("question_token",) if name in settings.said}
        self._special = {name: str(token) for name, token in {**settings.special, **asked}.items()}
        vars(self).update(self._special)
        self.know(files.get("vocab") or files.get("encoder") or {})

    def know(self, vocabulary: dict[str, int]) -> None:
        """Learn the ids of a vocabulary, those of special tokens among them."""
        self._vocabulary = vocabulary
        for name, token in self._special.items():
            setattr(self, f"{name}_id", self.convert_tokens_to_ids(token))

    def convert_tokens_to_ids(self, token: str) -> int:
        """The id of a token; that of the unknown one if nobody knows it."""
        unknown = str(getattr(self, "unk_token", ""))
        for known in (token, unknown):
            for ids in (self._vocabulary, self._added):
                if known in ids:
                    return ids[known]
        return 0

    def convert_ids_to_tokens(self, number: int) -> str:
        """The piece of an id."""
        piece: str = self.pieces[number]
        return piece


def _options(settings: TokenizerSettings) -> dict[str, Any]:
    """What the checkpoint says of the options that its class has; what it says nothing of is as the
    class has it.
    """
    options, said = settings.kind.options, settings.said
    return {name: options[name] if said[name] is None else said[name] for name in options}
