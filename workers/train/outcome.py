"""What a training has come to, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.evaluate.report import Report
from workers.train.material import Material
from workers.train.run import Trained


@dataclass(frozen=True, slots=True)
class Outcome:
    """A model that was trained.

    Attributes:
        output: The folder of the model.
        trained: Its validations while it learned.
        report: Of the best checkpoint, calibrated.
        calibration: What was found, as a sentence.
        table: For a catalog, as TOML.
    """

    output: Path
    material: Material
    trained: Trained
    report: Report
    calibration: str
    table: str

    @property
    def steps(self) -> int:
        """Of the best checkpoint."""
        return max(self.trained.found, key=lambda one: (one.score, -one.step)).step

    @property
    def labels(self) -> Sequence[tuple[str, int, int]]:
        """Each label with its texts to learn from and to validate with."""
        task = self.material.task
        learn, validate = (
            Counter(label for one in part for label in task.labels_of(one))
            for part in (self.material.learn, self.material.validate)
        )
        return [(name, learn[name], validate[name]) for name in task.names]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "output": str(self.output),
            "analysis": self.material.record["analysis"],
            "learned_from": len(self.material.learn),
            "validated_with": len(self.material.validate),
            "cut": self.trained.cut,
            "labels": [
                {"label": name, "learned_from": one, "validated_with": other}
                for name, one, other in self.labels
            ],
            "best_step": self.steps,
            "validations": [one._asdict() for one in self.trained.found],
            "scores": self.report.as_json()["scores"],
            "calibration": self.calibration,
            "catalog": self.table,
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"the best checkpoint is that of step {self.steps:,}; of the texts for validation:"
        for one in self.report.scores:
            low, high = one.interval
            yield f"  {one.name}: {one.value:.3f} ({low:.3f} … {high:.3f})"
        yield f"calibration: {self.calibration}"
        yield from saved(self.output, self.table)


def saved(output: Path, table: str) -> Iterator[str]:
    """Where the model is, and what a catalog needs to serve it."""
    yield f"saved in {output}; nothing serves it until the catalog that TRIAGE_MODELS names says:"
    yield ""
    yield table
