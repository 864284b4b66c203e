"""Heads on one encoder that know different languages: one pass, of what any of them reads."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, select, update

from schema.database import reading, writing
from schema.options import RunOptions
from schema.results.sentiment import SentimentRow
from schema.results.translation import TranslationRow
from schema.tables import AbstentionRow, DocumentRow, Job, JobState, Run
from tests.support.burst import Child
from tests.support.ledger import make_run
from tests.support.shared_heads import Passes
from tests.support.sibling_jobs import ANALYSES, TEXTS, send, take

LANGUAGES = ["en", "de", "en", "fr"]
NEEDS = {"sentiment": ["language"], "entities": ["language"]}


@pytest.fixture
def sharing(sharing: Child) -> Child:
    """Sentiment reads English and German, entities English and French."""
    sharing.engines["sentiment"].analysis.languages = frozenset({"en", "de"})
    sharing.engines["entities"].analysis.languages = frozenset({"en", "fr"})
    return sharing


def make(engine: Engine, needs: dict[str, list[str]], options: RunOptions | None = None) -> int:
    """A run whose languages and translations are there, so that no job waits for them."""
    run = make_run(engine, TEXTS, ANALYSES, options=options)
    with writing(engine) as connection:
        connection.execute(update(Run).values(needs=needs))
        for text, language in zip(TEXTS, LANGUAGES, strict=True):
            named = update(DocumentRow).where(DocumentRow.text == text)
            connection.execute(named.values(language=language))
    return run


def work(engine: Engine, child: Child, lead: str) -> None:
    send(engine, child)
    child.runner.run_message(lead, take(child, lead))


def left_alone(engine: Engine) -> list[tuple[str, str]]:
    """The text and the analysis that left it alone."""
    with reading(engine) as connection:
        statement = (
            select(DocumentRow.text, AbstentionRow.analysis)
            .join(AbstentionRow, AbstentionRow.document_id == DocumentRow.id)
            .order_by(DocumentRow.id)
        )
        return [(row.text, row.analysis) for row in connection.execute(statement)]


@pytest.mark.parametrize("lead", ANALYSES)
def test_each_text_goes_through_once_for_whom_it_concerns(
    engine: Engine, sharing: Child, passes: Passes, lead: str
) -> None:
    make(engine, NEEDS)
    work(engine, sharing, lead)
    assert sum(passes.rows) == len(TEXTS)
    assert left_alone(engine) == [(TEXTS[1], "entities"), (TEXTS[3], "sentiment")]
    with reading(engine) as connection:
        assert set(connection.execute(select(Job.state, Job.attempts)).all()) == {
            (JobState.DONE, 1)
        }
        rated = select(DocumentRow.text).join(
            SentimentRow, SentimentRow.document_id == DocumentRow.id
        )
        assert sorted(connection.execute(rated).scalars()) == sorted(TEXTS[:3])


def test_where_one_reads_a_translation_both_texts_go_through(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    needs = {"sentiment": ["language"], "entities": ["language", "translation"]}
    run = make(engine, needs, RunOptions(translate_to="en"))
    with writing(engine) as connection:
        berlin = select(DocumentRow.id).where(DocumentRow.text == TEXTS[1]).scalar_subquery()
        row = {"language": "en", "translation": "Anna is in Berlin", "windows": 1}
        connection.execute(insert(TranslationRow).values(run_id=run, document_id=berlin, **row))
    work(engine, sharing, "sentiment")
    # Sentiment does not wait for translations, and leaves the French text alone.
    assert left_alone(engine) == [(TEXTS[3], "sentiment")]
    assert sum(passes.rows) == len(TEXTS) + 1
    with reading(engine) as connection:
        used = select(SentimentRow.text_used).distinct()
        assert list(connection.execute(used).scalars()) == ["original"]
