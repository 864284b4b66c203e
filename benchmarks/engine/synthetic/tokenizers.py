"""Tokenizers of the kinds that the architectures come with, trained on the benchmark's texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sentencepiece
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    BartTokenizerFast,
    BertTokenizer,
    DistilBertTokenizerFast,
    PreTrainedTokenizerFast,
)

from benchmarks.engine.synthetic.shapes import Shape
from benchmarks.engine.synthetic.texts import documents

#: Documents that tokenizers learn from: others than are measured, of the same distribution.
_LESSONS, _SEED = 3_000, 99
_MOST_PIECES = 8_000


def write_tokenizer(folder: Path, shape: Shape) -> None:
    """Train a tokenizer as a shape's architecture has it, and write its files into a folder."""
    texts = [document.text for document in documents(_LESSONS, _SEED)]
    if shape.architecture == "marian":
        _write_marian(folder, shape, texts)
    elif shape.architecture == "bart":
        _write_bart(folder, shape, texts)
    elif shape.architecture == "gpt2":
        _write_gpt2(folder, shape, texts)
    else:
        _write_word_pieces(folder, shape, texts)


def _pieces(shape: Shape) -> int:
    return min(_MOST_PIECES, shape.vocabulary - 100)


def _write_word_pieces(folder: Path, shape: Shape, texts: list[str]) -> None:
    """WordPiece (Schuster and Nakajima 2012); entities need capitals."""
    cased = shape.architecture != "distilbert-classification"
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=not cased)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=_pieces(shape), special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    ids = tokenizer.get_vocab()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])
    )
    kind: Any = BertTokenizer if shape.architecture == "bert-tokens" else None
    kind = kind or DistilBertTokenizerFast
    kind(
        vocab=tokenizer.get_vocab(), do_lower_case=not cased, model_max_length=shape.window
    ).save_pretrained(folder)


def _write_bart(folder: Path, shape: Shape, texts: list[str]) -> None:
    tokenizer = _pairs(shape, texts, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = model["vocab"]
    vocabulary |= {f"<unused{id}>": id for id in range(len(vocabulary), shape.vocabulary)}
    kind: Any = BartTokenizerFast
    kind(
        vocab=vocabulary,
        merges=[tuple(pair) for pair in model["merges"]],
        model_max_length=shape.window,
    ).save_pretrained(folder)


def _write_gpt2(folder: Path, shape: Shape, texts: list[str]) -> None:
    """A text is followed by the token that ends one, and that a reply goes on from."""
    end = "<|endoftext|>"
    tokenizer = _pairs(shape, texts, [end])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", special_tokens=[(end, tokenizer.token_to_id(end))]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=end,
        eos_token=end,
        pad_token=end,
        padding_side="left",
        model_input_names=["input_ids", "attention_mask"],
        model_max_length=shape.window - shape.longest_reply,
    ).save_pretrained(folder)


def _pairs(shape: Shape, texts: list[str], special: list[str]) -> Tokenizer:
    """Byte-level BPE (Radford et al. 2019)."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_pieces(shape),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _write_marian(folder: Path, shape: Shape, texts: list[str]) -> None:
    """A SentencePiece unigram model (Kudo 2018) for both sides, ids as the OPUS models have them:
    the end first, padding last.
    """
    prefix = folder / "source"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(prefix),
        vocab_size=min(_pieces(shape), 6_000),
        model_type="unigram",
        max_sentence_length=20_000,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (folder / "source.vocab").unlink()
    prefix.with_suffix(".model").rename(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    known = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    pieces = ["</s>", "<unk>", *(x for x in known if x not in ("<unk>", "<s>", "</s>"))]
    unused = (f"<unused{number}>" for number in range(shape.vocabulary - 1 - len(pieces)))
    names = [*pieces, *unused, "<pad>"]
    _write_json(folder / "vocab.json", {name: number for number, name in enumerate(names)})
    settings = {
        "tokenizer_class": "MarianTokenizer",
        "source_lang": "en",
        "target_lang": "de",
        "model_max_length": shape.window,
        "separate_vocabs": False,
    }
    _write_json(folder / "tokenizer_config.json", settings)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
