"""The page itself, of the live database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from producer.page.drawing.document import page_values
from producer.serve.access.guard import Call
from producer.serve.drawing import draw
from producer.serve.facts.facts import Facts
from producer.serve.facts.figures_only import without_texts
from producer.serve.facts.page_cache import Found
from producer.serve.filters.links import figure_links
from producer.serve.filters.page_filters import PageFilters

#: Seconds after which a browser looks whether a page has been made.
LOOK_AGAIN = 3


def front(call: Call) -> Response:
    """Show the page of what the address asks for."""
    filters = PageFilters.read(call.request.query_params.multi_items())
    found = call.serve.pages.find(filters)
    if found.facts is None:
        shown = {"seconds": found.seconds or 0.0, "filters": filters}
        headers = {"Refresh": str(LOOK_AGAIN)}
        return draw(call.request, "making.html", shown, headers=headers)
    return draw(call.request, "served.html", _values(call, filters, found, found.facts))


def _values(call: Call, filters: PageFilters, found: Found, facts: Facts) -> dict[str, Any]:
    sees_texts = call.visitor.sees_texts
    page = facts.page if sees_texts else without_texts(facts.page)
    values = page_values(page)
    links = figure_links(page, filters) if sees_texts else {}
    for key, figure in values["texts"]["figures"].items():
        figure["url"] = links.get(key, "")
    for document in values["texts"]["documents"]:
        document["url"] = f"/documents/{document['id']}"
    return values | {
        "links": links,
        "shows_texts": sees_texts,
        "edit_theme": "/themes/" if call.visitor.may_edit else "",
        "filters": filters,
        "choices": facts.choices,
        "age": _age(page.made_at),
        "is_old": found.is_old,
        "seconds": found.seconds,
    }


def _age(made_at: datetime) -> str:
    """How long ago, in words."""
    seconds = (datetime.now(UTC) - made_at).total_seconds()
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = round(seconds / length)
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
