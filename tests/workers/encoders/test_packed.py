"""Packed encoders: the logits of Transformers' own forward with padding, in any company."""

from __future__ import annotations

import gc
import logging
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hf

from schema.catalog import CatalogEntry, Precision
from schema.catalog.entry import EntryOptions
from tests.support.checkpoints import WINDOW, build_sentiment
from tests.support.logits import logits_of
from tests.support.packed_models import (
    BATCHES,
    CONFIGS,
    HEADS,
    PADDING,
    POSITIONS,
    SIZES,
    V3,
    VOCABULARY,
    Tokens,
    model_of,
    padded,
    rows_of,
    takes_types,
    together,
)
from workers.classification.classifier import Classifier
from workers.encoders.conversion import pack, release
from workers.encoders.encoder import load_encoder
from workers.encoders.padded import PaddedEncoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError, UnsupportedModelError


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", CONFIGS)
def test_logits_are_those_of_the_padded_forward(name: str, head: str) -> None:
    model = model_of(name, head)
    types = takes_types(name)
    packed = pack(model, "fp32", types)
    for lengths in BATCHES:
        rows = rows_of(lengths)
        expected = together(padded(model, rows, types))
        assert expected.std() > 0.05
        logits = packed(rows)
        assert logits.shape == expected.shape and logits.dtype == np.float32
        np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", ["albert", "bert", "deberta-v2", "modernbert", "roberta"])
def test_the_padded_path_gives_the_same(name: str, head: str) -> None:
    model, types, rows = model_of(name, head), takes_types(name), rows_of(BATCHES[0])
    through = PaddedEncoder(model, PADDING, types, torch.device("cpu"))(rows)
    np.testing.assert_allclose(through, together(padded(model, rows, types)), rtol=0, atol=1e-5)


@pytest.mark.parametrize(("precision", "share"), [("bf16", 0.1), ("int8", 0.15)])
@pytest.mark.parametrize("name", ["bert", "distilbert", "roberta", "deberta-v3", "mpnet"])
def test_lower_precisions_are_close(name: str, precision: Precision, share: float) -> None:
    """Root mean square of the error within a share of the logits' deviation. Not exact, either: a
    precision that was asked for is computed in.
    """
    model = model_of(name, "TokenClassification")
    rows = rows_of(BATCHES[0])
    exact, rough = (pack(model, one, False)(rows) for one in ("fp32", precision))
    error = np.sqrt(np.mean((rough - exact) ** 2)) / exact.std()
    assert 1e-4 < error < share


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
@pytest.mark.parametrize("head", HEADS[:2])
@pytest.mark.parametrize(
    "name", ["albert", "bert", "distilbert", "roberta", "deberta-v3", "electra", "modernbert"]
)
def test_a_row_is_the_same_in_any_company(name: str, head: str, precision: Precision) -> None:
    packed = pack(model_of(name, head), precision, takes_types(name))
    rows = rows_of([19, 7, 30, 3, 19, POSITIONS, 2, 19, 40, 40])
    company = packed(rows)
    alone = together([packed([row]) for row in rows])
    np.testing.assert_allclose(company, alone, rtol=0, atol=5e-6 * max(1, abs(company).max()))


def test_whoever_waits_hears_of_every_layer_but_the_last() -> None:
    model = model_of("bert", "SequenceClassification")
    heard: list[None] = []
    pack(model, "fp32", False)(rows_of(BATCHES[0]), lambda: heard.append(None))
    assert len(heard) == model.config.num_hidden_layers - 1 > 0


def test_a_row_without_a_token_is_refused() -> None:
    packed = pack(model_of("bert", "SequenceClassification"), "fp32", False)
    with pytest.raises(ValueError, match="without a token"):
        packed([*rows_of([4]), Tokens([], [])])


def test_a_token_beyond_the_table_is_refused_before_a_gpu_gets_it() -> None:
    model = model_of("bert", HEADS[0])
    rows = [Tokens([5, VOCABULARY - 1], [0, 0]), Tokens([VOCABULARY, 5], [0, 0])]
    message = f"token {VOCABULARY} is none of the model's {VOCABULARY}"
    for forward in (pack(model, "fp32", True), PaddedEncoder(model, PADDING, True, model.device)):
        assert len(forward(rows[:1])) == 1
        with pytest.raises(IndexError, match=message):
            forward(rows)


@pytest.mark.parametrize(
    ("model_class", "config", "reason"),
    [
        (hf.BertForTokenClassification, hf.BertConfig(**SIZES, is_decoder=True), "decoder"),
        (
            hf.BertForTokenClassification,
            hf.BertConfig(**SIZES | {"position_embedding_type": "rotary"}),
            "position_embedding_type 'rotary'",
        ),
        (
            hf.BertForTokenClassification,
            hf.BertConfig(**SIZES, hidden_act="quick_gelu"),
            "activation 'quick_gelu'",
        ),
        (
            hf.DebertaV2ForTokenClassification,
            hf.DebertaV2Config(**V3 | {"conv_kernel_size": 3}),
            "convolution",
        ),
        (
            hf.RemBertForTokenClassification,
            hf.RemBertConfig(**SIZES),
            "architecture 'rembert'",
        ),
        (hf.BertForMaskedLM, hf.BertConfig(**SIZES), "head of a BertForMaskedLM"),
    ],
)
def test_what_is_not_packed_is_told(model_class: Any, config: Any, reason: str) -> None:
    with pytest.raises(UnsupportedModelError, match=reason):
        pack(model_class(config).eval(), "fp32", False)


def test_a_module_that_is_not_what_it_seems_is_not_packed() -> None:
    class Adapted(torch.nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * super().forward(x)

    model = model_of("bert", "TokenClassification")
    model.bert.encoder.layer[1].intermediate.dense = Adapted(32, 64)
    with pytest.raises(UnsupportedModelError, match="Adapted in the place of a Linear"):
        pack(model, "fp32", False)


def test_layers_are_let_go_of() -> None:
    model = model_of("distilbert", "SequenceClassification")
    expected = together(padded(model, rows_of([9, 4]), False))
    packed = pack(model, "fp32", False)
    weight = weakref.ref(model.distilbert.transformer.layer[0].ffn.lin1.weight)
    release(model)
    gc.collect()
    assert weight() is None
    np.testing.assert_allclose(packed(rows_of([9, 4])), expected, rtol=0, atol=1e-4)


def load(folder: Path, **options: Any) -> Classifier:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options))
    return Classifier(load_encoder(entry, hf.AutoModelForSequenceClassification, "cpu", CLASSES))


def test_a_loaded_model_holds_its_weights_once(tmp_path: Path) -> None:
    classifier = load(build_sentiment(tmp_path / "model"))
    assert classifier.encoder.packs
    left = {name.split(".")[0] for name, _ in classifier.loaded.model.named_parameters()}
    assert left == {"classifier", "pre_classifier"}


def test_what_the_packed_path_lacks_goes_the_padded_way_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = build_sentiment(tmp_path / "model", activation="quick_gelu")
    model = hf.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with caplog.at_level(logging.INFO):
        classifier = load(folder)
    (message,) = [record.message for record in caplog.records if "padded" in record.message]
    assert str(folder) in message and "activation 'quick_gelu'" in message
    assert not classifier.encoder.packs
    windows = [window for (window,) in classifier.windows(["good", "not good at all"], overlap=0)]
    expected = padded(model, [window.features for window in windows], False)
    np.testing.assert_allclose(logits_of(classifier, windows), expected, rtol=0, atol=1e-5)
    with pytest.raises(ModelError, match="cannot be computed in int8"):
        load(folder, precision="int8")


def test_windows_as_long_as_the_model_allows(tmp_path: Path) -> None:
    folder = build_sentiment(tmp_path / "model")
    model = hf.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    classifier = load(folder)
    (windows,) = classifier.windows(["good bad " * 150], overlap=0)
    assert [window.length for window in windows[:-1]] == [WINDOW] * 4
    expected = padded(model, [window.features for window in windows], False)
    np.testing.assert_allclose(logits_of(classifier, windows), expected, rtol=0, atol=1e-4)
