"""What `triage themes` shows: themes by size with their intervals and quotes, and one in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from producer.display.say import say
from producer.display.table import make_table, plain_text
from producer.errors import UsageError
from producer.themes.leaning import Leaning
from producer.themes.quotes import CANDIDATES, choose_quotes
from schema.control_characters import json_text
from schema.database import reading
from schema.insights import wilson
from schema.polarity import Polarity
from schema.redaction.facts import redact_facts
from schema.tables import ThemeKind
from schema.themes.edits import UnknownThemeError, find_theme
from schema.themes.passages import Passage, read_passages
from schema.themes.scope import ThemeScope
from schema.themes.sets import WORDS, find_set
from schema.themes.summary import ThemeSummary, count_all, read_summary

#: Quotes of each polarity as JSON and of one theme; a table has one.
QUOTES = 3
#: Clauses of a theme among which copies are looked for, those nearest to its centre.
MOST_READ = 5_000
#: Whose quotes a table shows.
SIDES = (Polarity.NEGATIVE, Polarity.POSITIVE)
WEAKER = (
    "weaker: there are no embeddings, so themes share words, not meanings; for better ones: "
    "triage ingest FILE --analyses embedding"
)


@dataclass(frozen=True, slots=True)
class ThemeView:
    """How themes are shown: which kind, how many at the most (None: all), whether as JSON, and
    whether without what leads to a person.
    """

    kind: ThemeKind
    limit: int | None
    as_json: bool
    redacted: bool = False


def show_themes(engine: Engine, set_id: int, view: ThemeView) -> None:
    """Show the themes of a set by size, the topics of a person's own list behind them."""
    with reading(engine) as connection:
        chosen = find_set(connection, set_id)
        found = read_summary(connection, set_id, view.kind)
        topics = read_summary(connection, set_id, ThemeKind.TOPIC)
        documents, texts, other = count_all(connection, set_id)
        listed = [theme for theme in found if not theme.hidden]
        shown = [*listed[: view.limit], *topics]
        count = QUOTES if view.as_json else 1
        leaning = Leaning.of(connection, ThemeScope.parse(chosen.scope))
        quoted = [_quotes(leaning, theme.id, count) for theme in shown]
        if view.redacted:
            shown, quoted = redact_facts(connection, (shown, quoted))
    if view.as_json:
        themes = [_as_json(*one, texts) for one in zip(shown, quoted, strict=True)]
        whole = {"set": set_id, "basis": chosen.basis, "documents": documents, "texts": texts}
        say(json_text(whole | {"other_texts": other, "themes": themes}, indent=2))
        return
    console = Console()
    for theme, quotes in zip(shown, quoted, strict=True):
        console.print(_lines(theme, quotes, texts), Text())
    if not shown:
        console.print("no themes: too few texts are alike")
    say(
        f"{len(found)} themes of {documents:,} documents, {texts:,} different texts; "
        f"{other:,} texts in none{_left_out(found, listed, view.limit)}; texts of one: "
        "triage themes show ID"
    )
    if chosen.basis == WORDS:
        say(WEAKER)


def _left_out(
    found: Sequence[ThemeSummary], listed: Sequence[ThemeSummary], limit: int | None
) -> str:
    hidden = [theme for theme in found if theme.hidden]
    nameless = sum(not theme.phrases for theme in hidden)
    more = len(listed) - limit if limit and len(listed) > limit else 0
    said = f"; {more} smaller ones with --limit 0" if more else ""
    if nameless:
        said += f"; {nameless} whose texts share no words left out"
    return f"{said}; {len(hidden) - nameless} hidden" if len(hidden) > nameless else said


def _quotes(leaning: Leaning, theme_id: int, count: int) -> dict[str, list[Passage]]:
    """By polarity the quotes of a theme."""
    connection, scope = leaning.connection, leaning.scope
    theme = find_theme(connection, theme_id)
    found = {}
    for side in SIDES:
        passages = read_passages(connection, theme, scope, CANDIDATES, side)
        found[side.value] = choose_quotes(leaning.sort(passages, side), count)
    return found


def _lines(theme: ThemeSummary, quotes: dict[str, list[Passage]], texts: int) -> Table:
    """A theme in a few lines, which fit any terminal: its name, its size, a quote of each side."""
    low, high = wilson(theme.texts, texts)
    share = 100 * theme.texts / max(texts, 1)
    size = f"{theme.texts:,} texts, {share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
    if theme.documents != theme.texts:
        size += f"; {theme.documents:,} documents"
    if theme.stars is not None:
        size += f"; {theme.stars:.2f} stars"
    lines = [("", size)]
    if theme.polarities:
        counts = ", ".join(
            f"{side.value} {theme.polarities.get(side.value, 0)}" for side in Polarity
        )
        lines.append(("", f"called {counts}"))
    lines += [(side[:3], passage.text) for side, found in quotes.items() for passage in found[:1]]
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, justify="right", min_width=6)
    table.add_column()
    name = f"new: {theme.name}" if theme.new else theme.name
    table.add_row(Text(str(theme.id), style="bold"), plain_text(name))
    for mark, text in lines:
        table.add_row(Text(mark, style="dim"), plain_text(text))
    return table


def _as_json(theme: ThemeSummary, quotes: dict[str, list[Passage]], texts: int) -> dict[str, Any]:
    low, high = wilson(theme.texts, texts)
    return {
        "id": theme.id,
        "name": theme.name,
        "named_by": theme.named_by,
        "phrases": list(theme.phrases),
        "broad_id": theme.broad_id,
        "first_seen": theme.first_seen.isoformat(),
        "new": theme.new,
        "documents": theme.documents,
        "texts": theme.texts,
        "share": theme.texts / max(texts, 1),
        "share_low": low,
        "share_high": high,
        "stars": theme.stars,
        "called": theme.polarities,
        "quotes": {side: [_passage_json(one) for one in chosen] for side, chosen in quotes.items()},
    }


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "document_id": passage.document_id,
        "source": passage.source,
        "external_id": passage.external_id,
        "ordinal": passage.ordinal,
        "time": passage.time.isoformat() if passage.time else None,
        "similarity": round(passage.similarity, 4),
        "called": passage.polarity,
        "text": passage.text,
    }


def show_theme(engine: Engine, theme_id: int, view: ThemeView) -> None:
    """Show the clauses of one theme, those nearest to its centre first; copies once in a table.

    Raises:
        UsageError: If there is no such theme.
    """
    with reading(engine) as connection:
        try:
            theme = find_theme(connection, theme_id)
        except UnknownThemeError as error:
            raise UsageError(str(error)) from None
        scope = ThemeScope.parse(find_set(connection, theme.set_id).scope)
        # A program gets each document, a reader each text once.
        most = view.limit if view.as_json or view.limit is None else max(MOST_READ, view.limit)
        passages = read_passages(connection, theme, scope, most)
        name, phrases = theme.name, list(theme.phrases)
        if view.redacted:
            passages, name, phrases = redact_facts(connection, (passages, name, phrases))
    if view.as_json:
        shown = {"id": theme.id, "name": name, "phrases": phrases}
        clauses = [_passage_json(one) for one in passages]
        say(json_text(shown | {"clauses": clauses}, indent=2))
        return
    columns = ("document", "documents", "source", "id", "time", "similarity", "called", "text")
    alike = _alike(passages)
    rows = [
        (
            one.document_id,
            alike[one],
            one.source,
            one.external_id,
            one.time,
            round(one.similarity, 2),
            one.polarity,
            one.text,
        )
        for one in list(alike)[: view.limit]
    ]
    say(f"theme {theme.id}: {name}; said in it: {', '.join(phrases) or '–'}")
    Console().print(make_table(columns, rows) if rows else "no documents")
    if len(passages) == most:
        say(f"of the {most:,} clauses nearest to its centre")


def _alike(passages: Sequence[Passage]) -> dict[Passage, int]:
    """Of clauses with the same words the first, and of how many documents they are."""
    # With numpy, for which no other table has to wait.
    from schema.insights.copies import normalise

    documents: dict[str, set[int]] = {}
    first: dict[str, Passage] = {}
    for one in passages:
        words = normalise(one.text)
        documents.setdefault(words, set()).add(one.document_id)
        first.setdefault(words, one)
    return {one: len(documents[words]) for words, one in first.items()}
