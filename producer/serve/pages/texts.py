"""All texts behind a figure, page by page."""

from __future__ import annotations

from starlette.datastructures import QueryParams
from starlette.responses import Response

from producer.errors import UsageError
from producer.serve.access.guard import Call
from producer.serve.documents.listing import LAST_PAGE, read_listing
from producer.serve.drawing import draw
from producer.serve.filters.behind import PARAMETERS, read_behind
from producer.serve.filters.page_filters import PageFilters, read_scope
from schema.database import reading
from schema.polarity import Polarity
from schema.questions import NoAnswerError
from schema.questions.themes import read_theme_names


def texts(call: Call) -> Response:
    """Show the texts that the address asks for, the newest first."""
    given = call.request.query_params
    filters = PageFilters.read(given.multi_items())
    reader = call.serve.reader
    with reading(reader) as connection:
        try:
            themes = read_theme_names(connection).by_id
        except NoAnswerError:
            themes = {}
    names = {str(number): one.name for number, one in themes.items()}
    scope = read_scope(reader, filters)
    behind = read_behind(reader, dict(given), names, scope)
    with reading(reader) as connection:
        listing = read_listing(connection, scope, behind, _number(given))
    about = filters.about
    if filters.theme in names:
        about = [one.replace(f"theme {filters.theme}", names[filters.theme]) for one in about]
    more = {name: given[name] for name in PARAMETERS if given.get(name)}
    shown = {
        "title": ": ".join(behind.words) or "All texts",
        "about": about,
        "listing": listing,
        "before": _link(filters, more, listing.number - 1),
        "behind": _link(filters, more, listing.number + 1),
        "back": filters.link("/"),
        "here": _link(filters, more, listing.number),
        "polarities": tuple(Polarity),
        "filters": filters,
    }
    return draw(call.request, "listing.html", shown)


def _link(filters: PageFilters, more: dict[str, str], number: int) -> str:
    return filters.link("/texts", more | ({"page": str(number)} if number > 1 else {}))


def _number(given: QueryParams) -> int:
    asked = given.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= LAST_PAGE):
        raise UsageError(
            f"a page is a number from 1 to {LAST_PAGE:,}; for more use: triage export v_documents"
        )
    return int(asked)
