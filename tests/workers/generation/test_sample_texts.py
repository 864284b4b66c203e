"""Models that write in int8: their weights are rounded by texts that are written as they load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import GenerationConfig

from schema.catalog import CatalogEntry
from schema.catalog.entry import EntryOptions
from tests.support.checkpoints import build_translation
from workers.generation.model import Seq2SeqModel
from workers.generation.sample_texts import short
from workers.layers import quantization
from workers.models.registry import ModelRegistry


@pytest.mark.parametrize("limits", [{"max_length": 512}, {"max_new_tokens": 400}])
def test_sample_texts_end_soon_and_leave_the_settings_alone(limits: dict[str, int]) -> None:
    settings = GenerationConfig(min_length=56, num_beams=4, **limits)
    made = short(settings)
    assert (made.max_new_tokens, made.min_length, made.num_beams) == (16, 0, 4)
    assert settings.min_length == 56 and settings.max_new_tokens != 16


def test_every_layer_of_a_writer_is_rounded_by_what_it_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    means: list[Any] = []
    rounded = quantization._Rounded.__init__

    def noted(self: Any, weight: Any, bias: Any, few_rows: bool, mean: Any = None) -> None:
        means.append(mean)
        rounded(self, weight, bias, few_rows, mean)

    monkeypatch.setattr(quantization._Rounded, "__init__", noted)
    entry = CatalogEntry(
        model=str(build_translation(tmp_path)), options=EntryOptions(precision="int8")
    )
    written = []
    for _ in range(2):
        means.clear()
        model = Seq2SeqModel(entry, "cpu", ModelRegistry())
        settings = GenerationConfig.from_dict(model.checkpoint.generation_config.to_dict())
        settings.max_length = 20
        with model.decoder(settings) as decoder:
            sources = model.tokenise(["The parcel arrived late.", "Never again."])
            written.append(decoder.decode(sources, lambda: None))
        assert len(means) > 8 and all(mean is not None and mean.isfinite().all() for mean in means)
    assert written[0] == written[1]
