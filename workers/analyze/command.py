"""`triage analyze` and `feedback_triage` ask this process, which has the models: `python -m
workers.analyze`.

Standard input has a request a line: `{"analyses": ["sentiment", …], "options": {…}, "documents":
[{"text": …, "language": …}, …]}`, options as `RunOptions` has them. Standard output has an answer a
line: `{"answers": […]}`, for each document in order its results by analysis, and under `error` the
analyses that failed of it, and where a model was loaded of which something is worth knowing,
`notes`; or `{"error": …}`, a sentence, where nothing can be analysed. It goes on
until the input ends, with what it has loaded in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from schema.catalog import CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.document import About, Document
from schema.interrupts import INTERRUPTED
from schema.options import RunOptions
from schema.private_files import be_private
from schema.results import Abstention, Failure
from schema.settings import SettingsError, settings
from workers.analyze.engines import LoadedEngines
from workers.errors import WorkerError

#: Exit codes.
_WELL, _CANNOT = 0, 2
_READER_GONE = 128 + 13  # as a shell reports SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer requests until the input ends.

    Returns:
        0, or 2 if a setting or the catalog is wrong.
    """
    be_private()
    parser = argparse.ArgumentParser(prog="python -m workers.analyze")
    parser.add_argument("--models", metavar="CATALOG", help="pocket, hub, or a catalog's path")
    parser.add_argument("--device", help="cpu, cuda:0, … or auto")
    asked = parser.parse_args(arguments)
    try:
        config = settings()
        catalog = load_catalog(asked.models or config.models)
        engines = LoadedEngines(catalog, asked.device or config.device, config)
        with _own_output() as answers:
            serve(sys.stdin.buffer, answers, engines)
    except (CatalogError, SettingsError) as error:
        # It may quote a path or an option, which must not steer the terminal.
        print(escape_controls(str(error)), file=sys.stderr)
        return _CANNOT
    except BrokenPipeError:
        return _READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return _WELL


def serve(requests: IO[bytes], answers: IO[bytes], engines: LoadedEngines) -> None:
    """Answer each line of `requests` with a line of `answers`."""
    for line in requests:
        answers.write(json_text(_answered(json.loads(line), engines)).encode() + b"\n")
        answers.flush()


def _own_output() -> IO[bytes]:
    """Standard output for answers alone: what a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _answered(request: Mapping[str, Any], engines: LoadedEngines) -> dict[str, Any]:
    options = RunOptions.model_validate(request["options"])
    documents = [
        Document(number, one["text"], one["language"], about=_about(one.get("about")))
        for number, one in enumerate(request["documents"])
    ]
    try:
        loaded = engines.load(request["analyses"])
        # Here and not above: it imports torch.
        from workers.analyze.run import run_analyses
        from workers.analyze.shown import shown

        done = run_analyses(loaded, documents, options)
    except (CatalogError, WorkerError) as error:
        return {"error": str(error)}
    asked = {
        name: [
            one if isinstance(one, Failure | Abstention) else shown(loaded[name].analysis, one)
            for one in done[name]
        ]
        for name in request["analyses"]
    }
    notes, engines.notes = engines.notes, []
    answered: dict[str, Any] = {"answers": list(_answers(asked, len(documents)))}
    return answered | ({"notes": notes} if notes else {})


def _about(given: Mapping[str, Any] | None) -> About | None:
    return None if given is None else About(**given)


def _answers(done: Mapping[str, Sequence[Any]], documents: int) -> Iterator[dict[str, Any]]:
    for place in range(documents):
        outcomes = {name: of_all[place] for name, of_all in done.items()}
        failures = [
            f"{name}: {outcome.error_class}: {outcome.message}"
            for name, outcome in outcomes.items()
            if isinstance(outcome, Failure)
        ]
        results = {
            name: {"not_analysed": outcome.reason} if isinstance(outcome, Abstention) else outcome
            for name, outcome in outcomes.items()
            if not isinstance(outcome, Failure)
        }
        yield results | ({"error": "; ".join(failures)} if failures else {})
