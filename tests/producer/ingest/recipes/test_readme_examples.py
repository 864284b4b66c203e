"""The README's commands, as they stand there, on a file of each system that has a recipe."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from sqlalchemy import select

from producer.ingest.recipes.find_recipe import built_in_recipes
from schema.database import open_engine, reading
from schema.tables import DocumentRow, Run
from tests.support.console import Triage
from tests.support.exports import EXPORTS, write_export

README = (Path(__file__).parents[4] / "README.md").read_text("utf-8").replace("\\\n", " ")


def example(command: str) -> list[str]:
    """The arguments of a command in a block of the README."""
    (line,) = re.findall(rf"^triage ({command} .*?)(?:  #.*)?$", README, re.MULTILINE)
    return shlex.split(line)


INGEST = example("ingest")
REPORT = example("report")


@pytest.mark.parametrize("name", EXPORTS)
def test_the_examples_run_on_an_export(
    sqlite_url: str, tmp_path: Path, triage: Triage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", sqlite_url)
    monkeypatch.chdir(tmp_path)
    assert triage("init").code == 0
    _, _, _, time, rating = EXPORTS[name][1]
    number = write_export(tmp_path / INGEST[1], name, INGEST[INGEST.index("--product") + 1])
    dry = triage(*INGEST, "--dry-run")
    assert (dry.code, f"read {number}, good {number}, rejected 0" in dry.out) == (0, True), dry.out
    assert f"recipe {name}" in dry.out
    done = triage(*INGEST)
    assert (done.code, f"stored {number}," in done.out) == (0, True), done.out + done.err
    reported = triage(*REPORT)
    assert (reported.code, (tmp_path / REPORT[-1]).is_file()) == (0, True), reported.err
    engine = open_engine(sqlite_url)
    with reading(engine) as connection:
        run = connection.execute(select(Run)).one()
        rows = connection.execute(select(DocumentRow)).all()
    engine.dispose()
    assert (run.read, run.stored, len(rows)) == (number, number, number)
    assert {(row.source, row.product) for row in rows} == {("shop", "sku 0"), ("shop", "sku 1")}
    assert all((row.time is not None) == bool(time) for row in rows)
    assert all((row.rating is not None) == bool(rating) for row in rows)


def test_each_recipe_has_an_export() -> None:
    assert {one.name for one in built_in_recipes()} == set(EXPORTS)
