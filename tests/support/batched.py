"""Running an analysis through the engine, in batches as small or as large as a test wants them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.options import RunOptions
from workers.analysis import Analysis
from workers.engine.document_state import Conclusion
from workers.engine.engine import Engine

#: A budget of padded tokens that no two windows share.
ROW_BY_ROW = 1
#: One that some ten short windows share.
SMALL = 400


def catalog_of(**folders: Path) -> Catalog:
    """A catalog of local checkpoints; `translation_en_de` stands for [translation.en-de]."""
    entries = {}
    for name, folder in folders.items():
        analysis, *pair = name.split("_")
        key = f"{analysis}.{'-'.join(pair)}" if pair else analysis
        entries[key] = CatalogEntry(model=str(folder))
    return Catalog("test", entries)


def documents_of(texts: Sequence[str], language: str | None = None) -> list[Document]:
    return [Document(number, text, language) for number, text in enumerate(texts)]


def analyse(
    analysis: Analysis,
    documents: Sequence[Document],
    options: RunOptions | None = None,
    *,
    tokens: int = SMALL,
) -> list[Conclusion]:
    """The outcome of each document, in order; a batch has at most so many padded tokens."""
    engine = Engine(analysis)
    stated = engine.budgets.of
    engine.budgets.of = lambda group: min(tokens, stated(group))  # type: ignore[method-assign]
    return engine.run(documents, options or RunOptions())
