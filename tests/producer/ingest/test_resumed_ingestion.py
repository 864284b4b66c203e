"""An ingestion that is stopped at any row, and resumed: every row of its inputs counts once."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from producer.ingest import Counts, ingest, make_plan
from producer.ingest.readers.input import Input
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream
from schema.database import writing
from schema.settings import read_settings
from schema.tables import Run, RunInput
from tests.support.console import Triage
from tests.support.ingesting import check_run, counted, run_ingest, write_csv

pytestmark = pytest.mark.slow

_names = itertools.count()


def _stopped(one: Input, rows_left: Iterator[int]) -> Input:
    """The input, whose reader is interrupted by Ctrl-C when no rows are left."""

    def stopping(rows: Iterator[Row | Reject]) -> Iterator[Row | Reject]:
        for row in rows:
            if next(rows_left, None) is None:
                raise KeyboardInterrupt
            yield row

    @contextmanager
    def opened(open_: Callable[[], AbstractContextManager[RowStream]]) -> Iterator[RowStream]:
        with open_() as stream:
            yield replace(stream, rows=stopping(stream.rows))

    # Not checkable: it would be interrupted while it is only looked at.
    return replace(one, open=lambda: opened(one.open), checkable=False)


def _stop_at(engine: Engine, paths: list[Path], row: int, block_size: int, **asked: Any) -> None:
    config = read_settings().model_copy(update={"block_size": block_size})
    plan = make_plan(config, [str(path) for path in paths], **asked)
    rows_left = iter(range(row))
    plan = replace(plan, inputs=tuple(_stopped(one, rows_left) for one in plan.inputs))
    with pytest.raises(KeyboardInterrupt):
        ingest(engine, config, plan)


def _files(folder: Path) -> tuple[list[Path], int]:
    """Two files with good, bad and doubled rows, one id with two texts, and a blank line."""
    first = [(n % 23, f"text {n % 23}" if n % 5 else "") for n in range(30)] + [(1, "another")]
    second = [(n, f"text {n}" if n % 4 else " ") for n in range(20, 40)]
    paths = [write_csv(folder / "a.csv", first), write_csv(folder / "b.csv", second)]
    with paths[1].open("a") as file:
        file.write("\n41,too,many\n42,last\n")
    return paths, len(first) + len(second) + 2


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_stopped_at_any_row_any_number_of_times(
    sqlite_engine: Engine, tmp_path: Path, data: st.DataObject
) -> None:
    paths, rows = _files(tmp_path)
    # Documents of their own, so that no example meets those of another.
    name = f"r{next(_names)}"
    asked: dict[str, Any] = {"run": name, "source": name, "analyses": "qa"}
    sizes = st.sampled_from([1, 4, 9, 20, rows + 1])
    for _ in range(data.draw(st.integers(1, 4))):
        row, size = data.draw(st.integers(0, rows - 1)), data.draw(sizes)
        if data.draw(st.booleans()):
            run_ingest(sqlite_engine, *paths, limit=row + 1, block_size=size, **asked)
        else:
            _stop_at(sqlite_engine, paths, row, size, **asked)
    done = run_ingest(sqlite_engine, *paths, block_size=data.draw(sizes), **asked)
    whole = run_ingest(sqlite_engine, *paths, **asked | {"run": f"w{name}", "source": f"w{name}"})
    assert done.counts.read == whole.counts.read == rows
    assert counted(sqlite_engine, name) == counted(sqlite_engine, f"w{name}")
    assert counted(sqlite_engine, name)[0] == rows
    check_run(sqlite_engine, name)
    lines = done.rejects.read_text("utf-8").replace(f"'{name}'", f"'w{name}'")
    assert sorted(lines.splitlines()) == sorted(whole.rejects.read_text("utf-8").splitlines())
    assert len(lines.splitlines()) == counted(sqlite_engine, name)[3]


def test_the_case_of_an_interrupted_file(engine: Engine, tmp_path: Path) -> None:
    rows = [(n, "" if n % 1_000 == 7 else f"text {n}") for n in range(2_000)]
    path = write_csv(tmp_path / "a.csv", rows)
    _stop_at(engine, [path], 1_500, 100, run="r", analyses="qa")
    assert counted(engine, "r") == (1_500, 1_498, 0, 2)
    done = run_ingest(engine, path, run="r", analyses="qa", block_size=300)
    assert done.counts == Counts(stored=500, before=1_500, rejected_before=2)
    assert counted(engine, "r") == (2_000, 1_998, 0, 2)
    check_run(engine, "r")


def test_another_file_of_the_same_name_is_another_input(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "a"), (2, ""), (1, "a")])
    run_ingest(engine, path, run="r")
    write_csv(path, [(3, "c"), (4, ""), (1, "a")])
    assert run_ingest(engine, path, run="r").counts == Counts(stored=1, duplicate=1, rejected=1)
    assert counted(engine, "r") == (6, 2, 2, 2)
    check_run(engine, "r")


def test_from_elsewhere_nothing_counts_twice(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(tmp_path / "a.csv", [(1, "a"), (2, "")])
    monkeypatch.chdir(tmp_path)
    run_ingest(sqlite_engine, "a.csv", run="r")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    monkeypatch.setenv("TRIAGE_REJECTS", ".")
    done = run_ingest(sqlite_engine, "../a.csv", run="r")
    assert done.counts == Counts(before=2, rejected_before=1)
    assert counted(sqlite_engine, "r") == (2, 1, 0, 1)
    # It lies where this command says that it does.
    assert len(done.rejects.resolve().read_text("utf-8").splitlines()) == 1


def test_rows_of_a_select_count_once(sqlite_engine: Engine, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE reviews (id, text)")
        shop.executemany("INSERT INTO reviews VALUES (?, ?)", [(1, "a"), (2, None), (1, "a")])
    select = f"sql:sqlite:///{tmp_path / 'shop.db'} SELECT * FROM reviews ORDER BY rowid"
    run_ingest(sqlite_engine, select, run="r", limit=2)
    assert run_ingest(sqlite_engine, select, run="r").counts == Counts(
        duplicate=1, before=2, rejected_before=1
    )
    assert counted(sqlite_engine, "r") == (3, 1, 1, 1)
    check_run(sqlite_engine, "r")


def test_verify_sees_a_row_that_counts_twice(
    engine: Engine, tmp_path: Path, triage: Triage
) -> None:
    run_ingest(engine, write_csv(tmp_path / "a.csv", [(1, "a"), (2, "")]), run="r")
    with writing(engine) as connection:
        connection.execute(update(Run).values(read=Run.read + 1, rejected=Run.rejected + 1))
    ended = triage("verify")
    assert ended.code == 1
    assert "  run r: read 3 is not the 2 rows of the inputs\n" in ended.out
    with writing(engine) as connection:
        connection.execute(update(RunInput).values(again=1))
    ended = triage("verify")
    assert "rows of the inputs" not in ended.out
    # Its file knows better.
    assert "  run r: rejected 2 is not the 1 lines of the rejects file\n" in ended.out
