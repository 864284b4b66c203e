"""`triage models`: what a catalog names, listed, fetched, or loaded and asked.

Run as `python -m workers.inventory list|pull|check|families [NAME …]`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from schema.catalog import CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.interrupts import INTERRUPTED
from schema.private_files import be_private
from schema.settings import SettingsError, settings
from workers.calibrate.command import Parser
from workers.errors import WorkerError
from workers.inventory.families_table import families_json, families_lines
from workers.inventory.named_model import NamedModel, named_models

#: Exit codes: something is wrong with a model; the command line or the catalog is.
ALL_WELL, WRONG, CANNOT = 0, 1, 2
_READER_GONE = 128 + 13  # as a shell reports SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns:
        0; 1 if a model cannot be fetched or used; 2 if there is no such catalog, or model in it.
    """
    be_private()
    asked = _parser().parse_intermixed_args(arguments)
    try:
        return _VERBS[asked.verb](asked)
    except (CatalogError, SettingsError, WorkerError) as error:
        # It may quote a path, which must not steer the terminal.
        print(escape_controls(f"triage models: {error}"), file=sys.stderr)
        return CANNOT
    except BrokenPipeError:
        return _READER_GONE
    except KeyboardInterrupt:
        print("interrupted; the same command goes on", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="triage models", description="The models of a catalog.")
    parser.add_argument("verb", choices=sorted(_VERBS), help="what to do")
    parser.add_argument("names", metavar="NAME", nargs="*", help="analyses, or translation.en-de")
    parser.add_argument("--models", metavar="CATALOG", help="pocket, hub, or a catalog's path")
    parser.add_argument("--device", help="cpu, cuda:0, … or auto")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


def _named(asked: argparse.Namespace) -> list[NamedModel]:
    return named_models(load_catalog(asked.models or settings().models), asked.names)


def _list(asked: argparse.Namespace) -> int:
    from workers.inventory.facts import facts_of
    from workers.inventory.listing import lines_of

    every = [facts_of(named) for named in _named(asked)]
    if asked.json:
        _print(json_text([one.as_json() for one in every], indent=2))
    else:
        _print("\n".join(line for one in every for line in lines_of(one)))
    return ALL_WELL


def _pull(asked: argparse.Namespace) -> int:
    from workers.inventory.pulling import pull

    done = []
    for named in _named(asked):
        one = pull(named, lambda said: print(escape_controls(said), file=sys.stderr, flush=True))
        if not asked.json:
            _print(f"{one.name}: {one.said}")
        done.append(one)
    if asked.json:
        _print(json_text([one.as_json() for one in done], indent=2))
    return WRONG if any(one.status == "failed" for one in done) else ALL_WELL


def _check(asked: argparse.Namespace) -> int:
    every = _named(asked)
    from workers.inventory.checking import Checker

    checker = Checker(asked.device)
    done = []
    for named in every:
        one = checker.check(named)
        if not asked.json:
            _print(one.line())
        done.append(one)
    if asked.json:
        _print(json_text([one.as_json() for one in done], indent=2))
    return ALL_WELL if all(one.fine for one in done) else WRONG


def _families(asked: argparse.Namespace) -> int:
    if asked.names:
        raise CatalogError("`triage models families` takes no names: it is the same for all")
    _print(json_text(families_json(), indent=2) if asked.json else "\n".join(families_lines()))
    return ALL_WELL


_VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "pull": _pull,
    "check": _check,
    "families": _families,
}


def _print(lines: str) -> None:
    print(escape_controls(lines, keep="\n"), flush=True)
