"""Validating a checkpoint: the engine reads it as it would serve it, and is judged as by
`triage evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schema.catalog import Catalog, CatalogEntry
from workers.calibrate.examples import Example
from workers.evaluate.judging import judge
from workers.evaluate.prediction import Request, predict
from workers.evaluate.report import Report, make_report
from workers.train.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Validation:
    """Texts that the model does not learn from, with what people said.

    Attributes:
        analysis: That is trained.
        examples: Numbered from 1.
        device: `cpu`, or a GPU.
    """

    analysis: str
    task: Task
    examples: Sequence[Example]
    device: str

    def catalog(self, folder: Path) -> Catalog:
        """A catalog of this one model, in float32."""
        options = self.task.options.model_copy(update={"precision": "fp32"})
        entry = CatalogEntry(model=str(folder.resolve()), options=options)
        return Catalog(folder.name, {self.analysis: entry})

    def score(self, folder: Path) -> float:
        """The score that the best checkpoint has the most of; 0 where it can read no text."""
        request = Request(self.analysis, self.device)
        found = predict(request, self.catalog(folder), self.examples)
        read = [one for one in self.examples if one.line in found.results]
        if not read:
            return 0.0
        results = [found.results[one.line] for one in read]
        return judge(found.analysis, read, results).scored.scores()[self.task.metric]

    def report(self, folder: Path) -> Report:
        """All scores with their intervals.

        Raises:
            DataError: If no text can be read.
        """
        request = Request(self.analysis, self.device)
        found = predict(request, self.catalog(folder), self.examples)
        return make_report(self.examples, [found], [folder.name])
