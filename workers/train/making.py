"""Making a model: trained, calibrated, measured, with its card, and put where it was asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from accelerate import PartialState
from rich.console import Console

from schema.control_characters import escape_controls, json_text
from workers.train import work_folder
from workers.train.calibrating import calibrate
from workers.train.card import write_card
from workers.train.catalog_table import catalog_table
from workers.train.material import Material
from workers.train.outcome import Outcome, saved
from workers.train.progress import TrainingProgress
from workers.train.quiet import be_quiet
from workers.train.request import TrainingRequest
from workers.train.run import Trained, train
from workers.train.validation import Validation


def make(request: TrainingRequest, material: Material, *, as_json: bool) -> None:
    """Make a model, or go on with one, and print what it has come to.

    Raises:
        DataError: If the output is there already, or is being made otherwise.
        ModelError: If the base cannot be loaded.
    """
    be_quiet()
    state = PartialState()
    if work_folder.trained(request.output, material.record):
        if state.is_main_process:
            work_folder.clean(request.work)
            table = catalog_table(request.analysis, request.output, material.task.options)
            there = {"output": str(request.output), "catalog": table}
            _print([json_text(there, indent=2)] if as_json else saved(request.output, table))
        return
    console = Console(stderr=True, quiet=not state.is_main_process)
    for line in _beginning(request, material):
        console.print(escape_controls(line), highlight=False, markup=False, soft_wrap=True)
    trained = train(
        request,
        material,
        lambda steps: TrainingProgress(steps, material.task.metric, console),
    )
    if state.is_main_process:
        outcome = _finish(request, material, trained)
        _print([json_text(outcome.as_json(), indent=2)] if as_json else outcome.lines())
    state.destroy_process_group()


def _finish(request: TrainingRequest, material: Material, trained: Trained) -> Outcome:
    validation = Validation(request.analysis, material.task, material.validate, request.device)
    calibration = calibrate(validation, trained.folder, request.recipe.accuracy)
    table = catalog_table(request.analysis, request.output, material.task.options)
    report = validation.report(trained.folder)
    outcome = Outcome(request.output, material, trained, report, calibration, table)
    write_card(trained.folder, request, outcome)
    work_folder.finish(trained.folder, request.work, request.output, material.record)
    return outcome


def _beginning(request: TrainingRequest, material: Material) -> Iterable[str]:
    base = material.base
    yield (
        f"{request.analysis} learns from {len(material.learn):,} texts, and is validated with "
        f"{len(material.validate):,} others; base {base.model_name} ({base.checkpoint.revision})"
    )
    if material.merged.repeated:
        yield (
            f"texts that came again: {material.merged.repeated:,}, of them with another label: "
            f"{material.merged.contradicted:,}; the last label counts"
        )
    if request.work.exists():
        yield f"going on with the checkpoints in {request.work}"


def _print(lines: Iterable[str]) -> None:
    """Print what may quote a path, which must not steer the terminal."""
    for line in lines:
        print(escape_controls(line, keep="\n"))
    sys.stdout.flush()
