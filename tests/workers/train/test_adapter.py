"""LoRA: adapters learn, go on when they were interrupted, and are gone from what is served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from schema.interrupts import INTERRUPTED
from tests.support.checkpoints import build_sentiment
from tests.support.teaching import labelled_rows, teach, write_rows
from workers.train.adapter import RANK
from workers.train.fine_tuner import FineTuner

pytestmark = pytest.mark.slow

OPTIONS = ("--lora", "--epochs", "2", "--patience", "9")
MATRIX = "distilbert.transformer.layer.0.ffn.lin1.weight"


def test_adapters_are_merged_and_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = build_sentiment(tmp_path / "base", labels=4, dropout=0.2)
    data = write_rows(tmp_path / "a.csv", labelled_rows(60), ["text", "label"])
    assert teach("tone", data, base, tmp_path / "whole", *OPTIONS) == 0
    step = FineTuner.training_step

    def interrupted(self: Any, *given: Any) -> Any:
        if self.state.global_step == 8:
            raise KeyboardInterrupt
        return step(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(FineTuner, "training_step", interrupted)
        assert teach("tone", data, base, tmp_path / "out", *OPTIONS) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert (tmp_path / "out.training/checkpoint-6/adapter_model.safetensors").is_file()
    assert teach("tone", data, base, tmp_path / "out", *OPTIONS) == 0
    assert "going on with the checkpoints in" in capsys.readouterr().err
    folders = [tmp_path / name / "model.safetensors" for name in ("whole", "out", "base")]
    whole, resumed, before = (load_file(folder) for folder in folders)
    assert whole.keys() == resumed.keys() == before.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert not list((tmp_path / "out").glob("adapter*"))
    # A matrix differs by one of low rank, and what is no matrix of the encoder not at all.
    learned = whole[MATRIX] - before[MATRIX]
    assert 0 < torch.linalg.matrix_rank(learned, rtol=1e-4) <= RANK < min(learned.shape)
    name = "distilbert.embeddings.word_embeddings.weight"
    assert torch.equal(whole[name], before[name])
