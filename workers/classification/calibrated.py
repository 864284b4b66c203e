"""An analysis with an encoder whose results may be unsure."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from schema.catalog import Catalog
from workers.analysis import Provenance
from workers.encoders.analysis import EncoderAnalysis
from workers.models.calibration import calibration_of
from workers.models.registry import ModelRegistry


class CalibratedAnalysis(EncoderAnalysis):
    """Knows the calibration of its model, and says it of every result's model.

    Attributes:
        calibration: What is done to the model's probabilities, and where it is unsure.
    """

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name.

        Raises:
            ModelError: Also if its calibration is of other weights.
        """
        super().__init__(catalog, device, models)
        entry, revision = catalog.entry(self.name), self._loaded.provenance.revision
        self.calibration = calibration_of(entry, self.folder, revision, self.name)

    @property
    def folder(self) -> Path:
        """The folder of the checkpoint."""
        return self._loaded.folder

    def options(self) -> dict[str, Any]:
        """What of the catalog changes results, beside what the encoder says of itself."""
        return dict(self.calibration.as_options())

    def provenance(self) -> list[Provenance]:
        """The one model, with all options in force."""
        return [self._model]

    @cached_property
    def _model(self) -> Provenance:
        # Made once: it is asked for with every window.
        (model,) = super().provenance()
        return replace(model, options=model.options | self.options())
