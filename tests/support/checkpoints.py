"""Tiny random checkpoints of each architecture, the same to the bit wherever they are built.

The files are written by hand (configuration, safetensors, vocabulary), so that neither the version
of Transformers nor that of torch has a say: `reference/record.py` builds them under 4.57.6 and the
tests under 5. Weights come from Python's Mersenne Twister. They are large, so that labels, spans
and generated tokens vary from text to text.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from tests.support.shapes import (
    DIM,
    Shapes,
    bart_shapes,
    bert_shapes,
    distilbert_shapes,
    linear,
    marian_shapes,
)
from tests.support.vocabularies import word_pieces, write_byte_pairs, write_sentence_pieces

HEADS, HIDDEN, LAYERS = 4, 64, 2
#: Positions of the encoders: what is longer is read in windows.
WINDOW = 64
QA_WINDOW = 96
#: Positions of the models that write.
SEQ2SEQ_WINDOW = 128

ENTITY_LABELS = ["O", *(f"{tag}-{kind}" for kind in ("PER", "ORG", "LOC", "MISC") for tag in "BI")]
_SENTIMENT_LABELS = {1: ["SCORE"], 2: ["NEGATIVE", "POSITIVE"]}


def build_sentiment(folder: Path, *, labels: int = 2, **config: Any) -> Path:
    """DistilBERT for sequence classification, uncased; `config` overrides its configuration."""
    names = _SENTIMENT_LABELS.get(labels) or [f"{star} stars" for star in range(1, labels + 1)]
    head = linear("pre_classifier", DIM, DIM) | linear("classifier", DIM, labels)
    return _build_distilbert(folder, 13, WINDOW, head, names, cased=False, config=config)


def build_entities(folder: Path, **config: Any) -> Path:
    """BERT for token classification, cased, with the labels of CoNLL-2003."""
    vocabulary = _word_piece_tokenizer(folder, "BertTokenizer", WINDOW, cased=True)
    settings = {
        "architectures": ["BertForTokenClassification"],
        "model_type": "bert",
        "vocab_size": vocabulary,
        "hidden_size": DIM,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": HIDDEN,
        "max_position_embeddings": WINDOW,
        "type_vocab_size": 2,
        "pad_token_id": 0,
    }
    shapes = bert_shapes(vocabulary, WINDOW, LAYERS, HIDDEN)
    shapes |= linear("classifier", DIM, len(ENTITY_LABELS))
    return write_checkpoint(folder, settings | _labels(ENTITY_LABELS) | config, shapes, seed=34)


def build_qa(folder: Path, **config: Any) -> Path:
    """DistilBERT for question answering, cased."""
    head = linear("qa_outputs", DIM, 2)
    return _build_distilbert(folder, 13, QA_WINDOW, head, None, cased=True, config=config)


def build_summary(folder: Path, **generation: Any) -> Path:
    """BART for conditional generation; `generation` overrides its generation configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_byte_pairs(folder)
    tokens = {
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        "decoder_start_token_id": 2,
        "forced_bos_token_id": 0,
        "forced_eos_token_id": 2,
    }
    decoding = {
        "num_beams": 4,
        "length_penalty": 2.0,
        "no_repeat_ngram_size": 3,
        "early_stopping": True,
        "min_length": 6,
        "max_length": 24,
    }
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "BartTokenizer", "model_max_length": SEQ2SEQ_WINDOW},
    )
    write_json(folder / "generation_config.json", tokens | decoding | generation)
    settings = seq2seq_config("BartForConditionalGeneration", "bart", vocabulary)
    shapes = bart_shapes(vocabulary, SEQ2SEQ_WINDOW, LAYERS, HIDDEN)
    return write_checkpoint(
        folder, settings | {"activation_function": "gelu"} | tokens, shapes, seed=14
    )


def build_translation(folder: Path, *, seed: int = 15, **generation: Any) -> Path:
    """Marian for translation, as the OPUS models are published; another seed, another pair."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_sentence_pieces(folder)
    pad, end = vocabulary - 1, 0
    tokens = {
        "bos_token_id": 0,
        "pad_token_id": pad,
        "eos_token_id": end,
        "decoder_start_token_id": pad,
        "forced_eos_token_id": end,
    }
    decoding = {"num_beams": 4, "max_length": 32, "bad_words_ids": [[pad]]}
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "MarianTokenizer",
            "source_lang": "en",
            "target_lang": "de",
            "model_max_length": SEQ2SEQ_WINDOW,
            "separate_vocabs": False,
        },
    )
    write_json(folder / "generation_config.json", tokens | decoding | generation)
    settings = seq2seq_config("MarianMTModel", "marian", vocabulary) | {
        "activation_function": "swish",
        "static_position_embeddings": True,
        "scale_embedding": True,
        "decoder_vocab_size": vocabulary,
        "share_encoder_decoder_embeddings": True,
    }
    return write_checkpoint(
        folder, settings | tokens, marian_shapes(vocabulary, LAYERS, HIDDEN), seed=seed
    )


BUILDERS: dict[str, Callable[..., Path]] = {
    "sentiment": build_sentiment,
    "entities": build_entities,
    "qa": build_qa,
    "summary": build_summary,
    "translation": build_translation,
}


def fingerprint(folder: Path) -> str:
    """SHA-256 over the files of a checkpoint: equal where the checkpoints are."""
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _build_distilbert(
    folder: Path,
    seed: int,
    window: int,
    head: Shapes,
    labels: Sequence[str] | None,
    *,
    cased: bool,
    config: dict[str, Any],
) -> Path:
    vocabulary = _word_piece_tokenizer(folder, "DistilBertTokenizer", window, cased=cased)
    kind = "SequenceClassification" if labels else "QuestionAnswering"
    settings = {
        "architectures": [f"DistilBertFor{kind}"],
        "model_type": "distilbert",
        "vocab_size": vocabulary,
        "dim": DIM,
        "n_layers": LAYERS,
        "n_heads": HEADS,
        "hidden_dim": HIDDEN,
        "max_position_embeddings": window,
        "sinusoidal_pos_embds": False,
        "pad_token_id": 0,
    }
    shapes = distilbert_shapes(vocabulary, window, LAYERS, HIDDEN) | head
    return write_checkpoint(
        folder, settings | (_labels(labels) if labels else {}) | config, shapes, seed
    )


def seq2seq_config(architecture: str, model_type: str, vocabulary: int) -> dict[str, Any]:
    """What the configurations of all models that write have in common."""
    sides = {
        f"{side}_{what}": value
        for side in ("encoder", "decoder")
        for what, value in [("layers", LAYERS), ("attention_heads", HEADS), ("ffn_dim", HIDDEN)]
    }
    return sides | {
        "architectures": [architecture],
        "model_type": model_type,
        "is_encoder_decoder": True,
        "vocab_size": vocabulary,
        "d_model": DIM,
        "max_position_embeddings": SEQ2SEQ_WINDOW,
    }


def _word_piece_tokenizer(folder: Path, name: str, window: int, *, cased: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = word_pieces(cased=cased)
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in vocabulary), "utf-8")
    settings = {"tokenizer_class": name, "do_lower_case": not cased, "model_max_length": window}
    write_json(folder / "tokenizer_config.json", settings)
    return len(vocabulary)


def _labels(names: Sequence[str]) -> dict[str, Any]:
    return {
        "id2label": {str(number): name for number, name in enumerate(names)},
        "label2id": {name: number for number, name in enumerate(names)},
    }


def write_checkpoint(folder: Path, settings: dict[str, Any], shapes: Shapes, seed: int) -> Path:
    """Write configuration and weights; the same weights for the same seed."""
    draw = random.Random(seed)
    weights = {name: _weight(draw, name, shape) for name, shape in sorted(shapes.items())}
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_json(folder / "config.json", settings)
    return folder


def _weight(draw: random.Random, name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """Uniform numbers: of deviation 1 in embeddings, about 2/sqrt(inputs) in linear layers."""
    if "norm" in name.lower():
        middle, spread = (1.0, 0.3) if name.endswith("weight") else (0.0, 0.05)
    elif name == "final_logits_bias":
        middle, spread = 0.0, 0.0
    elif len(shape) == 1:
        middle, spread = 0.0, 0.05
    elif "embed" in name or "shared" in name:
        middle, spread = 0.0, math.sqrt(3)
    else:
        middle, spread = 0.0, 2 * math.sqrt(3 / shape[-1])
    numbers = [middle + spread * (2 * draw.random() - 1) for _ in range(math.prod(shape))]
    return torch.tensor(numbers, dtype=torch.float32).reshape(shape)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file as every platform does."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
