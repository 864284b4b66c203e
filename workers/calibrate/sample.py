"""Running the model over labelled texts, as it is without calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from schema.catalog import CalibrationOptions, Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results.base import Label
from workers.analyses import load_analysis
from workers.calibrate.examples import DataError, Example
from workers.calibrate.fit import Sample
from workers.calibrate.truths import truths
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.scores import ScoreKind, temper
from workers.encoders.interface import Floats
from workers.engine.document_state import Conclusion
from workers.engine.engine import Engine

#: Texts that are computed together.
_BLOCK = 512
#: What a checkpoint's file says is not applied to what shall be fitted.
_UNCALIBRATED = CalibrationOptions(temperature=1.0, threshold=0.0)


def load_uncalibrated(analysis: str, catalog: Catalog, device: str) -> ClassificationAnalysis:
    """The analysis, its model giving probabilities as it was trained to.

    Raises:
        DataError: If it gives none.
        CatalogError: If the catalog has no model for it.
        ModelError: If that cannot be loaded.
    """
    entry = catalog.entry(analysis).model_copy(update={"calibration": _UNCALIBRATED})
    loaded = load_analysis(analysis, Catalog(catalog.name, {analysis: entry}), device)
    if not isinstance(loaded, ClassificationAnalysis):
        raise DataError(f"{analysis} gives no label, and so has no probability to calibrate")
    if loaded.kind is ScoreKind.NUMBERS:
        raise DataError(
            f"model {entry.model!r} gives numbers, which are no probabilities: there is nothing to "
            "calibrate"
        )
    if loaded.kind is ScoreKind.INDEPENDENT and loaded.classes == tuple(loaded.labels):
        raise DataError(
            f"model {entry.model!r} may give a text several labels at once, and an example has "
            "one: there is nothing to compare"
        )
    return loaded


def sample_of(
    analysis: ClassificationAnalysis, examples: Sequence[Example]
) -> tuple[Sample, list[Example]]:
    """Compute the examples; returns also those of them that the model could read.

    Raises:
        DataError: If a label names no class.
    """
    classes = truths(analysis, examples)
    results = list(_results(analysis, examples))
    read = [index for index, result in enumerate(results) if isinstance(result, list)]
    scores = [_scores(analysis, results[index]) for index in read]
    width = len(analysis.labels)
    sample = Sample(
        scores=np.array(scores, dtype=np.float32).reshape(-1, width),
        truths=classes[read],
        probabilities=lambda rows, temperature: analysis.class_probabilities(
            temper(analysis.kind, rows, temperature)
        ),
    )
    return sample, [examples[index] for index in read]


def _results(analysis: ClassificationAnalysis, examples: Sequence[Example]) -> Iterator[Conclusion]:
    engine, options = Engine(analysis), RunOptions()
    for start in range(0, len(examples), _BLOCK):
        block = examples[start : start + _BLOCK]
        documents = [Document(example.line, example.text) for example in block]
        yield from engine.run(documents, options)


def _scores(analysis: ClassificationAnalysis, results: Conclusion) -> Floats | list[float]:
    assert isinstance(results, list)
    (result,) = results
    assert isinstance(result, Label) and result.probabilities is not None
    return [result.probabilities[label] for label in analysis.labels]
