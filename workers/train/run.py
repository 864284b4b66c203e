"""A training from labelled texts to the best of its checkpoints."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
from accelerate import PartialState
from accelerate.utils import set_seed
from transformers import TrainerCallback

from workers.train import work_folder
from workers.train.adapter import merged, with_adapter
from workers.train.base_model import length_of, load_base
from workers.train.checkpoints import history, newest
from workers.train.early_stopping import Validated, best, is_over, validations
from workers.train.fine_tuner import FineTuner, Schedule, arguments_of, padding
from workers.train.material import Material
from workers.train.request import TrainingRequest
from workers.train.serving_folder import save
from workers.train.validation import Validation


@dataclass(frozen=True, slots=True)
class Trained:
    """Attributes: folder: Of the best checkpoint, as it can be served. found: All validations.
    cut: Texts that are longer than what is learned from. max_length: Tokens of that.
    """

    folder: Path
    found: Sequence[Validated]
    cut: int
    max_length: int


def train(
    request: TrainingRequest, material: Material, progress: Callable[[int], TrainerCallback]
) -> Trained:
    """Train, from the newest whole checkpoint on if there is one.

    Args:
        request: What is asked for.
        material: What for.
        progress: Makes what shows the steps, of which there are so many.

    Raises:
        DataError: If the folder of checkpoints is of another training.
        ModelError: If the base cannot be loaded.
    """
    recipe, task, processes = request.recipe, material.task, PartialState().num_processes
    if PartialState().is_main_process:
        work_folder.begin(request.work, material.record)
    PartialState().wait_for_everyone()
    set_seed(recipe.seed)
    model, tokenizer = load_base(material.base, task)
    max_length = length_of(material.base, recipe, model, tokenizer)
    if recipe.class_weights:
        task.weigh(material.learn)
    rows = task.features(material.learn, tokenizer, max_length)
    cut = sum(len(row["input_ids"]) >= max_length for row in rows)
    checkpoint = newest(request.work, processes)
    found = [] if checkpoint is None else validations(history(checkpoint))
    if not is_over(found, recipe.patience):
        tuner = FineTuner(
            with_adapter(model) if recipe.lora else model,
            arguments_of(recipe, str(request.work), request.device, processes),
            datasets.Dataset.from_list(rows),
            padding(tokenizer, task.is_of_tokens),
            task,
        )
        schedule = Schedule.of(len(rows), recipe.batch_size)
        tuner.validate_by(_validation(request, material, tuner), schedule, recipe.patience)
        tuner.add_callback(_Tidying(request.work))
        tuner.add_callback(progress(recipe.epochs * schedule.steps))
        tuner.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
        found = validations(tuner.state.log_history)
    return Trained(_candidate(request.work, best(found).step), found, cut, max_length)


def _candidate(work: Path, step: int) -> Path:
    return work / f"validated-{step}"


def _validation(
    request: TrainingRequest, material: Material, tuner: FineTuner
) -> Callable[[int], float]:
    validation = Validation(request.analysis, material.task, material.validate, request.device)

    def validate(step: int) -> float:
        folder = _candidate(request.work, step)
        unwrapped = tuner.accelerator.unwrap_model(tuner.model)
        save(merged(unwrapped), material.base.checkpoint.tokenizer_folder, folder)
        return validation.score(folder)

    return validate


class _Tidying(TrainerCallback):
    """Deletes what was validated and is not the best, after each checkpoint: not before, since a
    training that is killed goes on from the one before.
    """

    def __init__(self, work: Path) -> None:
        self._work = work

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Keep the best alone."""
        if state.is_world_process_zero and (found := validations(state.log_history)):
            kept = _candidate(self._work, best(found).step)
            for folder in self._work.glob("validated-*"):
                if folder != kept:
                    shutil.rmtree(folder, ignore_errors=True)
