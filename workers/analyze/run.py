"""Documents at hand through several analyses, each of those that it reads: without a ledger, by the
rules of a run (`workers.child.readable`), but for translations, which are not read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention
from schema.results.abstention import OF_LANGUAGE
from schema.results.language import NO_LANGUAGE, DetectedLanguage, LanguageRow
from workers.engine.document_state import Conclusion
from workers.engine.engine import Engine
from workers.engine.run_together import run_together

LANGUAGE = LanguageRow.analysis


def run_analyses(
    engines: Mapping[str, Engine], documents: Sequence[Document], options: RunOptions
) -> dict[str, list[Conclusion]]:
    """Analyse documents; those without a language get one first, if there is an analysis for that.

    Args:
        engines: By analysis.
        documents: In any number.
        options: What is asked.

    Returns:
        By analysis, in the order of the engines, what comes of each document: nothing but the
        reason where its language is none of the model's.

    Raises:
        ModelError: As `Engine.run`.
        WorkerError: Likewise.
    """
    found: dict[str, list[Conclusion]] = {name: [()] * len(documents) for name in engines}
    known = list(documents)
    if LANGUAGE in engines:
        found[LANGUAGE] = list(engines[LANGUAGE].run(documents, options))
        known = [_with_language(*pair) for pair in zip(documents, found[LANGUAGE], strict=True)]
    others = {name: engine for name, engine in engines.items() if name != LANGUAGE}
    readers: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, document in enumerate(known):
        reading = tuple(name for name in others if _reads(others[name], document, options))
        readers[reading].append(place)
        for name in others.keys() - reading:
            found[name][place] = Abstention(f"{OF_LANGUAGE}{document.language}")
    for reading, places in readers.items():
        chosen = {name: engines[name] for name in reading}
        done = run_together(chosen, [known[place] for place in places], options)
        for name, conclusions in done.items():
            for place, conclusion in zip(places, conclusions, strict=True):
                found[name][place] = conclusion
    return found


def _reads(engine: Engine, document: Document, options: RunOptions) -> bool:
    language = document.language
    return language is None or engine.analysis.reads(language, options)


def _with_language(document: Document, conclusion: Conclusion) -> Document:
    """The document with the language that was found in it, if one surely was."""
    if document.language is not None or not isinstance(conclusion, Sequence):
        return document
    for result in conclusion:
        if isinstance(result, DetectedLanguage):
            known = not result.unsure and result.language != NO_LANGUAGE
            return replace(document, language=result.language if known else None)
    return document
