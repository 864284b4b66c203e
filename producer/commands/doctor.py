"""`triage doctor`: whether all is there and set up, a line each, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from producer.commands.outcome import AsJson
from producer.display.say import say
from producer.display.table import plain_text
from producer.doctor.check import Check, Verdict, wrong
from producer.doctor.database_checks import database_checks
from producer.doctor.disk_checks import disk_checks
from producer.doctor.model_checks import model_checks
from producer.doctor.redis_checks import redis_checks
from producer.doctor.sentinel_checks import sentinel_checks
from producer.doctor.worker_checks import worker_checks
from producer.session import open_settings
from schema.control_characters import json_text
from schema.database import DatabaseError, open_engine, reading
from schema.settings import Settings

#: What it ends with when something is wrong.
WRONG = 1
_STYLES = {Verdict.FINE: "green", Verdict.WARNING: "yellow", Verdict.WRONG: "bold red"}
#: Characters of what a check says; a long list of workers is no line any more.
_LIMIT = 1_000


def doctor(
    as_json: AsJson = False,
    hashes: Annotated[
        bool, typer.Option("--hashes", help="Also compare models from the hub with their hashes.")
    ] = False,
) -> None:
    """Check database, Redis, workers, models, disk and clocks: fine, or what to do.

    Ends with 1 if something is wrong.
    """
    config = open_settings()
    found = list(_checks(config, hashes))
    bad = [one for one in found if one.verdict is Verdict.WRONG]
    if as_json:
        checks = [{"about": one.about, "verdict": one.verdict, "said": one.said} for one in found]
        say(json_text({"wrong": len(bad), "checks": checks}, indent=2))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for one in found:
            console.print(_line(one))
    if bad:
        raise typer.Exit(WRONG)


def _checks(config: Settings, hashes: bool) -> Iterator[Check]:
    try:
        engine = open_engine(config.database)
    except DatabaseError as error:
        yield wrong("database", str(error))
    else:
        of_database = list(database_checks(engine))
        yield from of_database
        if len(of_database) > 1 and of_database[-1].about != "database":
            with reading(engine) as connection:
                yield from worker_checks(connection)
    yield from redis_checks(config)
    yield from sentinel_checks(config)
    yield from model_checks(config.models, hashes)
    yield from disk_checks(config)


def _line(one: Check) -> Text:
    verdict = Text(f"{one.verdict:<8}", style=_STYLES[one.verdict])
    return Text.assemble(verdict, plain_text(f"{one.about}: {one.said}", _LIMIT))
