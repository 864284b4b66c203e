"""Running a model over labelled texts, as it is without calibration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schema.catalog import CalibrationOptions, Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from workers.analyses import load_analysis
from workers.analyses.intent import IntentAnalysis
from workers.calibrate.examples import DataError, Example
from workers.calibrate.fit import Sample
from workers.calibrate.intent_sample import intent_sample
from workers.calibrate.label_sample import check_has_classes, label_sample
from workers.calibrate.span_sample import span_sample
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.calibrated import CalibratedAnalysis
from workers.engine.engine import Engine

#: Texts that are computed together.
_BLOCK = 512
#: What a checkpoint's file says is not applied to what shall be fitted.
_UNCALIBRATED = CalibrationOptions(temperature=1.0, threshold=0.0)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a model said of the examples.

    Attributes:
        sample: Its results, and whether they are right.
        texts: Of each result.
        read: Examples that the model could read.
    """

    sample: Sample
    texts: list[str]
    read: int


def load_uncalibrated(analysis: str, catalog: Catalog, device: str) -> CalibratedAnalysis:
    """The analysis, its model giving probabilities as it was trained to.

    Raises:
        DataError: If it gives none.
        CatalogError: If the catalog has no model for it.
        ModelError: If that cannot be loaded.
    """
    entry = catalog.entry(analysis).model_copy(update={"calibration": _UNCALIBRATED})
    loaded = load_analysis(analysis, Catalog(catalog.name, {analysis: entry}), device)
    if not isinstance(loaded, CalibratedAnalysis):
        raise DataError(f"{analysis} has no probability to calibrate")
    if isinstance(loaded, ClassificationAnalysis) and not isinstance(loaded, IntentAnalysis):
        check_has_classes(loaded)
    return loaded


def compare(analysis: CalibratedAnalysis, examples: Sequence[Example]) -> Compared:
    """Compute the examples, and compare what the model says with what people said.

    Raises:
        DataError: If what people said cannot be compared with that.
    """
    results = _results(analysis, examples)
    read = [example for example in examples if example.line in results]
    found = [results[example.line] for example in read]
    if isinstance(analysis, IntentAnalysis):
        intents, texts = intent_sample(read, found)
        return Compared(intents, texts, len(read))
    if isinstance(analysis, ClassificationAnalysis):
        texts = [example.text for example in read]
        return Compared(label_sample(analysis, read, found), texts, len(read))
    sample, texts = span_sample(read, found)
    return Compared(sample, texts, len(read))


def _results(
    analysis: CalibratedAnalysis, examples: Sequence[Example]
) -> dict[int, Sequence[Result]]:
    """By the line of the example; those that the model could not read are missing."""
    engine = Engine(analysis)
    by_question: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_question[example.question].append(example)
    results: dict[int, Sequence[Result]] = {}
    for question, asked in by_question.items():
        options = RunOptions(questions=(question,)) if question else RunOptions()
        for start in range(0, len(asked), _BLOCK):
            documents = [Document(one.line, one.text) for one in asked[start : start + _BLOCK]]
            for document, outcome in zip(documents, engine.run(documents, options), strict=True):
                if isinstance(outcome, list):
                    results[int(document.id)] = outcome
    return results
