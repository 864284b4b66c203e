"""Weights that parts of a model share are shared as in 4.57.6, whatever is stored beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForSeq2SeqLM,
    BertConfig,
    EncoderDecoderConfig,
    EncoderDecoderModel,
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    Gemma3TextConfig,
)

from schema.catalog import CatalogEntry
from tests.support.seq2seq_models import MODELS, build_model
from tests.support.vocabularies import write_byte_pairs
from workers.models.loading import load
from workers.models.tied_weights import tie_as_stored

_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "vocab_size": 60,
}
Change = Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]


def saved(folder: Path, model: Any, change: Change, **config: Any) -> Any:
    """The model as it is read from a folder whose weights somebody has changed."""
    model.save_pretrained(folder)
    file, weights = folder / "config.json", folder / "model.safetensors"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | config), "utf-8")
    stored = {name: weight.clone() for name, weight in change(load_file(weights)).items()}
    save_file(stored, weights, metadata={"format": "pt"})
    write_byte_pairs(folder)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer"}', "utf-8")
    return load(CatalogEntry(model=str(folder)), AutoModelForSeq2SeqLM, "cpu").model


def with_another_head(stored: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    (words,) = (weight for name, weight in stored.items() if name.endswith("shared.weight"))
    return stored | {"lm_head.weight": words.flip(0)}


@pytest.mark.parametrize(("family", "tied"), [("bart", True), ("t5", True), ("mt5", False)])
def test_a_head_that_is_stored_counts_where_it_is_not_tied(
    tmp_path: Path, family: str, tied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.models.loading._check_vocabulary", lambda *given: None)
    config = {"tie_word_embeddings": tied}
    read = saved(tmp_path, build_model(family), with_another_head, **config)
    assert torch.equal(read.lm_head.weight, read.get_input_embeddings().weight) == tied


@pytest.mark.parametrize("family", ["marian", "bart"])
def test_both_halves_read_the_shared_words(
    tmp_path: Path, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where `tie_word_embeddings` says that only the outputs have words of their own."""
    assert family in MODELS
    monkeypatch.setattr("workers.models.loading._check_vocabulary", lambda *given: None)
    model = build_model(family)

    def once(stored: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        kept = {name: one for name, one in stored.items() if "embed_tokens" not in name}
        words = model.get_input_embeddings().weight.detach()
        return kept | {"model.shared.weight": words, "lm_head.weight": words.flip(0)}

    read = saved(tmp_path, model, once, tie_word_embeddings=False)
    assert torch.equal(read.model.encoder.embed_tokens.weight, read.model.shared.weight)
    assert torch.equal(read.model.decoder.embed_tokens.weight, read.model.shared.weight)
    assert torch.equal(read.lm_head.weight, read.model.shared.weight.flip(0))


def test_an_encoder_may_be_stored_as_the_decoder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tie_encoder_decoder`, of which Transformers 5 knows nothing: bert2bert_shared-*."""
    monkeypatch.setattr("workers.models.loading._check_vocabulary", lambda *given: None)
    sizes: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    half = BertConfig(vocab_size=600, intermediate_size=48, **sizes)
    config = EncoderDecoderConfig.from_encoder_decoder_configs(half, half)
    model = EncoderDecoderModel(config)

    def shared(stored: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {n: one for n, one in stored.items() if n[:8] != "encoder." or "pooler" in n}

    read = saved(tmp_path, model, shared, tie_encoder_decoder=True)
    own = dict(read.encoder.named_parameters())
    of_decoder = dict(read.decoder.bert.named_parameters(remove_duplicate=False))
    assert all(own[name] is weight for name, weight in of_decoder.items() if name in own)
    assert len(own.keys() & of_decoder.keys()) > 30


def test_a_model_that_sees_pictures_says_it_of_the_part_that_writes() -> None:
    """Gemma 3: Transformers 5 would have it tied by what stands beside that part."""
    text = Gemma3TextConfig(**_SIZES, head_dim=8, tie_word_embeddings=False)
    sight = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    sight |= {"intermediate_size": 16, "image_size": 8, "patch_size": 4}
    config = Gemma3Config(text_config=text.to_dict(), vision_config=sight, mm_tokens_per_image=1)
    model: Any = Gemma3ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(model.get_input_embeddings().weight.flip(0))
    for tied in (False, True):
        assert tie_as_stored(model, {"text_config": {"tie_word_embeddings": tied}}, []) == []
        words = model.get_input_embeddings().weight
        assert torch.equal(model.lm_head.weight, words) == tied
