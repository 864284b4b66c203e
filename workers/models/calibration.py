"""How a model's probabilities are corrected: the catalog says it, or a file beside the checkpoint.

`triage calibrate` writes the file, `calibration.json`: an object with one for each analysis that
the checkpoint serves, which has `revision`, `temperature` and `threshold`, and what was measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError

from schema.catalog import CalibrationOptions, CatalogEntry
from workers.errors import ModelError

FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is done to a model's probabilities.

    Attributes:
        temperature: By which logits are divided; 1 changes nothing.
        threshold: Below which probability a result is unsure; 0 means never.
        thresholds: The same of some intents, in its place.
    """

    temperature: float = 1.0
    threshold: float = 0.0
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def limit(self, intent: str) -> float:
        """Below which probability an intent is unsure."""
        return self.thresholds.get(intent, self.threshold)

    def as_options(self) -> dict[str, Any]:
        """What a result's model is kept with, as the catalog writes it: only what changes it."""
        options: dict[str, Any] = {}
        if self.temperature != 1:
            options["temperature"] = self.temperature
        if self.threshold != 0:
            options["threshold"] = self.threshold
        if self.thresholds:
            options["thresholds"] = dict(self.thresholds)
        return options


class _AnalysisCalibration(CalibrationOptions):
    """An analysis in the file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    revision: str


def calibration_of(entry: CatalogEntry, folder: Path, revision: str, analysis: str) -> Calibration:
    """The calibration in force.

    Args:
        entry: What it says has precedence, each number by itself.
        folder: Of the checkpoint.
        revision: Of its weights: a file that was made for others is not believed.
        analysis: Which of those that the checkpoint serves.

    Raises:
        ModelError: If there is a file that cannot be read, or is of other weights.
    """
    own = entry.calibration
    if own.temperature is None or own.threshold is None:
        kept = _read(entry, folder / FILE, revision, analysis)
    else:
        kept = CalibrationOptions()
    # Where the catalog has one threshold for all, those of the file are not asked.
    thresholds = own.thresholds if own.threshold is not None else own.thresholds or kept.thresholds
    return Calibration(
        temperature=next((t for t in (own.temperature, kept.temperature) if t is not None), 1.0),
        threshold=next((t for t in (own.threshold, kept.threshold) if t is not None), 0.0),
        thresholds={str(intent): limit for intent, limit in (thresholds or {}).items()},
    )


def _read(entry: CatalogEntry, path: Path, revision: str, analysis: str) -> CalibrationOptions:
    analyses = read_file(entry.model, path)
    if analysis not in analyses:
        return CalibrationOptions()
    try:
        kept = _AnalysisCalibration.model_validate(analyses[analysis])
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, (analysis, *fault["loc"])))
        raise ModelError(
            f"model {entry.model!r}: {path} {where}: {fault['msg']}; {_fix(analysis)}"
        ) from None
    if kept.revision != revision:
        raise ModelError(
            f"model {entry.model!r}: {path} was made for its revision {kept.revision}, and this is "
            f"{revision}; {_fix(analysis)}"
        )
    return kept


def read_file(model: str, path: Path) -> dict[str, Any]:
    """What a file says of each analysis; nothing if there is none.

    Raises:
        ModelError: If it is no JSON object.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        content = error
    if isinstance(content, dict):
        return content
    raise ModelError(f"model {model!r}: {path} cannot be read as a JSON object; delete it")


def _fix(analysis: str) -> str:
    return f"make it again with: triage calibrate {analysis} --data FILE, or delete it"
