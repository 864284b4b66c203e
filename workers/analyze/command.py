"""`triage analyze`: JSON Lines in, JSON Lines out, through the workers' engine in this process.

Run as `python -m workers.analyze PATH`. Standard output carries results and nothing else.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError

from schema.analyses import UnknownAnalysisError, parse_analyses
from schema.catalog import Catalog, CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.options import RunOptions
from schema.private_files import be_private
from schema.results import Abstention, Failure, results_json
from schema.results.language import LanguageRow
from schema.settings import SettingsError, settings
from workers.analyze.lines import Line, read_lines
from workers.errors import WorkerError
from workers.runtime.threads import limit_threads

if TYPE_CHECKING:
    from workers.engine.document_state import Conclusion
    from workers.engine.engine import Engine

#: Lines that are analysed together: enough to fill batches, few enough to see results come.
BLOCK = 128

#: The analysis that finds the language of a text.
LANGUAGE = LanguageRow.analysis
#: Analyses whose results say nothing to a person: only by name.
NOT_TO_READ = ("embedding",)
#: Exit codes.
ALL_WELL, SOME_FAILED, CANNOT = 0, 1, 2
_READER_GONE = 128 + 13  # as a shell reports SIGPIPE
_INTERRUPTED = 128 + 2  # SIGINT


class InputError(Exception):
    """The input cannot be read. One sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Analyse what the command line names.

    Returns:
        0, or 1 if the line of a document is an error, or 2 if nothing can be analysed.
    """
    be_private()
    asked = _parser().parse_args(arguments)
    try:
        return _analyze(asked)
    except (CatalogError, InputError, SettingsError, UnknownAnalysisError, WorkerError) as error:
        # It may quote a path or an option, which must not steer the terminal.
        print(escape_controls(f"triage analyze: {error}"), file=sys.stderr)
        return CANNOT
    except BrokenPipeError:
        # Whatever is still buffered has nowhere to go when the interpreter flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except KeyboardInterrupt:
        return _INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, which the message may quote."""
        super().error(escape_controls(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="triage analyze", description="Try models on a few texts: JSONL in, JSONL out."
    )
    parser.add_argument("path", help='JSONL with "id" and "text"; - reads from a pipe')
    parser.add_argument("--analyses", metavar="A,B", help="only these, separated by commas")
    parser.add_argument("--question", action="append", help="for qa; may be repeated")
    parser.add_argument("--translate-to", metavar="LANG", help="for translation, e.g. de")
    parser.add_argument("--models", metavar="CATALOG", help="pocket, hub, or a catalog's path")
    parser.add_argument("--device", help="cpu, cuda:0, … or auto")
    return parser


def _analyze(asked: argparse.Namespace) -> int:
    options = _options(asked)
    catalog = load_catalog(asked.models or settings().models)
    analyses = _analyses(asked.analyses, catalog)
    with _open(asked.path) as source:
        # Of a line without a language it is found, as in a run.
        loaded = analyses if LANGUAGE in analyses else (*_language_of(catalog), *analyses)
        engines = _engines(loaded, catalog, asked.device or settings().device)
        lines = read_lines(source, settings().text_limit)
        exit_code = ALL_WELL
        while block := _next_block(lines, asked.path):
            for answer in _answers(block, analyses, engines, options):
                if "error" in answer:
                    exit_code = SOME_FAILED
                _print(answer)
            sys.stdout.flush()
    return exit_code


def _options(asked: argparse.Namespace) -> RunOptions:
    given = {"questions": asked.question, "translate_to": asked.translate_to}
    try:
        return RunOptions(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        option = {"questions": "--question", "translate_to": "--translate-to"}[str(fault["loc"][0])]
        raise InputError(f"{option}: {fault['msg']}") from None


def _analyses(names: str | None, catalog: Catalog) -> tuple[str, ...]:
    if names is not None:
        return parse_analyses(names)
    if not catalog.served:
        raise CatalogError(f"catalog {catalog.name!r} has no model for any analysis")
    return tuple(name for name in catalog.served if name not in NOT_TO_READ)


def _language_of(catalog: Catalog) -> tuple[str, ...]:
    return (LANGUAGE,) if LANGUAGE in catalog.served else ()


def _open(path: str) -> AbstractContextManager[IO[bytes]]:
    if path == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file, or write to the pipe")
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None


def _engines(analyses: Sequence[str], catalog: Catalog, device: str) -> dict[str, Engine]:
    limit_threads(settings().threads)
    # Here and not above: torch takes seconds, and a mistake on the command line is told at once.
    import torch

    from workers.engine.engine import Engine
    from workers.engine.sharing import share_encoders
    from workers.models.budget import model_budget
    from workers.models.registry import ModelRegistry

    if device == "auto":
        device = "cuda:0" if torch.cuda.is_available() else "cpu"
    models = ModelRegistry(model_budget(settings().model_memory, device, processes=1))
    engines = {name: Engine(_analysis(name, catalog, device, models)) for name in analyses}
    share_encoders(engines)
    return engines


def _analysis(name: str, catalog: Catalog, device: str, models: Any) -> Any:
    """An analysis, also one of whose answers nobody can tell what they mean: how they turn out on
    some texts says it. A run would refuse it.
    """
    from workers.analyses import try_analysis

    analysis = try_analysis(name, catalog, device, models)
    if analysis.unclear is not None:
        told = f"triage analyze: {name} has labels and scores alone: {analysis.unclear}"
        print(escape_controls(told), file=sys.stderr)
    return analysis


def _next_block(lines: Iterator[Line], path: str) -> list[Line]:
    try:
        return list(islice(lines, BLOCK))
    except OSError as error:
        raise InputError(f"cannot read on in {path}: {error.strerror}") from None


def _answers(
    block: Sequence[Line],
    asked: Sequence[str],
    engines: Mapping[str, Engine],
    options: RunOptions,
) -> Iterator[dict[str, Any]]:
    """What is printed for each line, in order: of the analyses that were asked for."""
    from workers.analyze.run import run_analyses

    documents = [line.document for line in block if line.document is not None]
    done = run_analyses(engines, documents, options)
    outcomes = {name: iter(done[name]) for name in asked}
    for line in block:
        if line.document is None:
            yield {"id": line.id, "error": line.error}
        else:
            of_line = {name: next(outcome) for name, outcome in outcomes.items()}
            yield {"id": line.id} | _answer(of_line)


def _answer(outcomes: Mapping[str, Conclusion]) -> dict[str, Any]:
    failures = [
        f"{name}: {outcome.error_class}: {outcome.message}"
        for name, outcome in outcomes.items()
        if isinstance(outcome, Failure)
    ]
    if failures:
        return {"error": "; ".join(failures)}
    return {
        name: {"not_analysed": outcome.reason}
        if isinstance(outcome, Abstention)
        else results_json(name, outcome)
        for name, outcome in outcomes.items()
        if not isinstance(outcome, Failure)
    }


def _print(answer: dict[str, Any]) -> None:
    # An id may hold half a surrogate pair, which UTF-8 cannot say and a JSON escape can.
    line = json_text(answer).encode("utf-8", "backslashreplace")
    sys.stdout.buffer.write(line + b"\n")
