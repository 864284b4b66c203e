"""The demo's examples: short English texts of the run, with both results."""

from __future__ import annotations

from rich.console import Console
from sqlalchemy import Engine

from producer.demo.examples import EXAMPLES, LONGEST, SHORTEST, examples
from schema.database import reading, writing
from tests.support.feedback import add_document, add_result, add_run, add_to_run


def shown(engine: Engine, run_id: int) -> str:
    console = Console(width=80)
    with console.capture() as captured, reading(engine) as connection:
        console.print(examples(connection, run_id))
    return captured.get()


def test_only_short_english_texts_with_both_results_in_the_order_of_the_run(engine: Engine) -> None:
    cases = (
        ("German", "de", SHORTEST, True),
        ("short", "en", SHORTEST - 1, True),
        ("long", "en", LONGEST + 1, True),
        ("alone", "en", SHORTEST, False),
        *((f"good{number}", "en", SHORTEST + 20 * number, True) for number in range(EXAMPLES + 1)),
    )
    with writing(engine) as connection:
        run_id, other = add_run(connection, "demo"), add_run(connection, "other")
        ids = []
        for number, (name, language, length, both) in enumerate(cases):
            id_ = add_document(connection, number, name.ljust(length, "."), language=language)
            ids.append(id_)
            add_result(connection, "summary", run_id, id_, summary=f"s-{name}")
            add_result(connection, "summary", other, id_, summary="of another run")
            if both:
                values = {"language": "de", "translation": f"[b]t-{name}"}
                add_result(connection, "translation", run_id, id_, **values)
        # Last in the file, first in the run.
        add_to_run(connection, run_id, ids[::-1])
    out = shown(engine, run_id)
    lines = [line.split() for line in out.splitlines() if line.startswith(("summary", "German"))]
    names = [f"good{number}" for number in reversed(range(1, EXAMPLES + 1))]
    assert lines == [
        line for name in names for line in (["summary", f"s-{name}"], ["German", f"[b]t-{name}"])
    ]
    assert out.count("text ") == EXAMPLES
