"""How far two variants say the same of the same documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.engine.workload import Said
from schema.document import Document


def agreement(
    analysis: str,
    documents: Sequence[Document],
    reference: Mapping[int | str, Said],
    said: Sequence[Said],
) -> float:
    """The part that is the same, 0..1: of characters for entities, of documents for the others.

    Args:
        analysis: As `schema.analyses.ANALYSES` names it.
        documents: What something was said of.
        reference: What Transformers says in fp32, by the document's id.
        said: Of each document.
    """
    same = total = 0
    for document, mine in zip(documents, said, strict=True):
        theirs: Any = reference[document.id]
        if analysis == "entities":
            pairs = zip(_types(document, theirs), _types(document, mine), strict=True)
            same += sum(one == other for one, other in pairs)
            total += len(document.text)
        else:
            same += theirs == mine
            total += 1
    return same / total


def _types(document: Document, entities: Any) -> list[str | None]:
    """The type of the entity that each character belongs to."""
    types: list[str | None] = [None] * len(document.text)
    for kind, start, end in entities:
        types[start:end] = [kind] * (end - start)
    return types
