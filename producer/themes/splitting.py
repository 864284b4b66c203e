"""A theme that says two things becomes several, because a person wants it so."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Engine, select

from producer.themes.assignment import assign
from producer.themes.clustering import communities, move_to_nearest
from producer.themes.graph import neighbour_graph
from producer.themes.grid import Grid, Ints, centres
from producer.themes.lineage import Past, give_names, new_theme
from producer.themes.membership import grid_of
from producer.themes.sample import HashSample
from producer.themes.word_vectors import WordVectors
from schema.database import reading
from schema.database.clock import now
from schema.tables import DocumentTheme, ThemeKind
from schema.themes.clauses import ClauseSource
from schema.themes.memberships import add_themes, read_members
from schema.themes.scope import ThemeScope
from schema.themes.sets import find_set, next_theme_id, themes_of

#: How finely a theme is cut, one after the other, until there are parts; …
RESOLUTIONS = (0.5, 1.0, 1.5, 2.0, 3.0)
#: … more than these would be a rebuild.
MOST_PARTS = 6


class NotSplitError(ValueError):
    """The clauses of a theme are too alike, or too few, to be parted."""


def split_theme(engine: Engine, theme: Any) -> list[dict[str, Any]]:
    """Part the clauses of a theme by what they say, and write the parts as themes with new ids.

    The theme itself stays in the set without clauses, to be known again in a rebuild.

    Returns:
        The rows of the parts.

    Raises:
        NotSplitError: If there are no parts.
    """
    with reading(engine) as connection:
        chosen = find_set(connection, theme.set_id)
        themes = [row._asdict() for row in themes_of(connection, chosen.id)]
        time = connection.execute(select(now())).scalar_one()
        past = Past(themes, [], next_theme_id(connection), time)
    words = None if chosen.projection is None else WordVectors.from_bytes(chosen.projection)
    source = ClauseSource(ThemeScope.parse(chosen.scope), chosen.model)
    sample = HashSample()
    places: list[tuple[int, int]] = []
    vectors = []
    for block, found in read_members(engine, source, chosen.id, DocumentTheme.theme_id == theme.id):
        keys = list(zip(block.owners, block.ordinals, strict=True))
        meant = [place for place, key in enumerate(keys) if key in found]
        rows = grid_of(block, words)[meant]
        sample.add([block.texts[place] for place in meant], rows)
        places += [keys[place] for place in meant]
        vectors.append(rows)
    groups = _parts(sample.vectors)
    middles = centres(sample.vectors, groups, int(groups.max()) + 1)
    parts = [new_theme(past, ThemeKind.THEME, middle) for middle in middles]
    for part in parts:
        part |= {"new": False, "broad_id": theme.broad_id, "split_from": theme.id}
    give_names(parts, themes, (sample.texts, sample.vectors, groups))
    nearest, cosines = assign(np.concatenate(vectors), middles, floor=-1.0)
    moves = [
        {
            "of_document": document,
            "of_ordinal": ordinal,
            "theme_id": parts[part]["id"],
            "similarity": cosine,
        }
        for (document, ordinal), part, cosine in zip(
            places, nearest.tolist(), cosines.tolist(), strict=True
        )
    ]
    add_themes(engine, chosen.id, parts, moves)
    return parts


def _parts(rows: Grid) -> Ints:
    edges = neighbour_graph(rows)
    for resolution in RESOLUTIONS:
        groups = move_to_nearest(rows, communities(edges, len(rows), resolution))
        count = int(groups.max(initial=-1)) + 1
        if 2 <= count <= MOST_PARTS:
            return groups
    raise NotSplitError("its texts are too alike, or too few, to be parted; rename or hide it")
