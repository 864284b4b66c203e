"""Calibrating a new model on the texts that it was validated with, as `triage calibrate` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workers.calibrate.examples import DataError
from workers.calibrate.fit import MIN_TEXTS, Sample, fit, halves_of
from workers.calibrate.keep import content_of, write_calibration
from workers.calibrate.measures import calibration_error
from workers.calibrate.run import compare, load_uncalibrated
from workers.train.validation import Validation


def calibrate(validation: Validation, folder: Path, accuracy: float) -> str:
    """Write `calibration.json` beside a model: temperature and threshold, or the temperature alone
    where no threshold leaves so much that is right.

    Returns:
        What was found, as a sentence.
    """
    catalog = validation.catalog(folder)
    analysis = load_uncalibrated(validation.analysis, catalog, validation.device)
    compared = compare(analysis, validation.examples)
    if len(compared.texts) < MIN_TEXTS:
        return (
            f"not calibrated: {len(compared.texts)} results of the texts for validation are fewer "
            f"than {MIN_TEXTS}; label more, or run triage calibrate with others"
        )
    (model,) = analysis.provenance()
    try:
        found = fit(compared.sample, halves_of(compared.texts), accuracy)
    except DataError as error:
        content, said = _temperature_alone(compared.sample, model.revision), f"{error}"
    else:
        content = content_of(found, model.revision, accuracy)
        said = (
            f"unsure below {found.threshold:.3f}: {found.kept.share:.1%} stay, "
            f"{found.kept.accuracy:.1%} of them right"
        )
    write_calibration(catalog.entry(validation.analysis), folder, validation.analysis, content)
    return f"temperature {content['temperature']}; {said}"


def _temperature_alone(sample: Sample, revision: str) -> dict[str, Any]:
    temperature = sample.fit_temperature()
    before, after = (calibration_error(*sample.answers(one)) for one in (1.0, temperature))
    return {
        "revision": revision,
        "temperature": temperature,
        "threshold": 0.0,
        "measured": {"error_before": round(before, 4), "error_after": round(after, 4)},
    }
