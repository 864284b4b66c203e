"""`triage explain` asks this process, which has the models: `python -m workers.explain`.

Standard input has one JSON object, `{"text": …, "language": …, "label": …}`, of which only `text`
must be there. Standard output has the answer: label, probability, passages with their weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from schema.catalog import Catalog, CatalogError, load_catalog
from schema.control_characters import escape_controls, json_text
from schema.private_files import be_private
from schema.settings import SettingsError, settings
from workers.errors import WorkerError
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads

_CANNOT = 2
_INTERRUPTED = 128 + 2  # SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer the request on standard input.

    Returns:
        0, or 2 if there is no answer.
    """
    be_private()
    parser = argparse.ArgumentParser(prog="python -m workers.explain")
    parser.add_argument("--analysis", required=True)
    parser.add_argument("--models", metavar="CATALOG")
    asked = parser.parse_args(arguments)
    try:
        request: dict[str, Any] = json.load(sys.stdin)
        catalog = load_catalog(asked.models or settings().models)
        print(json_text(_answer(asked.analysis, catalog, request)))
    except (CatalogError, SettingsError, WorkerError) as error:
        # It may quote a path or an option, which must not steer the terminal.
        print(escape_controls(f"triage explain: {error}"), file=sys.stderr)
        return _CANNOT
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _answer(analysis: str, catalog: Catalog, request: dict[str, Any]) -> dict[str, Any]:
    with importing():
        limit_threads(settings().threads)
        import torch

        from workers.analyses import load_analysis
        from workers.engine.engine import Engine
        from workers.explain.contributions import contributions

    device = settings().device
    if device == "auto":
        device = "cuda:0" if torch.cuda.is_available() else "cpu"
    engine = Engine(load_analysis(analysis, catalog, device))
    explained = contributions(
        engine, request["text"], request.get("language"), request.get("label")
    )
    return {
        "label": explained.label,
        "probability": explained.probability,
        "passages": [
            {"start": part.start, "end": part.end, "weight": part.weight}
            for part in explained.passages
        ],
    }
