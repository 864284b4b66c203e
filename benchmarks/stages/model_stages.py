"""What models take of a document: its tokens, and all of its analysis, on one thread."""

from __future__ import annotations

import csv
from functools import partial
from importlib import resources

from benchmarks.stages.stage import Stages
from schema.catalog.loading import load_catalog
from schema.document import Document
from schema.options import RunOptions
from workers.analyses import load_analysis
from workers.engine.engine import Engine

ANALYSES = ("language", "sentiment", "entities", "qa", "intent", "embedding", "summary")
#: Takes as long as all others together, so it gets a part of the documents.
TRANSLATION, PART = "translation", 8


def run_models(stages: Stages, documents: int, catalog: str) -> None:
    """Compute each analysis of a catalog by itself, though some may share an encoder."""
    texts = demo_documents(documents)
    options = RunOptions(questions=("What does the customer want?",), translate_to="de")
    known = load_catalog(catalog)
    for name in (*ANALYSES, TRANSLATION):
        some = texts[:: PART if name == TRANSLATION else 1]
        engine = Engine(load_analysis(name, known, "cpu"))
        # Kernels are compiled, and pages of weights read, before anything is measured.
        engine.run(some[:4], options)
        stages.run(
            f"tokenise ({name})", "documents", len(some), partial(engine.tokenise, some, options)
        )
        stages.run(
            f"tokenise, model ({name})", "documents", len(some), partial(engine.run, some, options)
        )


def demo_documents(count: int) -> list[Document]:
    """English reviews of the demo, as many as there are at the most."""
    path = resources.files("producer") / "demo" / "reviews.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines(keepends=True))
    texts = [row["text"] for row in rows if row.get("language", "en") in ("en", "")]
    return [Document(number, text, "en") for number, text in enumerate(texts[:count], 1)]
