"""Tiny checkpoints of models that have to be told their languages, with their real tokenizers.

Each has the files that its family has on the model hub: M2M100 its words in JSON and a model of
SentencePiece, mBART-50 the latter alone, NLLB a `tokenizer.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.checkpoints import (
    HIDDEN,
    LAYERS,
    SEQ2SEQ_WINDOW,
    seq2seq_config,
    write_checkpoint,
    write_json,
)
from tests.support.shapes import m2m100_shapes, mbart_shapes
from tests.support.vocabularies import merged_pieces, sentence_piece_model, sentence_pieces

#: In the order of their ids, which begin behind the pieces.
NLLB_CODES = (
    "arb_Arab", "deu_Latn", "eng_Latn", "fra_Latn", "kas_Arab", "kas_Deva", "nob_Latn", "spa_Latn",
    "zho_Hans", "zho_Hant",
)  # fmt: skip
_M2M100_CODES = """
    af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha
    he hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne
    nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo
    xh yi yo zh zu
""".split()  # noqa: SIM905
_MBART_50_LANGUAGES = 52
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_TOKENS = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}


def build_m2m100(folder: Path, **generation: Any) -> Path:
    """M2M100: the language stands before the text, as `__en__`."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = merged_pieces()
    names = [*_SPECIAL, *(text for text, _, kind in pieces if kind == 1)]
    write_json(folder / "vocab.json", {name: number for number, name in enumerate(names)})
    (folder / "sentencepiece.bpe.model").write_bytes(sentence_piece_model(pieces, bpe=True))
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "M2M100Tokenizer",
            "model_max_length": SEQ2SEQ_WINDOW,
            "additional_special_tokens": [f"__{code}__" for code in _M2M100_CODES],
        },
    )
    vocabulary = len(names) + len(_M2M100_CODES)
    return _write_m2m100(folder, vocabulary, 21, generation)


def build_nllb(folder: Path, **generation: Any) -> Path:
    """NLLB-200 with a few of its languages; they stand before the text."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = merged_pieces()
    (folder / "sentencepiece.bpe.model").write_bytes(sentence_piece_model(pieces, bpe=True))
    names = [*_SPECIAL, *(text for text, _, kind in pieces if kind == 1)]
    write_json(folder / "tokenizer.json", _nllb_tokenizer(names))
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "NllbTokenizer",
            "model_max_length": SEQ2SEQ_WINDOW,
            "additional_special_tokens": list(NLLB_CODES),
            "src_lang": None,
            "tgt_lang": None,
        },
    )
    return _write_m2m100(folder, len(names) + len(NLLB_CODES) + 1, 22, generation)


def build_mbart50(folder: Path, **generation: Any) -> Path:
    """mBART-50: a unigram model, and the languages as `en_XX`."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = sentence_pieces()
    (folder / "sentencepiece.bpe.model").write_bytes(sentence_piece_model(pieces))
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "MBart50Tokenizer", "model_max_length": SEQ2SEQ_WINDOW},
    )
    vocabulary = len(pieces) + 1 + _MBART_50_LANGUAGES + 1
    decoding = {"num_beams": 4, "max_length": 24, "forced_eos_token_id": 2}
    decoding |= {"no_repeat_ngram_size": 2, "early_stopping": True}
    write_json(folder / "generation_config.json", _TOKENS | decoding | generation)
    settings = seq2seq_config("MBartForConditionalGeneration", "mbart", vocabulary)
    settings |= {"activation_function": "gelu", "scale_embedding": True} | _TOKENS
    shapes = mbart_shapes(vocabulary, SEQ2SEQ_WINDOW, LAYERS, HIDDEN)
    return write_checkpoint(folder, settings, shapes, seed=23)


#: By family: what builds it, and what it calls English, German, French.
TOLD: dict[str, tuple[Callable[..., Path], dict[str, str]]] = {
    "m2m100": (build_m2m100, {"en": "en", "de": "de", "fr": "fr"}),
    "nllb": (build_nllb, {"en": "eng_Latn", "de": "deu_Latn", "fr": "fra_Latn"}),
    "mbart50": (build_mbart50, {"en": "en_XX", "de": "de_DE", "fr": "fr_XX"}),
}


def _write_m2m100(folder: Path, vocabulary: int, seed: int, generation: dict[str, Any]) -> Path:
    decoding = {"num_beams": 4, "max_length": 24, "no_repeat_ngram_size": 2}
    write_json(folder / "generation_config.json", _TOKENS | decoding | generation)
    settings = seq2seq_config("M2M100ForConditionalGeneration", "m2m_100", vocabulary)
    settings |= {"activation_function": "relu", "scale_embedding": True} | _TOKENS
    return write_checkpoint(folder, settings, m2m100_shapes(vocabulary, LAYERS, HIDDEN), seed=seed)


def _nllb_tokenizer(names: list[str]) -> dict[str, Any]:
    """What Transformers 4 made of the SentencePiece model: this is the file on the hub."""
    merges = sorted(
        (names.index(piece), piece[:cut], piece[cut:])
        for piece in names[len(_SPECIAL) :]
        for cut in range(1, len(piece))
        if piece[:cut] in names and piece[cut:] in names
    )
    special = {name: number for number, name in enumerate(_SPECIAL)}
    codes = {code: len(names) + number for number, code in enumerate(NLLB_CODES)}
    added = special | codes | {"<mask>": len(names) + len(codes)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": number,
                "content": name,
                "single_word": False,
                "lstrip": name == "<mask>",
                "rstrip": False,
                "normalized": name == "<mask>",
                "special": True,
            }
            for name, number in added.items()
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}],
        },
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "always",
            "split": True,
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "eng_Latn", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": "eng_Latn", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "special_tokens": {
                name: {"id": name, "ids": [added[name]], "tokens": [name]}
                for name in ("</s>", "eng_Latn")
            },
        },
        "decoder": {
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "always",
            "split": True,
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": False,
            "vocab": {name: number for number, name in enumerate(names)},
            "merges": [[left, right] for _, left, right in merges],
        },
    }
