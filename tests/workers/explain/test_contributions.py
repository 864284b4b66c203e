"""What each sentence adds to a label."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.support.batched import catalog_of
from tests.support.parity import analyse
from workers.analyses import load_analysis
from workers.engine.engine import Engine
from workers.explain import command
from workers.explain.contributions import (
    MOST_PASSAGES,
    UnexplainedError,
    contributions,
    passages,
)

TEXT = "The zip broke. My son cried all evening! It came late, and the box was open."


@pytest.fixture(scope="module")
def engine(tiny_checkpoints: dict[str, Path]) -> Engine:
    return Engine(
        load_analysis("sentiment", catalog_of(sentiment=tiny_checkpoints["sentiment"]), "cpu")
    )


def probability(engine: Engine, text: str, label: str) -> float:
    ((result,),) = analyse(engine.analysis, [text])
    found: float = result.probabilities[label]  # type: ignore[attr-defined]
    return found


def test_a_weight_is_what_is_lost_without_the_sentence(engine: Engine) -> None:
    explained = contributions(engine, TEXT, "en", "NEGATIVE")
    whole = probability(engine, TEXT, "NEGATIVE")
    assert explained.probability == pytest.approx(whole, abs=1e-6)
    assert [TEXT[part.start : part.end] for part in explained.passages] == [
        "The zip broke.",
        "My son cried all evening!",
        "It came late, and the box was open.",
    ]
    for part in explained.passages:
        without = probability(engine, TEXT[: part.start] + TEXT[part.end :], "NEGATIVE")
        assert part.weight == pytest.approx(whole - without, abs=1e-5)
    other = contributions(engine, TEXT, "en", "POSITIVE")
    for part, opposite in zip(explained.passages, other.passages, strict=True):
        assert part.weight == pytest.approx(-opposite.weight, abs=1e-5)


def test_without_a_label_it_is_the_likeliest(engine: Engine) -> None:
    explained = contributions(engine, TEXT, None, None)
    assert explained.probability >= 0.5


def test_one_sentence_has_nothing_to_leave_out(engine: Engine) -> None:
    assert contributions(engine, "It broke", None, None).passages == []


def test_very_long_texts_have_longer_passages() -> None:
    text = " ".join(f"Sentence number {number} is here." for number in range(1000))
    found = passages(text)
    assert len(found) <= MOST_PASSAGES
    assert (found[0][0], found[-1][1]) == (0, len(text))
    assert all(end < start for (_, end), (start, _) in zip(found, found[1:], strict=False))


def test_a_label_that_the_model_lacks_is_named(engine: Engine) -> None:
    with pytest.raises(UnexplainedError, match=r"no label '5 stars', it has NEGATIVE, POSITIVE"):
        contributions(engine, TEXT, None, "5 stars")


def test_the_process_answers_on_standard_output(
    tiny_catalog_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--analysis", "sentiment", "--models", str(tiny_catalog_file)]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"text": TEXT})))
    assert command.main(asked) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["label"] in ("NEGATIVE", "POSITIVE")
    assert [len(part) for part in answer["passages"]] == [3, 3, 3]

    asked[1] = "entities"
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"text": TEXT})))
    assert command.main(asked) == 2
    error = capsys.readouterr().err
    assert error.startswith("triage explain: entities gives no probabilities of labels")
    assert TEXT not in error
