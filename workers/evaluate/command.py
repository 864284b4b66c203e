"""`triage evaluate`: labelled texts in, the field's metrics of a model out, or of two.

Run as `python -m workers.evaluate ANALYSIS --data FILE`, or with `--corrections`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from schema.analyses import BUILT_IN
from schema.catalog import CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.database import DatabaseError
from schema.options import RunOptions
from schema.private_files import be_private
from schema.settings import SettingsError, settings
from workers.calibrate.command import LABELS, Parser, chosen_device
from workers.calibrate.corrections import corrected_examples
from workers.calibrate.examples import Columns, DataError, Example
from workers.errors import WorkerError
from workers.evaluate.labelled_file import read_labelled
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads

if TYPE_CHECKING:
    from workers.evaluate.report import Report

#: Exit codes.
ALL_WELL, CANNOT = 0, 2
_INTERRUPTED = 128 + 2  # SIGINT
#: Wrong examples that are shown, unless --limit says otherwise.
LIMIT = 10
#: Where a row has what a person said, if not in `label`.
_LABELS = LABELS | {"summary": "summary", "translation": "translation", "language": "language"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate what the command line names.

    Returns:
        0, or 2 if it cannot be done.
    """
    be_private()
    asked = _parser().parse_args(arguments)
    try:
        print(escape_controls(_evaluate(asked), keep="\n"))
    except (CatalogError, DatabaseError, DataError, SettingsError, WorkerError) as error:
        # It may quote a path, which must not steer the terminal.
        print(escape_controls(f"triage evaluate: {error}"), file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        return _INTERRUPTED
    return ALL_WELL


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="triage evaluate", description="Find out how good a model is.")
    parser.add_argument("analysis", metavar="ANALYSIS", help=f"{', '.join(BUILT_IN)}, or your own")
    texts = parser.add_mutually_exclusive_group(required=True)
    texts.add_argument("--data", metavar="FILE", help="CSV, JSONL, CoNLL (.conll), SQuAD (.json)")
    texts.add_argument("--corrections", action="store_true", help="what `triage correct` stored")
    parser.add_argument("--text", metavar="COL", default="text", help="the column of the text")
    parser.add_argument("--label", metavar="COL", help="that of what people said")
    parser.add_argument("--language", metavar="LANG", help="of all texts; else found in each")
    parser.add_argument("--translate-to", metavar="LANG", default=RunOptions().translate_to)
    parser.add_argument("--models", metavar="CATALOG", help="pocket, hub, or a catalog's path")
    parser.add_argument("--against", metavar="CATALOG", help="a second one, side by side")
    parser.add_argument("--device", help="cpu, cuda:0, … or auto")
    parser.add_argument("--limit", metavar="N", type=int, default=LIMIT, help="wrong examples")
    parser.add_argument("--show-text", action="store_true", help="with the text of each")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


def _evaluate(asked: argparse.Namespace) -> str:
    """What is printed."""
    names = [asked.models or settings().models, *([asked.against] if asked.against else [])]
    catalogs = [load_catalog(name) for name in names]
    for catalog in catalogs:
        if asked.analysis != "translation":
            catalog.entry(asked.analysis)
    examples = _examples(asked)
    # Here and not above: torch takes seconds, and a mistake on the command line is told at once.
    with importing():
        limit_threads(settings().threads)
        from workers.evaluate.prediction import Request, predict
        from workers.evaluate.report import make_report

    device = chosen_device(asked.device)
    request = Request(asked.analysis, device, asked.language, asked.translate_to)
    predictions = [predict(request, catalog, examples) for catalog in catalogs]
    report: Report = make_report(examples, predictions, names)
    if asked.json:
        return json_text(report.as_json(), indent=2)
    return "\n".join(report.lines(asked.limit, asked.show_text))


def _examples(asked: argparse.Namespace) -> list[Example]:
    if asked.corrections:
        return corrected_examples(settings().database, asked.analysis)
    label = asked.label or _LABELS.get(asked.analysis, "label")
    question = "question" if asked.analysis == "qa" else None
    columns = Columns(asked.text, label, question, may_be_empty=asked.analysis in LABELS)
    return read_labelled(Path(asked.data), asked.analysis, columns)
