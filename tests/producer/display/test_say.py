"""Nothing that a user, a file or the database supplies can steer the terminal: not by any command,
and not by what it exports."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer.main
from rich.console import Console
from sqlalchemy import Engine, update

from producer.console import console
from producer.display.table import make_table
from producer.export.files import write_csv, write_json
from schema.control_characters import escape_controls, json_text
from schema.database import writing
from schema.reports import ReportRows
from schema.tables import Run
from tests.support.console import Ended, Triage
from tests.support.ingesting import write_csv as write_feedback
from tests.support.ledger import make_run
from workers.analyze import command as analyze

#: A colour, a title, C1's CSI, DEL, and an override and an isolate that turn writing around.
EVIL = "a\x1b[31m\x1b]0;b\x07\x9b31m\x7f\x00\u202ec\u2066\r"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: Arguments hold no NUL.
ARGUMENT = EVIL.replace("\x00", "")
COMMANDS = typer.main.get_command(console).commands  # type: ignore[attr-defined]
#: Those that stay, or become another program, when nothing is wrong with how they are called.
STARTING = ("worker", "workers", "demo", "flower")


def check(ended: Ended, quoted: bool = True) -> None:
    """All that it said is harmless, and it did quote what it was given."""
    said = ended.out + ended.err
    assert not STEERING.search(said), said
    assert not quoted or "31m" in said, said


def _calls(name: str) -> list[list[str]]:
    """Ways to call a command with something evil."""
    command = COMMANDS[name]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.is_flag]
    positional = [ARGUMENT for _ in arguments]
    calls = [[name, f"--{ARGUMENT}"], [name, *["a"] * 3, ARGUMENT]]
    if name in STARTING:
        options = []
    elif positional:
        calls.append([name, *positional])
    for one in options:
        option = next(opt for opt in one.opts if opt.startswith("--"))
        calls.append([name, *positional, option, ARGUMENT])
    return calls


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_quotes_it_harmlessly(
    name: str,
    sqlite_engine: Engine,
    triage: Triage,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    # Some write to a file of that name.
    monkeypatch.chdir(tmp_path)

    def replace_program(_path: str, command: list[str]) -> None:
        module = import_module(f"{command[2]}.command")
        assert command[1] == "-m"
        sys.exit(module.main(command[3:]))

    make_run(sqlite_engine, ["a"])
    monkeypatch.setattr(os, "execv", replace_program)
    quoting = 0
    for call in _calls(name):
        ended = triage(*call)
        check(ended, quoted=False)
        quoting += "31m" in ended.out + ended.err
    # An option that is unknown is quoted by each; a number that is none, for instance, is not.
    assert quoting > 0


def test_what_is_unknown_is_quoted_harmlessly(triage: Triage) -> None:
    for call in ([ARGUMENT], [f"--{ARGUMENT}"]):
        ended = triage(*call)
        assert ended.code == 2
        check(ended)


def test_the_process_of_analyze_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    assert analyze.main(["--models", ARGUMENT]) == 2
    check(Ended(2, *capfd.readouterr()))


def test_names_that_the_database_supplies(sqlite_engine: Engine, triage: Triage) -> None:
    make_run(sqlite_engine, ["a"])
    with writing(sqlite_engine) as connection:
        connection.execute(update(Run).values(name=ARGUMENT, read=Run.read + 1))
    for call in (["status"], ["verify"], ["verify", "--json"], ["status", "--json"]):
        check(triage(*call))
    assert json.loads(triage("verify", "--json").out)[0]["run"] == ARGUMENT


def test_a_file_and_its_columns(sqlite_engine: Engine, tmp_path: Path, triage: Triage) -> None:
    name = ARGUMENT.replace("/", "")
    path = write_feedback(tmp_path / f"{name}.csv", [(1, "")], f"id,{name}")
    check(triage("ingest", str(path)))
    check(triage("ingest", str(path), "--dry-run", "--text", name))
    check(triage("ingest", str(path), "--run", "r", "--text", name))


def test_exports_write_it_out() -> None:
    kept = "tab\t, line\r\nend \u200f\u0645 👨\u200d👩"
    rows = ReportRows(("text",), iter([(EVIL,), (kept,), (f"\u202e={EVIL}",)]))
    written = io.StringIO(newline="")
    write_csv(rows, written)
    assert not STEERING.sub("", "\r\n").strip() and not STEERING.search(
        written.getvalue().replace("\r", "")
    )
    shown = [row[0] for row in csv.reader(io.StringIO(written.getvalue(), newline=""))][1:]
    escaped = r"a\x1b[31m\x1b]0;b\x07\x9b31m\x7f\x00\u202ec\u2066" + "\r"
    assert shown == [escaped, kept, rf"\u202e={escaped}"]
    written = io.StringIO()
    write_json(ReportRows(("text",), iter([(EVIL,), (kept,)])), written)
    assert not STEERING.search(written.getvalue())
    assert json.loads(written.getvalue()) == [{"text": EVIL}, {"text": kept}]


def test_tables_leave_it_out() -> None:
    file = io.StringIO()
    Console(file=file, width=100).print(make_table(["text"], [(EVIL,)]))
    assert not STEERING.search(file.getvalue())


def test_what_is_escaped_and_what_is_not() -> None:
    assert escape_controls("ü\t\n\r\x85\udcff\u2028") == "ü\t\n\\x0d\\x85\\udcff\u2028"
    value = {EVIL: [EVIL, 1.5, None, "\udcff", "👨\u200d👩"]}
    assert json.loads(json_text(value)) == value
    assert not STEERING.search(json_text(value, indent=2))
