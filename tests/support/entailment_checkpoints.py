"""Tiny random checkpoints of natural language inference, the same to the bit wherever they are
built: names and shapes of weights are those that Transformers itself gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers as hf

from tests.support.checkpoints import write_checkpoint, write_json
from tests.support.vocabularies import (
    sentence_piece_model,
    sentence_pieces,
    word_pieces,
    write_byte_pairs,
)

#: Tokens of a row: text, hypothesis and special tokens.
ENTAILMENT_WINDOW = 128
_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": ENTAILMENT_WINDOW,
}
#: Some of its settings are no arguments for the types of the library.
_DEBERTA: Any = hf.DebertaV2Config
_FIRST = ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")
_LAST = ("contradiction", "neutral", "entailment")


def build_bert(folder: Path, names: Sequence[str] = _FIRST) -> Path:
    """BERT, uncased; its first class is entailment."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = word_pieces(cased=False)
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in vocabulary), "utf-8")
    _write_tokenizer(folder, "BertTokenizer", do_lower_case=True)
    config = hf.BertConfig(vocab_size=len(vocabulary), pad_token_id=0, **_SIZES)
    return _write(folder, hf.BertForSequenceClassification, config, names)


def build_roberta(folder: Path, names: Sequence[str] = _LAST) -> Path:
    """RoBERTa, as roberta-large-mnli: two marks between text and hypothesis."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_byte_pairs(folder)
    _write_tokenizer(folder, "RobertaTokenizer")
    sizes = _SIZES | {"max_position_embeddings": ENTAILMENT_WINDOW + 2}
    config = hf.RobertaConfig(
        vocab_size=vocabulary, pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1,
        **sizes,
    )  # fmt: skip
    return _write(folder, hf.RobertaForSequenceClassification, config, names)


def build_deberta(folder: Path, names: Sequence[str] = ("entailment", "not_entailment")) -> Path:
    """DeBERTa v3 of two classes."""
    folder.mkdir(parents=True, exist_ok=True)
    special = [("[PAD]", 0.0, 3), ("[CLS]", 0.0, 3), ("[SEP]", 0.0, 3), ("[UNK]", 0.0, 2)]
    pieces = [*special, *(one for one in sentence_pieces() if one[2] == 1)]
    (folder / "spm.model").write_bytes(sentence_piece_model(pieces))
    _write_tokenizer(folder, "DebertaV2Tokenizer", do_lower_case=False)
    config = _DEBERTA(
        vocab_size=len(pieces) + 1, pad_token_id=0, type_vocab_size=0, relative_attention=True,
        pos_att_type=["p2c", "c2p"], position_buckets=8, share_att_key=True,
        norm_rel_ebd="layer_norm", position_biased_input=False, **_SIZES,
    )  # fmt: skip
    return _write(folder, hf.DebertaV2ForSequenceClassification, config, names)


def build_bart(folder: Path, names: Sequence[str] = _LAST) -> Path:
    """BART, as bart-large-mnli: an encoder and a decoder, read by the last mark."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_byte_pairs(folder)
    _write_tokenizer(folder, "BartTokenizer")
    sides: dict[str, Any] = {
        f"{side}_{what}": value
        for side in ("encoder", "decoder")
        for what, value in [("layers", 2), ("attention_heads", 4), ("ffn_dim", 64)]
    }
    config = hf.BartConfig(
        vocab_size=vocabulary, d_model=32, max_position_embeddings=ENTAILMENT_WINDOW,
        activation_function="gelu", **sides,
    )  # fmt: skip
    return _write(folder, hf.BartForSequenceClassification, config, names)


#: By name, the function that builds it.
ENTAILMENT: dict[str, Callable[..., Path]] = {
    "bert": build_bert,
    "roberta": build_roberta,
    "deberta-v3": build_deberta,
    "bart": build_bart,
}


def _write_tokenizer(folder: Path, name: str, **settings: Any) -> None:
    kept = {"tokenizer_class": name, "model_max_length": ENTAILMENT_WINDOW}
    write_json(folder / "tokenizer_config.json", kept | settings)


def _write(folder: Path, kind: Any, config: Any, names: Sequence[str]) -> Path:
    config.id2label = dict(enumerate(names))
    config.label2id = {name: number for number, name in enumerate(names)}
    shapes = {
        name: tuple(weight.shape)
        for name, weight in kind(config).state_dict().items()
        # What is the same weight under a second name is stored once, and ids are not stored.
        if weight.dtype == torch.float32 and not name.endswith("coder.embed_tokens.weight")
    }
    kept = _KEPT - {"num_hidden_layers"} if config.is_encoder_decoder else _KEPT
    given = {key: value for key, value in config.to_diff_dict().items() if key in kept}
    settings = given | {
        "architectures": [kind.__name__],
        "model_type": config.model_type,
        "id2label": {str(number): name for number, name in enumerate(names)},
        "label2id": {name: number for number, name in enumerate(names)},
    }
    return write_checkpoint(folder, dict(sorted(settings.items())), shapes, seed=51)


#: Of a configuration what all versions of Transformers write alike.
_KEPT = {
    *("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"),
    *("max_position_embeddings", "type_vocab_size", "relative_attention", "pos_att_type"),
    *("position_buckets", "share_att_key", "norm_rel_ebd", "position_biased_input", "d_model"),
    *("encoder_layers", "encoder_attention_heads", "encoder_ffn_dim", "decoder_layers"),
    *("decoder_attention_heads", "decoder_ffn_dim", "activation_function"),
}
