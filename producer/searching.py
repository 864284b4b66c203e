"""A search, by words in this process and by meaning in one that has the model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from producer.errors import UsageError
from producer.nodes.requirements import require_worker_extra
from schema.database import reading
from schema.results.embedding import EmbeddingRow
from schema.search.filters import SearchFilters, select_documents
from schema.search.folder import drop_search_folder, search_folder
from schema.search.fusion import fused
from schema.search.hits import Clause, Hit, find_hits
from schema.search.words import NoWordsError, WordIndex

#: Documents of each ranking that take part, for each that is asked for, …
DEPTH = 20
#: … and at the least.
LEAST_DEPTH = 200

#: Gives a process of a command a line, and gives its answer, or "" and why there is none.
Ask = Callable[[Sequence[str], str], tuple[str, str]]
#: Documents in order, or why there are none.
_Ranking = tuple[list[dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is searched for.

    Attributes:
        limit: The most documents.
        models: The catalog with the model; None for that of the settings.
    """

    query: str
    filters: SearchFilters
    limit: int
    models: str | None = None

    @property
    def depth(self) -> int:
        """Documents of each ranking that take part."""
        return max(LEAST_DEPTH, DEPTH * self.limit)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found.

    Attributes:
        hits: The best first.
        notes: Which way did not take part, and why.
    """

    hits: Sequence[Hit]
    notes: Sequence[str]


def find_documents(
    engine: Engine, home: Path, request: SearchRequest, ask: Ask | None = None
) -> SearchResult:
    """Search both ways, and make one ranking of them.

    Args:
        engine: The database.
        home: TRIAGE_HOME.
        request: What is searched for.
        ask: Asks for what is nearest by meaning; None for a process of this search alone.

    Raises:
        UsageError: If nothing can be kept in TRIAGE_HOME.
    """
    try:
        folder = search_folder(home, engine)
    except OSError as error:
        raise UsageError(
            f"cannot make the folder {home / 'search'} ({error.strerror}); name another one in "
            "TRIAGE_HOME"
        ) from None
    with reading(engine) as connection:
        by_words, no_words = _by_words(connection, folder / "words.db", request)
        embedded = connection.execute(select(EmbeddingRow.run_id).limit(1)).first() is not None
    nothing: _Ranking = [], "no document has an embedding yet"
    by_meaning, no_meaning = _by_meaning(request, ask or _ask_once) if embedded else nothing
    clauses = {
        one["document"]: Clause(one["run"], one["start"], one["end"], one["text_used"])
        for one in by_meaning
    }
    ranked = fused([by_words, list(clauses)])[: request.limit]
    with reading(engine) as connection:
        hits = find_hits(connection, request.query, ranked, clauses, request.filters.run_id)
    missing = {"words": no_meaning, "meaning": no_words}
    notes = [f"by {way} alone: {reason}" for way, reason in missing.items() if reason]
    return SearchResult(hits, notes)


def forget_search(engine: Engine, home: Path) -> None:
    """Delete what searches on this host have kept of a database.

    Raises:
        UsageError: If it cannot be deleted.
    """
    try:
        drop_search_folder(home, engine)
    except OSError as error:
        raise UsageError(
            f"cannot delete what searches have kept in {home / 'search'} ({error.strerror}); "
            "delete that folder by hand"
        ) from None


def _by_words(connection: Connection, file: Path, request: SearchRequest) -> tuple[list[int], str]:
    """Documents by their words, or why there are none."""
    try:
        index = WordIndex(file)
    except NoWordsError as error:
        return [], str(error)
    try:
        index.catch_up(connection)
        selection = select_documents(connection, request.filters)
        return index.search(request.query, selection, request.depth), ""
    finally:
        index.close()


def _by_meaning(request: SearchRequest, ask: Ask) -> _Ranking:
    """What is nearest, or why nothing can be said: this process must not import torch."""
    try:
        require_worker_extra()
    except UsageError as error:
        return [], str(error)
    asked = {"query": request.query, "limit": request.depth} | asdict(request.filters)
    line = json.dumps(asked, default=datetime.isoformat) + "\n"
    said, reason = ask(search_command(request.models), line)
    if not said:
        return [], reason
    answer: dict[str, Any] = json.loads(said)
    return answer.get("found", []), str(answer.get("error", ""))


def search_command(models: str | None) -> list[str]:
    """The process that has the model: it answers a request a line."""
    command = [sys.executable, "-m", "workers.search"]
    return [*command, f"--models={models}"] if models else command


def _ask_once(command: Sequence[str], line: str) -> tuple[str, str]:
    done = subprocess.run(command, input=line, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        return "", (done.stderr.strip().splitlines() or ["the model did not answer"])[-1]
    return done.stdout.splitlines()[-1], ""
