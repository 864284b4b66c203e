"""What the model of a catalog says of labelled texts, as it would in a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schema.catalog import Catalog
from schema.document import Document
from schema.languages import read_language
from schema.options import RunOptions
from schema.results import Abstention, Failure, Result
from schema.results.language import LanguageRow
from workers.analyses import load_analysis
from workers.analysis import Analysis
from workers.analyze.run import run_analyses
from workers.calibrate.examples import Example
from workers.engine.engine import Engine

#: Texts that are computed together.
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says.

    Attributes:
        analysis: Loaded.
        results: By the line of the example; those that it could not read are missing.
        left_alone: Texts of languages that it does not read, or that it leaves alone otherwise.
        failed: Texts that it failed at.
    """

    analysis: Analysis
    results: dict[int, Sequence[Result]]
    left_alone: int
    failed: int

    @property
    def model(self) -> str:
        """Names and revisions of what was used."""
        used = self.analysis.provenance()
        return "; ".join(f"{one.name} {one.revision}" for one in used)


@dataclass(frozen=True, slots=True)
class Request:
    """Attributes: analysis: Its name. language: Of all texts; None to find it in each.
    translate_to: For `translation`, the language of the labels.
    """

    analysis: str
    device: str
    language: str | None = None
    translate_to: str = RunOptions().translate_to


def predict(request: Request, catalog: Catalog, examples: Sequence[Example]) -> Prediction:
    """Run the model of a catalog over all examples.

    Raises:
        CatalogError: If the catalog has none for the analysis.
        ModelError: If it cannot be loaded.
    """
    name, device = request.analysis, request.device
    engines = {name: Engine(load_analysis(name, catalog, device))}
    of_language = LanguageRow.analysis
    if request.language is None and catalog.serves(of_language) and name != of_language:
        engines = {of_language: Engine(load_analysis(of_language, catalog, device)), **engines}
    by_question: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_question[example.question].append(example)
    results: dict[int, Sequence[Result]] = {}
    left_alone = failed = 0
    language = read_language(request.language) if request.language else None
    for question, asked in by_question.items():
        options = RunOptions(translate_to=request.translate_to)
        if question:
            options = options.model_copy(update={"questions": (question,)})
        for start in range(0, len(asked), _BLOCK):
            block = asked[start : start + _BLOCK]
            documents = [Document(one.line, one.text, language) for one in block]
            done = run_analyses(engines, documents, options)[name]
            for one, outcome in zip(block, done, strict=True):
                left_alone += isinstance(outcome, Abstention)
                failed += isinstance(outcome, Failure)
                if not isinstance(outcome, Abstention | Failure):
                    results[one.line] = outcome
    return Prediction(engines[name].analysis, results, left_alone, failed)
