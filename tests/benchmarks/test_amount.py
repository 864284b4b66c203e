"""How much of a section is measured: what there is time for, and in no case nothing."""

from __future__ import annotations

import pytest

from benchmarks.engine.measuring.amount import Contestant, affordable, amount
from benchmarks.engine.variants.transformers_pipelines import BASELINE, SORTED
from benchmarks.engine.workload import WORKS, Variant

#: Seconds a document, of a machine on which all of them take 10 seconds for one.
EACH = {BASELINE: 3.0, "transformers one": 4.0, SORTED: 3.0, "engine fp32": 1.0, "others": 2.0}


def contestants(quicker: float = 1.0) -> list[Contestant]:
    return [
        Contestant(
            Variant(name, "fp32", lambda: list, share=0.25 if "one" in name else 1.0),
            list,
            each / quicker,
        )
        for name, each in EACH.items()
    ]


@pytest.mark.parametrize(
    ("section", "seconds", "expected"),
    [
        ("sentiment", 10_000.0, (328, 3)),
        ("sentiment", 1_900.0, (88, 2)),
        ("sentiment", 1_000.0, (96, 1)),
        ("sentiment", 120.0, (8, 1)),
        ("sentiment", 0.0, (8, 1)),
        ("translation", 1_000.0, (32, 3)),
        ("translation", 60.0, (6, 1)),
        ("translation", -30.0, (4, 1)),
        ("summary-beam", 30.0, (3, 1)),
        ("summary-beam", 0.0, (2, 1)),
        ("summary-beam", 1e9, (4096, 3)),
    ],
)
def test_as_many_documents_and_rounds_as_there_is_time_for(
    section: str, seconds: float, expected: tuple[int, int]
) -> None:
    assert amount(WORKS[section], contestants(), seconds, 0, 0) == expected


def test_what_somebody_asks_for_holds() -> None:
    assert amount(WORKS["summary"], contestants(), 0.0, 96, 2) == (96, 2)
    assert amount(WORKS["summary"], contestants(), 200.0, 0, 2) == (8, 2)


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        (1000.0, [*EACH]),
        # Four documents: the three of Transformers would take 16 seconds of them.
        (28.0, [BASELINE, "transformers one", "engine fp32", "others"]),
        (27.0, [BASELINE, "transformers one", "engine fp32"]),
        (19.0, [BASELINE, "engine fp32"]),
        (0.0, [BASELINE, "engine fp32"]),
    ],
)
def test_the_slowest_are_left_out_until_the_fewest_documents_fit(
    seconds: float, kept: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = affordable(WORKS["translation"], contestants(), 0, seconds)
    assert [one.variant.name for one in chosen] == kept
    said = capsys.readouterr().out
    for name in EACH:
        assert (f"left out: {name}: " in said) == (name not in kept)
    assert "others" in kept or "4 documents take it 8 seconds; --only translation" in said
