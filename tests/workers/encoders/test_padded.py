"""Families that go through Transformers: no text's answer depends on its neighbours."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from schema.catalog import CatalogEntry, Precision
from schema.catalog.entry import EntryOptions
from tests.support.checkpoints import build_sentiment
from tests.support.packed_models import Tokens
from tests.support.padded_models import FAMILIES, padded_model
from workers.encoders.encoder import load_encoder
from workers.encoders.padded import PaddedEncoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError


def rows_of(lengths: list[int]) -> list[Tokens]:
    """Rows that end with BART's end of text and have no padding token."""
    draw = random.Random(3)
    return [Tokens([*(draw.randrange(3, 120) for _ in range(n - 1)), 2], [0] * n) for n in lengths]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_row_is_the_same_alone_and_in_any_batch(family: str) -> None:
    """Without it FNet, ConvBERT, MobileBERT, BigBird and Funnel read the padding as text."""
    encoder = PaddedEncoder(padded_model(family), 1, takes_types=False, device=torch.device("cpu"))
    rows = rows_of([64, 5, 23, 5, 12, 90, 23])
    alone = np.concatenate([encoder([row]) for row in rows])
    assert alone.std() > 1e-3
    for order in ([0, 1, 2, 3, 4, 5, 6], [5, 1, 4, 0, 6, 2, 3]):
        together = encoder([rows[place] for place in order])
        np.testing.assert_allclose(together, alone[order], rtol=0, atol=2e-5)


@pytest.mark.parametrize("family", ["convbert", "deberta", "mobilebert", "xlnet"])
def test_so_are_its_tokens(family: str) -> None:
    model = padded_model(family, "TokenClassification")
    encoder = PaddedEncoder(model, 1, takes_types=False, device=torch.device("cpu"))
    rows = rows_of([17, 4, 9])
    alone = np.concatenate([encoder([row]) for row in rows])
    np.testing.assert_allclose(encoder(rows), alone, rtol=0, atol=2e-5)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_a_precision_that_a_model_has_not_is_refused_when_it_is_loaded(
    tmp_path: Path, precision: Precision
) -> None:
    """FNet's Fourier transform knows no bf16; without this each document would fail."""
    folder = build_sentiment(tmp_path / "fnet")
    (folder / "model.safetensors").unlink()
    vocabulary = len((folder / "vocab.txt").read_text("utf-8").splitlines())
    model = padded_model("fnet", vocab_size=vocabulary)
    model.save_pretrained(folder)
    entry = CatalogEntry(model=str(folder), options=EntryOptions(precision=precision))
    with pytest.raises(ModelError, match=f"cannot be computed in {precision}"):
        load_encoder(entry, AutoModelForSequenceClassification, "cpu", CLASSES)
