"""New themes among what fitted none of those that there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine, select

from producer.themes.assignment import OTHER, assign
from producer.themes.grid import Grid, Ints, centres
from producer.themes.leftovers import cluster_leftovers
from producer.themes.lineage import Past, give_names, new_theme
from producer.themes.membership import Members, grid_of
from producer.themes.sample import HashSample
from schema.database import reading
from schema.database.clock import now
from schema.tables import DocumentTheme, ThemeKind
from schema.themes.clauses import ClauseSource, read_clauses
from schema.themes.memberships import add_themes, read_members
from schema.themes.sets import next_theme_id


class Leftovers(NamedTuple):
    """Clauses that fit no theme well.

    Attributes:
        sample: Their different texts.
        places: (document, ordinal) of each clause that may get another theme, …
        similarities: … the cosine with the theme nearest to it, …
        vectors: … and its vector.
    """

    sample: HashSample
    places: list[tuple[int, int]]
    similarities: list[float]
    vectors: Grid


def add_new_themes(
    engine: Engine, source: ClauseSource, members: Members, documents: Collection[int]
) -> list[int]:
    """Cluster leftovers, and write what is found as new themes of the set.

    Where themes were just made, leftovers are what is in none of them. Later they are all clauses
    that came since and fitted badly; of these only such get a new theme as had none or came now.

    Args:
        engine: The database.
        source: Where clauses are read.
        members: The set.
        documents: Those that came now.

    Returns:
        The ids of new themes that have a name.
    """
    if not members.ids:
        return []
    left = _read(engine, source, members, documents)
    found = cluster_leftovers(left.sample.vectors, members.centres, members.fit.least_mean)
    count = int(found.max(initial=OTHER)) + 1
    if not count:
        return []
    middles = centres(left.sample.vectors, found, count)
    with reading(engine) as connection:
        time = connection.execute(select(now())).scalar_one()
        past = Past(members.themes, [], next_theme_id(connection), time)
    rows = [new_theme(past, ThemeKind.THEME, middle) for middle in middles]
    for row in rows:
        row["new"] = members.late
    give_names(rows, members.themes, _before_others(engine, source, members, left.sample, found))
    themes, cosines = assign(left.vectors, middles, members.fit.least)
    nearer = (themes >= 0) & (cosines > np.array(left.similarities))
    moves = [
        {
            "of_document": left.places[place][0],
            "of_ordinal": left.places[place][1],
            "theme_id": rows[int(themes[place])]["id"],
            "similarity": float(cosines[place]),
        }
        for place in np.flatnonzero(nearer).tolist()
    ]
    add_themes(engine, members.set_id, rows, moves)
    return [row["id"] for row in rows if not row["hidden"]]


def _read(
    engine: Engine, source: ClauseSource, members: Members, documents: Collection[int]
) -> Leftovers:
    below = members.fit.late_below if members.late else members.fit.least
    badly = [DocumentTheme.similarity < below, *([DocumentTheme.late] if members.late else [])]
    sample = HashSample()
    places, similarities = [], []
    vectors = [np.empty((0, members.centres.shape[1]), dtype=np.int16)]
    for block, found in read_members(engine, source, members.set_id, *badly):
        keys = zip(block.owners, block.ordinals, strict=True)
        meant = np.array(block.telling(key in found for key in keys), dtype=bool)
        if not meant.any():
            continue
        rows = grid_of(block, members.words)
        # A theme that was added since may be near by now.
        meant &= assign(rows, members.centres).cosines < below
        chosen = np.flatnonzero(meant).tolist()
        sample.add([block.texts[place] for place in chosen], rows[chosen])
        movable = []
        for place in chosen:
            key = (block.owners[place], block.ordinals[place])
            if found[key].theme_id is None or key[0] in documents:
                movable.append(place)
                places.append(key)
                similarities.append(found[key].similarity)
        vectors.append(rows[movable])
    return Leftovers(sample, places, similarities, np.concatenate(vectors))


def _before_others(
    engine: Engine, source: ClauseSource, members: Members, sample: HashSample, found: Ints
) -> tuple[list[str], Grid, Ints]:
    """The sample for names: what is said in a new theme is told from what others say."""
    block = next(iter(read_clauses(engine, source)))
    return (
        [*sample.texts, *block.texts],
        np.concatenate([sample.vectors, grid_of(block, members.words)]),
        np.concatenate([found, np.full(len(block.texts), OTHER, dtype=np.int64)]),
    )
