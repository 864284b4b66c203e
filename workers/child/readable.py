"""Which documents of a job its analysis can read: by their language, or by way of a translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from schema.document import TRANSLATION, Document
from schema.ledger.claim import Claim
from schema.results import Abstention
from schema.results.abstention import OF_LANGUAGE
from schema.results.outcome import Outcome
from schema.results.translation import TranslationRow

if TYPE_CHECKING:
    from workers.engine.engine import Engine


def choose_texts(
    documents: Sequence[Document], engine: Engine, claim: Claim
) -> tuple[list[Document], list[Outcome]]:
    """Choose what the analysis reads of each document of a job.

    The original, if its language is one of the model's, or if nobody knows it; else the
    translation, if the run has made one into such a language; else nothing.

    Args:
        documents: As the ledger has them.
        engine: Of the analysis that is to read them.
        claim: Of the job. In a run that finds no languages for the analysis all is read as it is.

    Returns:
        The documents that are read, each with the text to read, and the outcomes of the others.
    """
    if not claim.by_language:
        return list(documents), []
    analysis = engine.analysis
    chosen: list[Document] = []
    abstained: list[Outcome] = []
    target = claim.options.translate_to
    # Documents may have been read for a sibling that waited for more than this one.
    takes_translation = TranslationRow.analysis in claim.needs[claim.analysis]
    for document in documents:
        translation = document.translation if takes_translation else None
        if document.language is None or analysis.reads(document.language, claim.options):
            # What is read alike is equal for all heads, whatever else the run has of it.
            chosen.append(replace(document, translation=None))
        elif translation and translation.strip() and analysis.reads(target, claim.options):
            translated = Document(document.id, translation, target, text_used=TRANSLATION)
            chosen.append(translated)
        else:
            reason = Abstention(f"{OF_LANGUAGE}{document.language}")
            abstained.append(Outcome(int(document.id), reason, None))
    return chosen, abstained
