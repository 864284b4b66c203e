"""`triage themes`: from clauses in the database to themes in it, step by step, each of which can be
interrupted: what is there is not done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Engine, select

from producer.themes.clustering import Clustering, cluster
from producer.themes.fit import measure
from producer.themes.grid import Grid, centres, to_grid
from producer.themes.lineage import (
    Past,
    carry_over,
    make_themes,
    new_theme,
    start_from,
)
from producer.themes.membership import Members, assign_documents
from producer.themes.newcomers import add_new_themes
from producer.themes.sample import SAMPLE, HashSample
from producer.themes.statistics import write_statistics
from producer.themes.topics import Topic, topic_centres
from producer.themes.word_vectors import WordVectors, fit_word_vectors
from schema.database import reading
from schema.database.clock import now
from schema.insights.stored_vectors import read_vectors
from schema.tables import ThemeKind
from schema.themes.clauses import ClauseSource, newest_model, read_clauses, tells_something
from schema.themes.edits import read_edits
from schema.themes.scope import ThemeScope
from schema.themes.sets import (
    EMBEDDING,
    WORDS,
    begin_set,
    current_set,
    finish_set,
    next_theme_id,
    themes_of,
    unfinished_set,
)
from schema.themes.weeks import count_weeks


@dataclass(frozen=True, slots=True)
class Found:
    """What `find_themes` did.

    Attributes:
        set_id: The set that counts now; None if there was no feedback.
        rebuilt: Whether themes were found anew.
        assigned: Documents that got their themes now.
        new: Ids of themes that came to those that there were.
        unknown_topics: Names of topics whose words no clause says.
        stale: What of the newest vectors the set does not know, as they came after it.
    """

    set_id: int | None
    rebuilt: bool = False
    assigned: int = 0
    new: Sequence[int] = ()
    unknown_topics: Sequence[str] = ()
    stale: str | None = None


def find_themes(
    engine: Engine, scope: ThemeScope, rebuild: bool = False, topics: Sequence[Topic] = ()
) -> Found:
    """Find themes the first time or anew; else give new documents the themes that there are.

    Args:
        engine: The database.
        scope: Which feedback.
        rebuild: Whether to find them anew; what is found again keeps its id.
        topics: A person's own, for sets that are made anew; without any, those of before stay.
    """
    with reading(engine) as connection:
        current = current_set(connection, scope)
        begun = unfinished_set(connection, scope)
    unknown: Sequence[str] = ()
    if begun is None and (current is None or rebuild):
        unknown = _begin(engine, scope, current, topics)
        with reading(engine) as connection:
            begun = unfinished_set(connection, scope)
        if begun is None:
            return Found(None)
    chosen = begun or current
    source = ClauseSource(scope, chosen.model)
    with reading(engine) as connection:
        themes = [row._asdict() for row in themes_of(connection, chosen.id)]
    members = Members(chosen, themes, late=begun is None)
    documents = assign_documents(engine, source, members)
    new = add_new_themes(engine, source, members, documents)
    count_weeks(engine, chosen.id)
    write_statistics(engine, chosen.id)
    if begun is not None:
        finish_set(engine, scope, chosen.id)
    stale = _stale(engine, scope, chosen)
    return Found(chosen.id, begun is not None, len(documents), new, unknown, stale)


def _stale(engine: Engine, scope: ThemeScope, chosen: Any) -> str | None:
    with reading(engine) as connection:
        model = newest_model(connection, scope)
    if model in (chosen.model, None):
        return None
    if chosen.basis == WORDS:
        return "there are embeddings by now, and themes are still of words"
    return "the newest embeddings are of another model than the themes"


def _begin(
    engine: Engine, scope: ThemeScope, current: Any, topics: Sequence[Topic]
) -> Sequence[str]:
    """Find themes in a sample, and write them as a set that is not ready; without any feedback,
    nothing is written. Returns the names of topics that no clause speaks of.
    """
    with reading(engine) as connection:
        model = newest_model(connection, scope)
        old = [] if current is None else themes_of(connection, current.id)
        past = Past(
            [row._asdict() for row in old],
            read_edits(connection),
            next_theme_id(connection),
            connection.execute(select(now())).scalar_one(),
        )
    sample, words = _sample(engine, ClauseSource(scope, model))
    if not sample.texts:
        return ()
    rows = sample.vectors
    if current is not None and current.projection is not None:
        before = WordVectors.from_bytes(current.projection).vectors(sample.texts)
        past.themes = carry_over(past.themes, before, rows)
    elif current is not None and current.model != model:
        # Vectors of another model: nothing of then can be compared.
        past.themes = []
    clustering = cluster(rows, start_from(past, rows))
    themes = make_themes(past, sample.texts, rows, clustering)
    own, unknown = _topics(past, topics, sample)
    values = {
        "scope": str(scope),
        "basis": _basis(words),
        "model": model,
        "projection": None if words is None else words.to_bytes(),
        "next_theme_id": past.next_id,
        **({} if words else _fit(rows, clustering)),
    }
    begin_set(engine, values, [*themes, *own])
    return unknown


def _fit(rows: Grid, clustering: Clustering) -> dict[str, float]:
    count = len(clustering.broad)
    if not count:
        return {}
    least, usual = measure(rows, centres(rows, clustering.themes, count))
    return {"least_similarity": least, "usual_similarity": usual}


def _basis(words: WordVectors | None) -> str:
    return EMBEDDING if words is None else WORDS


def _sample(engine: Engine, source: ClauseSource) -> tuple[HashSample, WordVectors | None]:
    """The sample of clauses that say something; without embeddings, also how vectors are made."""
    sample = HashSample(SAMPLE)
    for block in read_clauses(engine, source):
        if source.model is None:
            sample.add(
                block.texts, np.zeros((len(block.texts), 0), dtype=np.int16), tells_something
            )
        elif low := sample.low(block.texts):
            vectors = to_grid(read_vectors([block.vectors[place] for place in low]))
            sample.add([block.texts[place] for place in low], vectors, tells_something)
    if source.model is not None:
        return sample, None
    words = fit_word_vectors(sample.texts)
    sample.vectors = words.vectors(sample.texts)
    return sample, words


def _topics(
    past: Past, topics: Sequence[Topic], sample: HashSample
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of topics, and the names of those that no clause speaks of."""
    if not topics:
        return past.of_kind(ThemeKind.TOPIC), []
    before = {theme["name"]: theme for theme in past.of_kind(ThemeKind.TOPIC)}
    known, found = topic_centres(topics, sample.texts, sample.vectors)
    rows = []
    for topic, centre in zip(known, found, strict=True):
        row = new_theme(past, ThemeKind.TOPIC, centre)
        if topic.name in before:
            row["id"] = before[topic.name]["id"]
        rows.append(row | {"name": topic.name, "phrases": sorted(topic.words())})
    return rows, [topic.name for topic in topics if topic not in known]
