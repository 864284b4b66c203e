"""An analysis that finds stretches of the text, with offsets in characters of the original."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from workers.analysis import Window
from workers.classification.calibrated import CalibratedAnalysis
from workers.classification.scores import check_numbers
from workers.encoders.interface import Floats
from workers.errors import ModelError
from workers.models.registry import ModelRegistry


class SpanAnalysis(CalibratedAnalysis):
    """Runs a model that says something of every token. A subclass makes windows, whose features
    are rows of tokens (see `Row`), reads the logits of tokens, and makes results of what it read.
    Its calibration is a threshold alone: the score of a span is made of many probabilities.
    """

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name.

        Raises:
            ModelError: Also if it has a temperature.
        """
        super().__init__(catalog, device, models)
        if self.calibration.temperature != 1:
            raise ModelError(
                f"model {catalog.entry(self.name).model!r} has a temperature, and {self.name} are "
                "calibrated by a threshold alone; leave it out"
            )

    def read_tokens(self, logits: Floats) -> tuple[npt.NDArray[Any], ...]:
        """What the logits of a batch say of its tokens: the logits themselves, unless a subclass
        knows better.

        Args:
            logits: Of all tokens of a batch, special ones included, (tokens, labels).

        Returns:
            Arrays whose first axis is that of the tokens.
        """
        return (logits,)

    @abstractmethod
    def spans(
        self,
        document: Document,
        predictions: Sequence[tuple[Any, tuple[npt.NDArray[Any], ...]]],
        options: RunOptions,
    ) -> list[Result]:
        """Make the document's results.

        Args:
            document: The whole of it.
            predictions: Of each window, in order: its features, and what was read of its tokens.
            options: Of the run.
        """

    def read(self, windows: Sequence[Window], logits: Floats) -> list[tuple[npt.NDArray[Any], ...]]:
        """For each window what was read of its tokens."""
        arrays = self.read_tokens(logits)
        outputs, begin = [], 0
        for window in windows:
            end = begin + window.length
            outputs.append(tuple(array[begin:end] for array in arrays))
            begin = end
        return outputs

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[tuple[npt.NDArray[Any], ...]],
        options: RunOptions,
    ) -> list[Result]:
        """The document's results.

        Raises:
            DocumentError: If the model gives what is no number; JSON could not hold it either.
        """
        check_numbers(*(array for output in outputs for array in output))
        features = [window.features for window in windows]
        return self.spans(document, list(zip(features, outputs, strict=True)), options)
