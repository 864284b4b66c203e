"""Running an analysis as the engine does: prepared together, batches of like length, by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from schema.catalog import Catalog
from schema.catalog.catalog import Entry
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from workers.analysis import Analysis, DocumentError

Outcome = list[Result] | DocumentError


def catalog_of(**folders: Any) -> Catalog:
    """A catalog of local checkpoints; `translation_en_de` stands for [translation.en-de]."""
    entries = {}
    for name, folder in folders.items():
        analysis, *pair = name.split("_")
        key = f"{analysis}.{'-'.join(pair)}" if pair else analysis
        entries[key] = Entry(model=str(folder))
    return Catalog("test", entries)


def documents_of(texts: Sequence[str], language: str | None = None) -> list[Document]:
    return [Document(number, text, language) for number, text in enumerate(texts)]


def analyse(
    analysis: Analysis,
    documents: Sequence[Document],
    options: RunOptions | None = None,
    *,
    rows: int = 8,
) -> list[Outcome]:
    """The outcome of each document, in order; `rows` windows go through the model at once."""
    options = options or RunOptions()
    prepared = analysis.prepare(documents, options)
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, windows in enumerate(prepared):
        if not isinstance(windows, DocumentError):
            for number, window in enumerate(windows):
                groups[window.group].append((place, number))
    outputs: dict[tuple[int, int], Any] = {}
    for keys in groups.values():
        rows_of = {key: prepared[key[0]][key[1]] for key in keys}  # type: ignore[index]
        keys.sort(key=lambda key: rows_of[key].length)
        for start in range(0, len(keys), rows):
            batch = keys[start : start + rows]
            outputs.update(
                zip(batch, analysis.forward([rows_of[key] for key in batch]), strict=True)
            )
    return [
        windows
        if isinstance(windows, DocumentError)
        else analysis.assemble(
            document, windows, [outputs[place, number] for number in range(len(windows))], options
        )
        for place, (document, windows) in enumerate(zip(documents, prepared, strict=True))
    ]
