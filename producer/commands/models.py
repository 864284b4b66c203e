"""`triage models`: the models that a catalog names: listed, fetched, checked."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from producer.commands.outcome import AsJson
from producer.nodes.requirements import require_worker_extra
from producer.nodes.worker_program import become


class Verb(enum.StrEnum):
    """What to do with models."""

    LIST = "list"
    PULL = "pull"
    CHECK = "check"
    FAMILIES = "families"


def models(
    verb: Annotated[
        Verb,
        typer.Argument(
            help=(
                "list: what is known of them; pull: fetch what is missing; check: load each and "
                "ask it; families: which architectures are computed, and how."
            )
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Analyses, or pairs of languages as translation.en-de; else all of the catalog.",
        ),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(metavar="CATALOG", help="pocket, hub, or a catalog's path."),
    ] = None,
    device: Annotated[
        str | None, typer.Option(metavar="DEVICE", help="For check: cpu, cuda:0 …; else as set.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List, fetch or check the models that the catalog names; or show which families there are.

    Ends with 1 if a model cannot be fetched or used.
    """
    if verb is not Verb.FAMILIES:
        require_worker_extra()
    options = {"--models": models, "--device": device}
    become("workers.inventory", options, {"--json": as_json}, verb.value, *(names or []))
