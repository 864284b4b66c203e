"""`triage explain`: why a document has its results, shown in its own text."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from producer.display.explanation import as_lines
from producer.display.say import say
from producer.errors import UsageError
from producer.nodes.requirements import require_worker_extra
from producer.session import open_database
from schema.control_characters import json_text
from schema.database import reading
from schema.results import results_json
from schema.results.base import Label
from schema.status.runs import find_run
from schema.status.stored_results import (
    StoredDocument,
    StoredResults,
    UnknownDocumentError,
    find_document,
    stored_results,
)

#: Passages of an explanation, by analysis.
Passages = dict[str, list[dict[str, Any]]]


def explain(
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="Its external_id, or its number in documents.")
    ],
    source: Annotated[str | None, typer.Option(metavar="S", help="Only of this source.")] = None,
    run: Annotated[str | None, typer.Option(help="Results of this run; else the newest.")] = None,
    models: Annotated[str | None, typer.Option(help="pocket, hub, or a catalog's path.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show why: which sentences carry a label, where entities, answers and summaries stand.

    Each sentence is left out once, and the model of the catalog says how much less probable the
    label is without it. That takes a worker's installation, and as many times what the document
    took as it has sentences.
    """
    engine = open_database()
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
        try:
            found = find_document(connection, document, source)
        except UnknownDocumentError as error:
            raise UsageError(str(error)) from None
        results = stored_results(connection, found.id, run_id)
    if not results:
        of_run = "" if run is None else f" in run {run!r}"
        raise UsageError(f"document {document!r} has no results{of_run} yet; see: triage status")
    passages = {
        one.analysis: _passages(found, one, models)
        for one in results
        if isinstance(one.results[0], Label) and one.results[0].probabilities
    }
    if as_json:
        say(json_text(_json(found, results, passages), indent=2))
    else:
        console = Console(highlight=False, soft_wrap=False)
        for line in as_lines(found, results, passages):
            console.print(line)


def _passages(
    document: StoredDocument, stored: StoredResults, models: str | None
) -> list[dict[str, Any]]:
    """Ask a process that has the models; this one must not import torch."""
    require_worker_extra()
    command = [sys.executable, "-m", "workers.explain", "--analysis", stored.analysis]
    if models:
        command += ["--models", models]
    (result,) = stored.results
    label = result.label if isinstance(result, Label) else None
    request = {"text": document.text, "language": document.language, "label": label}
    answered = subprocess.run(
        command, input=json.dumps(request), capture_output=True, text=True, check=False
    )
    if answered.returncode:
        said = (answered.stderr.strip().splitlines() or ["the model did not answer"])[-1]
        raise UsageError(said.removeprefix("triage explain: "))
    passages: list[dict[str, Any]] = json.loads(answered.stdout)["passages"]
    return passages


def _json(
    document: StoredDocument, results: list[StoredResults], passages: Passages
) -> dict[str, Any]:
    analyses = {
        one.analysis: {
            "run": one.run,
            "model": one.model,
            "results": results_json(one.analysis, one.results),
        }
        | ({"passages": passages[one.analysis]} if one.analysis in passages else {})
        for one in results
    }
    return {
        "id": document.id,
        "source": document.source,
        "external_id": document.external_id,
        "text": document.text,
        "analyses": analyses,
    }
