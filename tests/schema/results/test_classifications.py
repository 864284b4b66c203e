"""Analyses of the user's own share a table, and each finds its own rows alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.analyses import ANALYSES, BUILT_IN, parse_analyses
from schema.catalog import CatalogError, load_catalog
from schema.corrections.draw import draw
from schema.corrections.store import Correction, documents_with_results, store
from schema.corrections.subject import Subject, known_labels, newest_run, reviewable
from schema.database import reading, writing
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.finish import finish
from schema.ledger.forget import Which, forget
from schema.ledger.known import find_known
from schema.questions import Scope
from schema.questions.labels import read_label_agreement
from schema.questions.run_comparison import compare_runs
from schema.reports import ReportOptions, find_report, run_report
from schema.reports.corrected_shares import corrected_shares
from schema.results.base import Label
from schema.results.outcome import Provenance
from schema.status.stored_results import stored_results
from schema.verification import verify
from tests.support.feedback import add_result, add_run
from tests.support.ledger import make_run
from tests.support.two_runs import view_rows
from tests.support.working import claim_all, outcomes

MODEL = Provenance("mine", "714eb0f", {})
TEXTS = ["It burns.", "It is fine.", "It is broken."]
#: By analysis the label of each text.
SAID: dict[str, tuple[str, ...]] = {
    "urgency": ("now", "later", "now"),
    "mood": ("angry", "calm", "angry"),
}


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ANALYSES, "_own", ())
    ANALYSES.add("urgency")
    ANALYSES.add("mood")


def make(engine: Engine, name: str = "run", said: dict[str, tuple[str, ...]] = SAID) -> int:
    run = make_run(engine, TEXTS, [*said], name=name)
    for claimed in claim_all(engine, run):
        made = [
            replace(
                one,
                outcome=[Label(label, 0.75, 1, {label: 0.75})],
                model=MODEL,
                cache_key=f"{claimed.analysis:>14}{place:>2}".encode(),
            )
            for place, (one, label) in enumerate(
                zip(outcomes(engine, claimed), said[claimed.analysis], strict=True)
            )
        ]
        assert finish(engine, claimed, made)
    return run


def test_the_books_balance_and_each_finds_its_own(engine: Engine) -> None:
    run = make(engine)
    assert verify(engine) == []
    key = f"{'urgency':>14}{1:>2}".encode()
    assert [one.label for one in find_known(engine, "urgency", [key])[key]] == ["later"]  # type: ignore[attr-defined]
    key = f"{'mood':>14}{1:>2}".encode()
    assert [one.label for one in find_known(engine, "mood", [key])[key]] == ["calm"]  # type: ignore[attr-defined]
    with reading(engine) as connection:
        found = {one.analysis: one.results[0].label for one in stored_results(connection, 1)}  # type: ignore[attr-defined]
        report = run_report(connection, find_report("labels"), ReportOptions())
        rows = [dict(zip(report.columns, row, strict=True)) for row in report.rows]
    assert found == {"urgency": "now", "mood": "angry"}
    assert {(row["analysis"], row["label"]): row["percent"] for row in rows} == {
        ("urgency", "now"): 66.7,
        ("urgency", "later"): 33.3,
        ("mood", "angry"): 66.7,
        ("mood", "calm"): 33.3,
    }
    current = view_rows(engine, "v_results_current")
    assert sorted(row["analysis"] for row in current) == ["mood"] * 3 + ["urgency"] * 3
    assert {row["run"] for row in view_rows(engine, "v_results_current", run)} == {"run"}


def test_a_newer_run_of_one_leaves_the_other_as_it_is(engine: Engine) -> None:
    make(engine)
    with writing(engine) as connection:
        newer = add_run(connection, "newer", ["urgency"])
        for document in (1, 2, 3):
            add_result(connection, "urgency", newer, document, label="later")
    current = view_rows(engine, "v_results_current")
    assert {(row["analysis"], row["run"]) for row in current} == {
        ("urgency", "newer"),
        ("mood", "run"),
    }
    with reading(engine) as connection:
        found = compare_runs(connection, 1, newer)
    (urgency,) = found.analyses
    flips = [(one.before, one.after, one.share.count) for one in urgency.flips.flips]
    assert (urgency.analysis, flips) == ("urgency", [("now", "later", 2)])


def test_people_label_one_of_them(engine: Engine) -> None:
    run = make(engine)
    subject = Subject(run, "urgency")
    with writing(engine) as connection:
        assert {"urgency", "mood", "sentiment"} <= set(reviewable(connection))
        assert newest_run(connection, "urgency") == run
        assert known_labels(connection, subject) == ("later", "now")
        drawn = draw(connection, subject, 10, 0)
        assert sorted(one.label for one in drawn if one.label) == ["later", "now", "now"]
        assert documents_with_results(connection, subject, [1, 2, 99]) == {1, 2}
        store(connection, subject, [Correction(1, "now", "random")], "me")
        store(connection, subject, [Correction(2, "now", "random")], "me")
    with reading(engine) as connection:
        (agreement,) = read_label_agreement(connection, Scope())
        shares = {row[2]: row[3:7] for row in corrected_shares(connection, None)}
    assert (agreement.analysis, agreement.agree.count, agreement.agree.total) == ("urgency", 1, 2)
    assert agreement.disagreeing == (2,)
    assert shares["now"] == (3, 2, 66.7, 2)


def test_they_are_forgotten_and_deleted(engine: Engine) -> None:
    run = make(engine)
    forgotten = [*forget(engine, Which("external_id", "0"))]
    assert forgotten[-1].rows["classifications"] == 2
    assert verify(engine) == []
    begin_deletion(engine, run)
    deleted = [*delete_run(engine, run)]
    assert deleted[-1].rows["classifications"] == 4
    assert view_rows(engine, "v_results_current") == []


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('[classify]\nmodel = "x"\n', r"write a table for each analysis, .*\[classify\.urgency\]"),
        ('[classify.Urgency]\nmodel = "x"\n', r"small letters"),
        ('[classify.sentiment]\nmodel = "x"\n', r"none of language, sentiment"),
        ("[classify.urgency]\n", r"\[classify\.urgency\] model: Field required|urgency"),
        ('[urgency]\nmodel = "x"\n', r"one of your own is \[classify\.urgency\]"),
        ('[classify.urgency]\nmodel = "x"\nscale = [1, 5]\n', r"only models for sentiment"),
    ],
)
def test_a_catalog_that_cannot_be_used_says_why(lines: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(lines, "utf-8")
    with pytest.raises(CatalogError, match=says):
        load_catalog(str(path))


def test_a_catalog_makes_them_known(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text('[classify.topic_of_mail]\nmodel = "./x"\n[sentiment]\nmodel = "y"\n', "utf-8")
    catalog = load_catalog(str(path))
    assert catalog.served == ("language", "sentiment", "topic_of_mail")
    assert catalog.entry("topic_of_mail").model == str(tmp_path / "x")
    assert parse_analyses("topic_of_mail,sentiment") == ("sentiment", "topic_of_mail")
    assert [*ANALYSES] == [*BUILT_IN, "mood", "topic_of_mail", "urgency"]
