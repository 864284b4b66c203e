"""The demo's examples: short texts with all three results, nothing that a model is unsure of."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from sqlalchemy import Engine

from producer.demo.examples import EXAMPLES, LONGEST, SHORTEST, examples
from schema.database import reading, writing
from tests.support.feedback import add_document, add_result, add_run, add_to_run

#: A text's name, its length, and what is not as in a good one.
Case = tuple[str, int, dict[str, Any]]


def shown(engine: Engine, run_id: int) -> str:
    console = Console(width=LONGEST + 40)
    with console.capture() as captured, reading(engine) as connection:
        console.print(examples(connection, run_id))
    return captured.get()


def test_the_surest_short_texts_with_all_results_are_shown(engine: Engine) -> None:
    good: list[Case] = [(f"good{number}", SHORTEST + 20 * number, {}) for number in range(EXAMPLES)]
    cases: list[Case] = [
        ("short", SHORTEST - 1, {}),
        ("long", LONGEST + 1, {}),
        ("nothing-wanted", SHORTEST, {"answer": ""}),
        ("unsure-answer", SHORTEST, {"answer_unsure": True}),
        ("unsure-polarity", SHORTEST, {"polarity_unsure": True}),
        ("unsure-name", SHORTEST, {"name_unsure": True}),
        ("nameless", SHORTEST, {"named": False}),
        # Less sure than the five others: there is no room for it.
        ("sixth", SHORTEST, {"score": 0.5}),
        *good,
    ]
    with writing(engine) as connection:
        run_id, other = add_run(connection, "demo"), add_run(connection, "other")
        ids = []
        for number, (name, length, change) in enumerate(cases):
            id_ = add_document(connection, number, name.ljust(length, "."))
            ids.append(id_)
            polarity = {"label": "x", "polarity": "negative", "polarity_score": -1.0}
            polarity |= {"unsure": change.get("polarity_unsure", False)}
            add_result(connection, "sentiment", run_id, id_, **polarity)
            answer = {"question": "q", "answer": change.get("answer", f"wants-{name}")}
            answer |= {"unsure": change.get("answer_unsure", False)}
            score = change.get("score", 0.6 + number / 100)
            add_result(connection, "qa", run_id, id_, score=score, **answer)
            add_result(
                connection, "qa", other, id_, score=1.0, question="q", answer="of-another-run"
            )
            if change.get("named", True):
                unsure = change.get("name_unsure", False)
                for ordinal, written in enumerate((f"Acme-{name}", f"Acme-{name}", "Berlin")):
                    values = {"text": written, "type": "ORG", "unsure": unsure}
                    add_result(
                        connection,
                        "entities",
                        run_id,
                        id_,
                        ordinal=ordinal,
                        start=ordinal,
                        **values,
                    )
        add_to_run(connection, run_id, ids)
    out = shown(engine, run_id)
    expected = [
        line
        for name, length, _ in reversed(good)
        for line in (
            ["text", name.ljust(length, ".")],
            ["polarity", "negative"],
            ["wants", f"wants-{name}"],
            ["names", f"Acme-{name}", "(ORG),", "Berlin", "(ORG)"],
        )
    ]
    assert [line.split() for line in out.splitlines() if line.strip()] == expected
