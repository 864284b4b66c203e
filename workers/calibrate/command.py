"""`triage calibrate`: labelled texts in, temperature and threshold of a model out.

Run as `python -m workers.calibrate ANALYSIS --data FILE`, or with `--corrections`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from schema.analyses import BUILT_IN, WRITING_ANALYSES
from schema.catalog import CatalogEntry, CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.database import DatabaseError
from schema.interrupts import INTERRUPTED
from schema.private_files import be_private
from schema.settings import SettingsError, settings
from workers.calibrate.corrections import corrected_examples
from workers.calibrate.examples import Columns, DataError, read_examples
from workers.calibrate.fit import Fit, fit, halves_of
from workers.calibrate.keep import (
    catalog_lines,
    content_of,
    coverages_json,
    is_local,
    lines_of,
    write_calibration,
)
from workers.errors import WorkerError
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads

#: Exit codes.
ALL_WELL, CANNOT = 0, 2

#: Where a row has what a person said, if not in `label`.
LABELS = {"entities": "entities", "qa": "answer", "intent": "intents"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate what the command line names.

    Returns:
        0, or 2 if it cannot be done.
    """
    be_private()
    asked = _parser().parse_args(arguments)
    try:
        return _calibrate(asked)
    except (CatalogError, DatabaseError, DataError, SettingsError, WorkerError) as error:
        # It may quote a path, which must not steer the terminal.
        print(escape_controls(f"triage calibrate: {error}"), file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


class Parser(argparse.ArgumentParser):
    """A command line, whose mistakes cannot steer the terminal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, which the message may quote."""
        super().error(escape_controls(message))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="triage calibrate",
        description="Find out how far a model's probabilities can be trusted.",
    )
    parser.add_argument("analysis", metavar="ANALYSIS", help=f"{', '.join(BUILT_IN)}, or your own")
    texts = parser.add_mutually_exclusive_group(required=True)
    texts.add_argument("--data", metavar="FILE", help="labelled texts, CSV or JSONL")
    texts.add_argument("--corrections", action="store_true", help="what `triage correct` stored")
    parser.add_argument("--text", metavar="COL", default="text", help="the column of the text")
    parser.add_argument(
        "--label", metavar="COL", help="that of the label, answer, entities, or intents"
    )
    parser.add_argument(
        "--accuracy", metavar="SHARE", type=share, default=0.9, help="right of what is not unsure"
    )
    parser.add_argument("--models", metavar="CATALOG", help="pocket, hub, or a catalog's path")
    parser.add_argument("--device", help="cpu, cuda:0, … or auto")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


def share(given: str) -> float:
    """Read a share, which has to be between 0 and 1."""
    read = float(given)
    if not 0 < read < 1:
        raise argparse.ArgumentTypeError(f"{given} is not between 0 and 1")
    return read


def _calibrate(asked: argparse.Namespace) -> int:
    if asked.analysis in WRITING_ANALYSES:
        raise DataError(f"{asked.analysis} writes texts, which have no probability to calibrate")
    catalog = load_catalog(asked.models or settings().models)
    entry = catalog.entry(asked.analysis)
    if entry.own_labels is not None:
        # What would be kept beside the model would be known to all who use it, and to no labels.
        raise DataError(
            f"{asked.analysis} sorts into labels of your own: write calibration = {{ threshold = … "
            "} into its table of the catalog; triage evaluate says what that gives"
        )
    if asked.corrections:
        examples = corrected_examples(settings().database, asked.analysis)
    else:
        examples = read_examples(Path(asked.data), _columns(asked))
    # Here and not above: torch takes seconds, and a mistake on the command line is told at once.
    with importing():
        limit_threads(settings().threads)
        from workers.calibrate.run import compare, load_uncalibrated

    analysis = load_uncalibrated(asked.analysis, catalog, chosen_device(asked.device))
    compared = compare(analysis, examples)
    found = fit(compared.sample, halves_of(compared.texts), asked.accuracy)
    (model,) = analysis.provenance()
    content = content_of(found, model.revision, asked.accuracy)
    kept = _keep(asked, entry, analysis.folder, found, content)
    unread = len(examples) - compared.read
    if asked.json:
        said = {"analysis": asked.analysis, "model": entry.model, "texts": compared.read}
        fitted = content | {"unread": unread, "coverages": coverages_json(found)}
        _print(json_text(said | fitted | kept, indent=2))
        return ALL_WELL
    _print(
        f"{asked.analysis}, {entry.model}: {len(compared.texts):,} results of {compared.read:,} "
        f"texts of {asked.data or 'corrections'}"
    )
    if unread:
        _print(f"{unread:,} more could not be read by the model")
    _print("\n".join(lines_of(found, asked.accuracy)))
    if kept["catalog"]:
        _print("nothing is written beside this model; add to a catalog of your own:")
        _print(kept["catalog"])
    if kept["written"]:
        _print(f"written to {kept['written']}")
    return ALL_WELL


def _keep(
    asked: argparse.Namespace,
    entry: CatalogEntry,
    folder: Path,
    found: Fit,
    content: dict[str, object],
) -> dict[str, str | None]:
    """Write what was found, unless that is not wanted; says where, or what the catalog needs."""
    if asked.dry_run:
        return {"written": None, "catalog": None}
    if not is_local(entry, folder):
        return {"written": None, "catalog": catalog_lines(asked.analysis, entry, found)}
    try:
        path = write_calibration(entry, folder, asked.analysis, content)
    except OSError as error:
        raise DataError(f"cannot write into {folder} ({error.strerror})") from None
    return {"written": str(path), "catalog": None}


def _columns(asked: argparse.Namespace) -> Columns:
    label = asked.label or LABELS.get(asked.analysis, "label")
    question = "question" if asked.analysis == "qa" else None
    return Columns(asked.text, label, question, may_be_empty=asked.analysis in LABELS)


def _print(lines: str) -> None:
    """Print what may quote a path, which must not steer the terminal."""
    print(escape_controls(lines, keep="\n"))


def chosen_device(wanted: str | None) -> str:
    """The device of `--device` or of the settings; a GPU if there is one, unless they say so."""
    import torch

    wanted = wanted or settings().device
    if wanted != "auto":
        return wanted
    return "cuda:0" if torch.cuda.is_available() else "cpu"
