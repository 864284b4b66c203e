"""From clusters to themes with ids, names and what people did to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from producer.themes.assignment import FLOOR, OTHER, assign
from producer.themes.clustering import Clustering
from producer.themes.edits import edited_ids, replay
from producer.themes.grid import Grid, Ints, centres
from producer.themes.matching import match
from producer.themes.naming import name_themes
from schema.insights.courtesies import are_manners
from schema.tables import ThemeKind

#: Texts of a theme that are looked at to tell whether they are manners alone.
MEMBERS = 200
#: How `themes.centre` is stored.
STORED = np.dtype("<i2")


@dataclass(slots=True)
class Past:
    """What is known of themes before they are found again.

    Attributes:
        themes: Rows of the set that is replaced, none the first time.
        edits: All edits.
        next_id: The lowest free id.
        time: Now.
    """

    themes: Sequence[dict[str, Any]]
    edits: Sequence[Any]
    next_id: int
    time: datetime

    def new_id(self) -> int:
        """An id that no theme has or had."""
        self.next_id += 1
        return self.next_id - 1

    def of_kind(self, kind: ThemeKind) -> list[dict[str, Any]]:
        """The old themes of a kind."""
        return [theme for theme in self.themes if theme["kind"] == kind]


def read_centres(themes: Iterable[dict[str, Any]], dimensions: int) -> Grid:
    """Their centres as rows."""
    stored = b"".join(theme["centre"] for theme in themes)
    return np.frombuffer(stored, dtype=STORED).reshape(-1, dimensions).astype(np.int16)


def active(themes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Themes that clauses belong to: those that were found, without those that were split."""
    split = {theme["split_from"] for theme in themes}
    return [
        theme for theme in themes if theme["kind"] == ThemeKind.THEME and theme["id"] not in split
    ]


def carry_over(themes: Sequence[dict[str, Any]], before: Grid, rows: Grid) -> list[dict[str, Any]]:
    """Old themes with centres among the new vectors of a sample, by the vectors that it had before;
    those that nothing belonged to are left out.
    """
    carried = []
    for kind in ThemeKind:
        old = [theme for theme in themes if theme["kind"] == kind]
        if not old:
            continue
        floor = -1.0 if kind == ThemeKind.BROAD else FLOOR
        groups = assign(before, read_centres(old, before.shape[1]), floor).themes
        for theme, centre in zip(old, centres(rows, groups, len(old)), strict=True):
            if centre.any():
                carried.append({**theme, "centre": stored(centre)})
    return carried


def start_from(past: Past, rows: Grid) -> Ints | None:
    """The themes that rows had, from which a search for new ones begins; None the first time."""
    old = active(past.themes)
    if not old:
        return None
    place = {theme["id"]: number for number, theme in enumerate(old)}
    merged = np.array([place.get(one["merged_into"], place[one["id"]]) for one in old])
    found = assign(rows, read_centres(old, rows.shape[1]), FLOOR).themes
    return np.where(found == OTHER, OTHER, merged[found])


def make_themes(
    past: Past, texts: Sequence[str], rows: Grid, clustering: Clustering
) -> list[dict[str, Any]]:
    """The rows of `themes` for what was found in a sample, with the ids that they had before.

    What a person has edited stays, as it was, where it is not found again.
    """
    found = _identify(
        past, ThemeKind.THEME, centres(rows, clustering.themes, len(clustering.broad))
    )
    broad_rows = _of_broad(clustering)
    broad_count = int(clustering.broad.max(initial=OTHER)) + 1
    broad = _identify(past, ThemeKind.BROAD, centres(rows, broad_rows, broad_count))
    for theme, number in zip(found, clustering.broad, strict=True):
        theme["broad_id"] = broad[number]["id"]
    kept = _edited(past, {theme["id"] for theme in found}, {theme["id"] for theme in broad})
    replay(past.edits, {theme["id"]: theme for theme in [*found, *kept, *broad]})
    give_names(found, kept, (texts, rows, clustering.themes))
    give_names(broad, [], (texts, rows, broad_rows))
    return [*found, *kept, *broad]


def _edited(past: Past, used: set[int], broad: set[int]) -> list[dict[str, Any]]:
    edited = edited_ids(past.edits)
    kept = [
        dict(theme)
        for theme in past.of_kind(ThemeKind.THEME)
        if theme["id"] in edited and theme["id"] not in used
    ]
    for theme in kept:
        theme["broad_id"] = theme["broad_id"] if theme["broad_id"] in broad else None
    return kept


def give_names(
    found: Sequence[dict[str, Any]],
    others: Sequence[dict[str, Any]],
    sample: tuple[Sequence[str], Grid, Ints],
) -> None:
    """Name the themes that have no name, and tell what is said in each. One whose texts share no
    words says nothing to anybody, nor does one of manners alone: they are hidden, until a person
    shows them.

    Args:
        found: Themes in the order of their numbers in `sample`.
        others: Themes whose names are taken too.
        sample: Texts, their vectors, and the number of each one's theme.
    """
    texts, rows, themes = sample
    taken = {theme["name"] for theme in [*found, *others] if theme["name"]}
    named = name_themes(texts, rows, themes, [not theme["name"] for theme in found], taken)
    for number, (theme, name) in enumerate(zip(found, named, strict=True)):
        theme["phrases"] = name.phrases
        if not theme["name"]:
            members = [texts[row] for row in np.flatnonzero(themes == number)[:MEMBERS].tolist()]
            hidden = not name.phrases or are_manners(members)
            theme |= {"name": name.name, "hidden": hidden}


def _of_broad(clustering: Clustering) -> Ints:
    inside = clustering.themes >= 0
    rows = np.full(len(clustering.themes), OTHER, dtype=np.int64)
    rows[inside] = clustering.broad[clustering.themes[inside]]
    return rows


def _identify(past: Past, kind: ThemeKind, found: Grid) -> list[dict[str, Any]]:
    """A row for each centre: the old one, moved there, or one with a new id."""
    old = past.of_kind(kind)
    pairs = match(read_centres(old, found.shape[1]), found) if len(found) else {}
    made = []
    for number, centre in enumerate(found):
        if number in pairs:
            made.append({**old[pairs[number]], "centre": stored(centre)})
        else:
            made.append(new_theme(past, kind, centre))
    return made


def stored(centre: Grid) -> bytes:
    """A centre as its column has it."""
    return centre.astype(STORED).tobytes()


def new_theme(past: Past, kind: ThemeKind, centre: Grid) -> dict[str, Any]:
    """A row with a new id, and no name yet."""
    return {
        "id": past.new_id(),
        "kind": kind,
        "broad_id": None,
        "name": "",
        "named_by": None,
        "phrases": [],
        "centre": stored(centre),
        "first_seen": past.time,
        "new": bool(past.themes) and kind != ThemeKind.TOPIC,
        "merged_into": None,
        "split_from": None,
        "hidden": False,
    }
