"""`triage train`: labelled texts in, a checkpoint of a model out.

Run as `python -m workers.train ANALYSIS --data FILE --output FOLDER`, or on several processes or
GPUs as `accelerate launch -m workers.train ANALYSIS …`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from schema.analyses import ANALYSES, BUILT_IN
from schema.catalog import CatalogError, load_catalog
from schema.control_characters import escape_controls
from schema.database import DatabaseError
from schema.interrupts import INTERRUPTED
from schema.private_files import be_private
from schema.settings import SettingsError, settings
from workers.calibrate.command import LABELS, Parser, chosen_device, share
from workers.calibrate.examples import Columns, DataError
from workers.errors import WorkerError
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads
from workers.train.extra import require_train_extra
from workers.train.request import FULL_RATE, LORA_RATE, Recipe, TrainingRequest
from workers.train.sources import GivenTexts, read_corrections, read_file
from workers.train.trainable import check_trainable

#: Exit codes.
ALL_WELL, CANNOT = 0, 2
#: Of the labelled texts, those to validate with.
SHARE = "0.2"
#: The recipe where nothing else is said.
USUAL = Recipe()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what the command line names.

    Returns:
        0, or 2 if it cannot be done.
    """
    be_private()
    asked = _parser().parse_args(arguments)
    try:
        require_train_extra()
        _train(asked)
    except (CatalogError, DatabaseError, DataError, SettingsError, WorkerError) as error:
        if is_first():
            # It may quote a path, which must not steer the terminal.
            print(escape_controls(f"triage train: {error}"), file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("interrupted; the same command goes on", file=sys.stderr)
        return INTERRUPTED
    return ALL_WELL


def is_first() -> bool:
    """Whether this process is the one that speaks, of those that train together."""
    return os.environ.get("RANK", "0") == "0"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="triage train", description="Train a model on labelled texts.")
    known = "sentiment, intent, entities, qa, or your own"
    parser.add_argument("analysis", metavar="ANALYSIS", help=known)
    parser.add_argument("--data", metavar="FILE", help="CSV, JSONL, CoNLL (.conll), SQuAD (.json)")
    parser.add_argument("--corrections", action="store_true", help="what `triage correct` stored")
    parser.add_argument("--output", metavar="FOLDER", required=True, help="for the model")
    parser.add_argument("--base", default="pocket", help="pocket, a folder, ANALYSIS, a hub model")
    parser.add_argument("--models", metavar="CATALOG", help="of the ANALYSIS that is the base")
    parser.add_argument("--text", metavar="COL", default="text", help="the column of the text")
    parser.add_argument("--label", metavar="COL", help="that of what people said")
    parser.add_argument("--labels", metavar="A,B,…", help="the only labels that there may be")
    parser.add_argument("--validation", metavar="FILE|SHARE", default=SHARE, help="to validate")
    parser.add_argument("--lora", action="store_true", help="train adapters, and merge them")
    parser.add_argument("--epochs", metavar="N", type=_count, default=USUAL.epochs)
    parser.add_argument("--learning-rate", metavar="X", type=share)
    parser.add_argument("--batch-size", metavar="N", type=_count, default=USUAL.batch_size)
    parser.add_argument("--max-length", metavar="TOKENS", type=_count)
    parser.add_argument("--patience", metavar="N", type=_count, default=USUAL.patience)
    parser.add_argument("--no-class-weights", action="store_true", help="rare ones weigh the same")
    parser.add_argument("--accuracy", metavar="SHARE", type=share, default=0.9)
    parser.add_argument("--seed", metavar="N", type=int, default=USUAL.seed)
    parser.add_argument("--device", help="cpu, cuda:0, … or auto")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


def _count(given: str) -> int:
    read = int(given)
    if read < 1:
        raise argparse.ArgumentTypeError(f"{given} is not 1 or more")
    return read


def _train(asked: argparse.Namespace) -> None:
    check_trainable(asked.analysis)
    if asked.analysis not in BUILT_IN:
        ANALYSES.add(asked.analysis)
    catalog = load_catalog(asked.models or settings().models)
    given = _given(asked)
    # Here and not above: torch takes seconds, and a mistake in a file is told at once.
    with importing():
        limit_threads(settings().threads)
        from workers.train.making import make
        from workers.train.material import make_material

    request = TrainingRequest(
        asked.analysis, Path(asked.output), _recipe(asked), chosen_device(asked.device)
    )
    material = make_material(given, request, asked.base, catalog)
    make(request, material, as_json=asked.json)


def _given(asked: argparse.Namespace) -> GivenTexts:
    label = asked.label or LABELS.get(asked.analysis, "label")
    question = "question" if asked.analysis == "qa" else None
    columns = Columns(asked.text, label, question, may_be_empty=asked.analysis in LABELS)
    sources = [read_file(Path(asked.data), asked.analysis, columns)] if asked.data else []
    if asked.corrections:
        sources.append(read_corrections(settings().database, asked.analysis))
    if not sources:
        raise DataError("say where the labelled texts are: --data FILE, --corrections, or both")
    share = read_share(asked.validation)
    validation = None
    if share is None:
        validation = read_file(Path(asked.validation), asked.analysis, columns)
    allowed = tuple(one.strip() for one in (asked.labels or "").split(",") if one.strip())
    return GivenTexts(sources, share, validation, allowed)


def read_share(given: str) -> float | None:
    """The share that `--validation` names; None for a file.

    Raises:
        DataError: If it is a number, and none between 0 and 1.
    """
    try:
        read = float(given)
    except ValueError:
        return None
    if not 0 < read < 1:
        raise DataError(f"--validation {given}: give a share between 0 and 1, or a file")
    return read


def _recipe(asked: argparse.Namespace) -> Recipe:
    rate = asked.learning_rate or (LORA_RATE if asked.lora else FULL_RATE)
    return Recipe(
        epochs=asked.epochs,
        learning_rate=rate,
        batch_size=asked.batch_size,
        max_length=asked.max_length,
        seed=asked.seed,
        patience=asked.patience,
        lora=asked.lora,
        class_weights=not asked.no_class_weights,
        accuracy=asked.accuracy,
    )
