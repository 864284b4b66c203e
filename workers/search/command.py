"""`triage search` asks this process, which has the model: `python -m workers.search`.

Standard input has a request a line, `{"query": …, "limit": …}` and filters; standard output an
answer a line: `{"found": [{"document": …, "score": …, …}]}`, nearest first, or `{"error": …}`. It
goes on until the input ends, with the model and the vectors in memory.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from schema.catalog import CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.database import DatabaseError, open_engine
from schema.document import ORIGINAL, TRANSLATION
from schema.private_files import be_private
from schema.search.filters import SearchFilters
from schema.settings import SettingsError, settings
from workers.errors import DocumentError, WorkerError
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads

_CANNOT = 2
_INTERRUPTED = 128 + 2  # SIGINT

#: What answers a request.
Answer = Callable[[dict[str, Any]], list[dict[str, Any]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer requests until the input ends.

    Returns:
        0, or 2 if there is no model to answer with.
    """
    be_private()
    parser = argparse.ArgumentParser(prog="python -m workers.search")
    parser.add_argument("--models", metavar="CATALOG")
    asked = parser.parse_args(arguments)
    try:
        answer = _loaded(asked.models)
        for line in sys.stdin:
            print(json_text(_answered(answer, json.loads(line))), flush=True)
    except (CatalogError, DatabaseError, SettingsError, WorkerError) as error:
        # It may quote a path or an option, which must not steer the terminal.
        print(escape_controls(str(error)), file=sys.stderr)
        return _CANNOT
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _loaded(models: str | None) -> Answer:
    config = settings()
    catalog = load_catalog(models or config.models)
    catalog.entry("embedding")
    with importing():
        limit_threads(config.threads)
        import torch

        from workers.analyses.embedding import EmbeddingAnalysis
        from workers.search.meaning import MeaningSearch

    device = config.device
    if device == "auto":
        device = "cuda:0" if torch.cuda.is_available() else "cpu"
    analysis = EmbeddingAnalysis(catalog, device)
    meaning = MeaningSearch(analysis, open_engine(config.database), config.home)

    def answer(request: dict[str, Any]) -> list[dict[str, Any]]:
        found = meaning.search(request["query"], filters_of(request), int(request["limit"]))
        return [
            {
                "document": int(one.key["document"]),
                "start": int(one.key["start"]),
                "end": int(one.key["end"]),
                "run": int(one.key["run"]),
                "text_used": ORIGINAL if one.key["original"] else TRANSLATION,
                "score": one.score,
            }
            for one in found
        ]

    return answer


def filters_of(request: dict[str, Any]) -> SearchFilters:
    """The filters of a request; moments are in ISO form."""
    given = {name: request.get(name) for name in ("product", "polarity", "run_id")}
    for name in ("since", "until"):
        if (value := request.get(name)) is not None:
            given[name] = datetime.fromisoformat(value)
    return SearchFilters(**given)


def _answered(answer: Answer, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"found": answer(request)}
    except (DocumentError, WorkerError) as error:
        return {"error": str(error)}
