"""The Trainer of Transformers, validating by the engine that will serve the model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accelerate.utils import broadcast_object_list
from datasets import Dataset
from transformers import (
    DataCollatorWithPadding,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from workers.train.early_stopping import SCORE, is_over, validations
from workers.train.request import Recipe
from workers.train.tasks.task import IGNORED, Task

#: Steps between two checkpoints at the most, each with its validation: so many are done again
#: after a crash.
MOST_STEPS = 500

#: Makes a batch of rows.
Collate = Callable[[list[Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a training validates: at the end of each epoch, and in a long one in between.

    Attributes:
        steps: Of an epoch.
        every: Steps between two validations.
    """

    steps: int
    every: int

    @classmethod
    def of(cls, rows: int, batch_size: int) -> Schedule:
        """That of so many rows."""
        steps = math.ceil(rows / batch_size)
        return cls(steps, math.ceil(steps / math.ceil(steps / MOST_STEPS)))

    def is_due(self, step: int) -> bool:
        """Whether the training validates after a step, counted from 1."""
        in_epoch = (step - 1) % self.steps + 1
        return in_epoch == self.steps or in_epoch % self.every == 0


class _Checkpoints(TrainerCallback):
    """Has the model validated and written when it is due, and ends the training."""

    def __init__(self, schedule: Schedule, patience: int) -> None:
        self._schedule = schedule
        self._patience = patience

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Ask for both."""
        if self._schedule.is_due(state.global_step):
            control.should_evaluate = control.should_save = control.should_log = True

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """End it where it is no longer getting better."""
        if is_over(validations(state.log_history), self._patience):
            control.should_training_stop = True


class FineTuner(Trainer):
    """Trains a model, and validates it by a function of the steps done.

    Args:
        model: With the head of the task, and adapters perhaps.
        arguments: Of Transformers.
        rows: To learn from.
        collate: Makes a batch of rows.
        task: Its loss is taken.
    """

    def __init__(
        self,
        model: Any,
        arguments: TrainingArguments,
        rows: Dataset,
        collate: Collate,
        task: Task,
    ) -> None:
        def loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
            return task.loss(outputs, labels, num_items_in_batch)

        super().__init__(
            model=model,
            args=arguments,
            train_dataset=rows,
            data_collator=collate,
            compute_loss_func=loss,
        )
        # It prints every log.
        self.remove_callback(PrinterCallback)
        self._validate: Callable[[int], float] = lambda step: 0.0

    def validate_by(
        self, validate: Callable[[int], float], schedule: Schedule, patience: int
    ) -> None:
        """Validate by a function, called in the first process alone: others wait."""
        self._validate = validate
        self.add_callback(_Checkpoints(schedule, patience))

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The score of the model as it is now."""
        found: list[Any] = [None]
        if self.is_world_process_zero():
            found = [self._validate(self.state.global_step)]
        broadcast_object_list(found)
        scores = {SCORE: float(found[0])}
        self.log(dict(scores))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, scores
        )
        return scores


def padding(tokenizer: PreTrainedTokenizerBase, is_of_tokens: bool) -> Collate:
    """Makes a batch of rows, padded to the longest.

    Args:
        is_of_tokens: Whether `labels` are of tokens, and padded with these.
    """
    pad = DataCollatorWithPadding(tokenizer)

    def collate(rows: list[Any]) -> dict[str, Any]:
        if is_of_tokens:
            longest = max(len(row["input_ids"]) for row in rows)
            rows = [
                row | {"labels": row["labels"] + [IGNORED] * (longest - len(row["labels"]))}
                for row in rows
            ]
        return dict(pad(rows))

    return collate


def arguments_of(recipe: Recipe, work: str, device: str, processes: int) -> TrainingArguments:
    """The arguments of Transformers.

    Args:
        work: The folder of checkpoints.
        device: `cpu`, or a GPU.
        processes: That train together; each takes its share of a batch.
    """
    arguments = TrainingArguments(
        output_dir=work,
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        per_device_train_batch_size=recipe.batch_size // processes,
        lr_scheduler_type="linear",
        warmup_steps=0.1,
        weight_decay=0.01,
        seed=recipe.seed,
        label_names=["labels"],
        logging_steps=10,
        eval_strategy="no",
        save_strategy="no",
        save_total_limit=1,
        use_cpu=device == "cpu",
        ddp_backend="gloo" if device == "cpu" and processes > 1 else None,
        dataloader_pin_memory=device != "cpu",
        disable_tqdm=True,
        report_to="none",
    )
    if device != "cpu" and processes == 1:
        # Else it would spread each batch over all GPUs by threads: processes do that better.
        arguments._n_gpu = 1
    return arguments
