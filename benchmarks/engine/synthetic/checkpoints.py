"""Checkpoints of the real architectures and sizes with made-up weights, as folders for a catalog.

They compute what real ones compute; what they say means nothing. Kept between runs: making them all
takes some minutes and 5 GB.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoTokenizer,
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertForTokenClassification,
    DistilBertConfig,
    DistilBertForQuestionAnswering,
    DistilBertForSequenceClassification,
    GenerationConfig,
    GPT2Config,
    GPT2LMHeadModel,
    MarianConfig,
    MarianMTModel,
)

from benchmarks.engine.synthetic.copying_weights import make_it_copy
from benchmarks.engine.synthetic.settled_heads import settle
from benchmarks.engine.synthetic.shapes import Shape
from benchmarks.engine.synthetic.tokenizers import write_tokenizer
from benchmarks.engine.synthetic.wandering_weights import make_it_wander

#: To be raised when what is made changes, so that what older versions made is made anew.
VERSION = 1

_TAGS = "O B-MISC I-MISC B-PER I-PER B-ORG I-ORG B-LOC I-LOC".split()  # noqa: SIM905
#: Standard deviation of encoder weights: more than the usual 0.02, so that texts differ in logits.
_SPREAD = 0.04
#: What goes through the head of a file that another checkpoint may share.
_WEIGHTS = "model.safetensors"


def make_checkpoint(root: Path, name: str, shape: Shape) -> Path:
    """The folder of a checkpoint, made if it is not there.

    Args:
        root: Of all checkpoints of one set of shapes.
        name: Of the checkpoint.
        shape: Its sizes.
    """
    folder = root / f"{name}-{VERSION}"
    if folder.is_dir():
        return folder
    unfinished = root / f"{name}-{VERSION}.{os.getpid()}"
    unfinished.mkdir(parents=True)
    print(f"making {name} ({shape.architecture}, width {shape.width}) …", flush=True)
    torch.manual_seed(sum(name.encode()))
    write_tokenizer(unfinished, shape)
    model = _MAKERS[shape.architecture](shape)
    model.eval()
    if shape.decoder_layers:
        (make_it_copy if shape.layers else make_it_wander)(model, _pieces(unfinished))
        model.save_pretrained(unfinished)
    else:
        model.save_pretrained(unfinished)
        settle(model, AutoTokenizer.from_pretrained(unfinished), shape)
        model.save_pretrained(unfinished)
    unfinished.rename(folder)
    return folder


def with_beams(checkpoint: Path, beams: int) -> Path:
    """The same checkpoint in a folder whose configuration asks for another number of beams.

    The pipelines listen to `task_specific_params` on this; see `workers.generation.settings`.
    """
    folder = checkpoint.parent / f"{checkpoint.name}-beams-{beams}"
    if folder.is_dir():
        return folder
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    unfinished.mkdir()
    for file in checkpoint.iterdir():
        if file.name == _WEIGHTS:
            os.link(file, unfinished / file.name)
        elif file.is_file():
            shutil.copy(file, unfinished)
    config = json.loads((unfinished / "config.json").read_text("utf-8"))
    tasks = ("summarization", "translation_en_to_de")
    config["task_specific_params"] = {task: {"num_beams": beams} for task in tasks}
    (unfinished / "config.json").write_text(json.dumps(config, indent=1), "utf-8")
    generation = json.loads((unfinished / "generation_config.json").read_text("utf-8"))
    if beams == 1:
        # Transformers warns of what only beams heed.
        for setting in ("length_penalty", "early_stopping"):
            generation.pop(setting, None)
    generation["num_beams"] = beams
    (unfinished / "generation_config.json").write_text(json.dumps(generation, indent=1), "utf-8")
    unfinished.rename(folder)
    return folder


def _pieces(folder: Path) -> int:
    """Ids from here on stand for nothing that a tokenizer would make."""
    vocabulary = AutoTokenizer.from_pretrained(folder).get_vocab()
    return sum(1 for piece in vocabulary if not piece.startswith("<unused") and piece != "<pad>")


def _distilbert(shape: Shape) -> DistilBertConfig:
    return DistilBertConfig(
        vocab_size=shape.vocabulary,
        dim=shape.width,
        n_layers=shape.layers,
        n_heads=shape.heads,
        hidden_dim=shape.hidden,
        max_position_embeddings=shape.window,
        initializer_range=_SPREAD,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )


def _bert(shape: Shape) -> BertForTokenClassification:
    labels = dict(enumerate(_TAGS))
    return BertForTokenClassification(
        BertConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.width,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.hidden,
            max_position_embeddings=shape.window,
            initializer_range=_SPREAD * 768 / max(shape.width, 768),
            id2label=labels,
            label2id={label: number for number, label in labels.items()},
        )
    )


def _sides(shape: Shape) -> dict[str, Any]:
    return {
        "vocab_size": shape.vocabulary,
        "d_model": shape.width,
        "encoder_layers": shape.layers,
        "decoder_layers": shape.decoder_layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": shape.hidden,
        "decoder_ffn_dim": shape.hidden,
        "max_position_embeddings": shape.window,
        "tie_word_embeddings": True,
    }


def _marian(shape: Shape) -> MarianMTModel:
    """As the OPUS models are configured (Tiedemann and Thottingal 2020)."""
    padding = shape.vocabulary - 1
    tokens: dict[str, Any] = {
        "pad_token_id": padding,
        "eos_token_id": 0,
        "bos_token_id": 0,
        "decoder_start_token_id": padding,
        "forced_eos_token_id": 0,
    }
    config = MarianConfig(
        **_sides(shape),
        **tokens,
        decoder_vocab_size=shape.vocabulary,
        share_encoder_decoder_embeddings=True,
        activation_function="swish",
        scale_embedding=True,
    )
    config.normalize_embedding = False
    model = MarianMTModel(_for_converters(config, static=True))
    model.generation_config = GenerationConfig(
        **tokens, bad_words_ids=[[padding]], max_length=shape.window, num_beams=4
    )
    return model


def _bart(shape: Shape) -> BartForConditionalGeneration:
    """As distilbart-cnn-12-6 is configured (Shleifer and Rush 2020)."""
    tokens: dict[str, Any] = {
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "decoder_start_token_id": 2,
        "forced_bos_token_id": 0,
        "forced_eos_token_id": 2,
    }
    config = BartConfig(
        **_sides(shape), **tokens, activation_function="gelu", scale_embedding=False
    )
    config.normalize_embedding = True
    model = BartForConditionalGeneration(_for_converters(config, static=False))
    model.generation_config = GenerationConfig(
        **tokens,
        max_length=142,
        min_length=56,
        num_beams=4,
        length_penalty=2.0,
        no_repeat_ngram_size=3,
        early_stopping=True,
    )
    return model


def _gpt2(shape: Shape) -> GPT2LMHeadModel:
    """As gpt2 is configured (Radford et al. 2019)."""
    tokens: dict[str, Any] = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0}
    config = GPT2Config(
        vocab_size=shape.vocabulary,
        n_positions=shape.window,
        n_embd=shape.width,
        n_layer=shape.decoder_layers,
        n_head=shape.heads,
        n_inner=shape.hidden,
        **tokens,
    )
    model = GPT2LMHeadModel(config)
    model.generation_config = GenerationConfig(
        **tokens, max_new_tokens=shape.longest_reply, num_beams=1, do_sample=False
    )
    return model


def _for_converters(config: Any, *, static: bool) -> Any:
    """With what Transformers no longer reads and published checkpoints still say: CTranslate2's
    converter asks for it.
    """
    config.normalize_before = config.add_final_layer_norm = False
    config.static_position_embeddings = static
    return config


_MAKERS: dict[str, Callable[[Shape], Any]] = {
    "distilbert-classification": lambda s: DistilBertForSequenceClassification(_distilbert(s)),
    "distilbert-answers": lambda s: DistilBertForQuestionAnswering(_distilbert(s)),
    "bert-tokens": _bert,
    "marian": _marian,
    "bart": _bart,
    "gpt2": _gpt2,
}
