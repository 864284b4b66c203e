"""Progress of a training: a bar where somebody watches, else a line for each validation."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import TrainerCallback

from workers.train.early_stopping import SCORE


class TrainingProgress(TrainerCallback):
    """Shows steps, loss and scores on standard error; no text of a customer is among them.

    Args:
        steps: That there are at the most.
        metric: What the score is.
        console: Where to draw.
    """

    def __init__(self, steps: int, metric: str, console: Console) -> None:
        self._metric = metric
        self._console = console
        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=32),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f} steps"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            disable=not console.is_interactive,
        )
        self._task = self._bar.add_task("training", total=steps, note="")
        self._loss = ""

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Draw the bar, from where the training goes on."""
        if state.is_world_process_zero:
            self._bar.start()
            self._bar.update(self._task, completed=state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A step more."""
        self._bar.update(self._task, completed=state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Show the loss; and the score of a validation on a line of its own."""
        if not state.is_world_process_zero or logs is None:
            return
        if "loss" in logs:
            self._loss = f"loss {logs['loss']:.3f}"
            self._bar.update(self._task, note=self._loss)
        if SCORE in logs:
            self._console.print(
                f"step {state.global_step:,} of {state.max_steps:,}, epoch {state.epoch:.1f}: "
                f"{self._loss}, {self._metric} {logs[SCORE]:.3f}",
                highlight=False,
                soft_wrap=True,
            )

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()
