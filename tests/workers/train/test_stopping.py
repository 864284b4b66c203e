"""When a training ends early, and from which checkpoint one goes on that was killed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workers.calibrate.examples import DataError
from workers.train import work_folder
from workers.train.checkpoints import history, newest
from workers.train.early_stopping import best, is_over, validations
from workers.train.fine_tuner import MOST_STEPS, Schedule

HISTORY = [
    {"step": 10, "loss": 0.9},
    {"step": 10, "score": 0.5},
    {"step": 20, "score": 0.7},
    {"step": 30, "score": 0.7},
    {"step": 40, "score": 0.6},
]
FILES = ("model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth")


def write_checkpoint(work: Path, step: int) -> Path:
    folder = work / f"checkpoint-{step}"
    folder.mkdir()
    for name in FILES:
        (folder / name).touch()
    state = {"log_history": [{"step": step, "score": 0.5}]}
    (folder / "trainer_state.json").write_text(json.dumps(state), "utf-8")
    return folder


def test_it_ends_when_it_no_longer_gets_better() -> None:
    found = validations(HISTORY)
    # The first of two that are as good.
    assert best(found) == (20, 0.7)
    assert is_over(found, 2) and not is_over(found, 3)
    assert not is_over(found[:3], 2) and not is_over([], 1)


def test_a_long_epoch_is_validated_in_between() -> None:
    short, long = Schedule.of(79, 8), Schedule.of(8 * (2 * MOST_STEPS + 3), 8)
    assert [step for step in range(1, 21) if short.is_due(step)] == [10, 20]
    due = [step for step in range(1, 2 * long.steps + 1) if long.is_due(step)]
    assert due[:3] == [335, 670, 1003] and due[3:] == [1338, 1673, 2006]


@pytest.mark.parametrize("missing", [*FILES, "trainer_state.json"])
def test_a_checkpoint_that_is_not_whole_is_passed_over(missing: str, tmp_path: Path) -> None:
    assert newest(tmp_path, 1) is None
    before, last = write_checkpoint(tmp_path, 9), write_checkpoint(tmp_path, 10)
    assert newest(tmp_path, 1) == last and history(last)[0]["step"] == 10
    (last / missing).unlink()
    assert newest(tmp_path, 1) == before
    # Of two processes each has its own.
    assert newest(tmp_path, 2) is None


def test_a_checkpoint_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    before, last = write_checkpoint(tmp_path, 1), write_checkpoint(tmp_path, 2)
    (last / "trainer_state.json").write_text('{"log_history": [{"st', "utf-8")
    assert newest(tmp_path, 1) == before


def test_only_the_same_training_goes_on(tmp_path: Path) -> None:
    work, record = tmp_path / "out.training", {"seed": 1, "examples": "abc"}
    assert not work_folder.begin(work, record)
    assert work_folder.begin(work, record)
    with pytest.raises(DataError, match=r"training, with another --seed; give .* delete that"):
        work_folder.begin(work, record | {"seed": 2})
    with pytest.raises(DataError, match=r"with another set of labelled texts"):
        work_folder.begin(work, record | {"examples": "abd"})
