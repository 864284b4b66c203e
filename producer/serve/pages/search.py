"""Searching: by words and, where there are vectors and a model, by meaning."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from producer.errors import UsageError
from producer.searching import SearchRequest, find_documents
from producer.serve.access.guard import Call
from producer.serve.documents.listing import read_said, read_texts
from producer.serve.drawing import draw
from producer.serve.filters.page_filters import LONGEST, PageFilters, read_scope
from schema.database import reading
from schema.polarity import Polarity
from schema.questions import Scope
from schema.questions.scope import select_rows
from schema.search.filters import SearchFilters
from schema.search.hits import Hit
from schema.status.runs import find_run
from schema.themes.edits import find_theme

#: Documents that are shown.
SHOWN = 50


def search(call: Call) -> Response:
    """Show what is found of the words in the address."""
    given = call.request.query_params
    filters = PageFilters.read(given.multi_items())
    query = " ".join(given.get("q", "").split())
    if len(query) > LONGEST:
        raise UsageError(f"a search has {LONGEST} characters at the most; take some words out")
    shown = {"query": query, "filters": filters, "hits": (), "notes": (), "said": {}}
    shown |= {"texts": {}, "back": filters.link("/")}
    if query:
        shown |= _find(call, query, filters)
    return draw(call.request, "search.html", shown)


def _find(call: Call, query: str, filters: PageFilters) -> dict[str, object]:
    reader = call.serve.reader
    scope = read_scope(reader, filters)
    request = SearchRequest(query, _search_filters(call, filters, scope), SHOWN)
    found = find_documents(reader, call.serve.home, request, call.serve.ask)
    with reading(reader) as connection:
        ids = [hit.document_id for hit in found.hits]
        if _is_partial(filters) and ids:
            listed = ", ".join(str(int(one)) for one in ids)
            rows = select_rows(
                connection, f"SELECT d.id FROM v_documents AS d WHERE d.id IN ({listed})", scope
            )
            inside = {row.id for row in rows}
            ids = [one for one in ids if one in inside]
        texts = {one.id: one for one in read_texts(connection, scope, ids)}
        said = read_said(connection, ids)
    hits: list[Hit] = [hit for hit in found.hits if hit.document_id in texts]
    return {"hits": hits, "notes": found.notes, "texts": texts, "said": said}


def _is_partial(filters: PageFilters) -> bool:
    """Whether a filter is left that a search does not know."""
    unknown = replace(filters, since="", until="", run="", product="", theme="")
    return unknown != PageFilters()


def _search_filters(call: Call, filters: PageFilters, scope: Scope) -> SearchFilters:
    with reading(call.serve.reader) as connection:
        run_id = find_run(connection, filters.run) if filters.run else None
        theme = find_theme(connection, int(filters.theme)) if filters.theme else None
    return SearchFilters(
        filters.product or None,
        filters.polarity if filters.polarity in tuple(Polarity) else None,
        scope.period.since,
        scope.period.until,
        run_id,
        None if theme is None else theme.id,
        None if theme is None else theme.set_id,
    )
