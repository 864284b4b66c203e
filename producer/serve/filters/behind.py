"""What is behind a figure: the parameters of an address that say it, as conditions and in words.

They are what the figure counts and not its place on the page, so a link that is shared shows the
same figure's texts next week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Engine

from producer.errors import UsageError
from producer.export.where import read_conditions
from producer.serve.filters.page_filters import LONGEST, of_theme
from producer.serve.filters.sides import read_side, side_words
from schema.corrections.subject import REVIEWABLE
from schema.database import reading
from schema.questions import Scope
from schema.questions.answers import find_answers
from schema.questions.counts import STARS
from schema.questions.segment_counts import COLUMNS
from schema.questions.wishes import read_wishes
from schema.reports import Condition
from schema.results import RESULT_TABLES
from schema.results.sentiment import SentimentRow

#: What an answer is called that says nothing; see `v_answers.grouped`.
NO_ANSWER = "(none)"
#: What a spelling has in common with others that count as the same; see `schema.views.dialect`.
_SAME = "(SELECT {0}(given.said) FROM (SELECT CAST(:{1} AS TEXT) AS said) AS given)"
#: What is called of documents whose label is unsure.
UNSURE_LABEL = "*unsure*"
#: Documents whose stars and polarity say the opposite of each other.
STARS_DIFFER = "stars"


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind a figure.

    Attributes:
        words: What it is, for a title.
        conditions: On `v_documents AS d`; they may read other views.
    """

    words: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def and_also(self, words: str, condition: Condition) -> Behind:
        """With a further condition."""
        return replace(self, words=(*self.words, words), conditions=(*self.conditions, condition))


def read_behind(
    engine: Engine, given: Mapping[str, str], names: Mapping[str, str], scope: Scope
) -> Behind:
    """Read what is behind a figure.

    Args:
        engine: To read with.
        given: The parameters of an address.
        names: The names of themes by id.
        scope: The documents that the page is about.

    Raises:
        UsageError: If a parameter cannot be understood.
    """
    behind = Behind()
    for name, read in _READERS.items():
        value = given.get(name, "").strip()
        if len(value) > LONGEST * 4:
            raise UsageError(f"this address is too long; shorten {name}")
        if value:
            for words, condition in read(_Parameters(engine, {**given, name: value}, names, scope)):
                behind = behind.and_also(words, condition)
    return behind


_Found = Iterator[tuple[str, Condition]]


@dataclass(frozen=True, slots=True)
class _Parameters:
    """What a parameter is read with: all of them, names of themes by id, and what the page is
    about.
    """

    engine: Engine
    given: Mapping[str, str]
    names: Mapping[str, str]
    scope: Scope


def _theme(sent: _Parameters) -> _Found:
    number = sent.given["in_theme"]
    yield sent.names.get(number, f"theme {number}"), of_theme(sent.engine, number)


def _side(sent: _Parameters) -> _Found:
    yield side_words(sent.given["side"]), read_side(sent.given["side"])


def _week(sent: _Parameters) -> _Found:
    first = _day(sent.given["week"])
    yield f"week of {first}", _days(first, first + timedelta(days=7))


def _month(sent: _Parameters) -> _Found:
    first = _day(sent.given["month"]).replace(day=1)
    yield f"{first:%B %Y}", _days(first, (first + timedelta(days=31)).replace(day=1))


def _day(given: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"a day is written as 2026-10-01, and {given!r} is none") from None
    if found.year >= date.max.year:
        raise UsageError("nobody writes that late; name an earlier day")
    return found


def _days(first: date, behind: date) -> Condition:
    # Dates that were parsed: nothing but digits is in them.
    return Condition(f"d.day >= '{first}' AND d.day < '{behind}'", {})


def _segment(sent: _Parameters) -> _Found:
    by, _, value = sent.given["segment"].partition("=")
    if by in COLUMNS:
        yield value, Condition(f"d.{by} = :segment", {"segment": value})
        return
    (condition,) = read_conditions(sent.engine, [sent.given["segment"]])
    renamed = {f"behind_{name}": one for name, one in condition.parameters.items()}
    sql = condition.sql
    for name in condition.parameters:
        sql = sql.replace(f":{name}", f":behind_{name}")
    yield value, Condition(sql, renamed)


def _low(sent: _Parameters) -> _Found:
    yield "of at most 2 stars", Condition(f"{STARS} <= 2", {})


def _entity(sent: _Parameters) -> _Found:
    # The figure is called by its most frequent spelling, and counts all of them.
    sql = f"""d.id IN (
        SELECT m.document_id FROM v_mentions AS m
        WHERE NOT m.unsure AND m.type = :entity_type
          AND m.entity = {_SAME.format("spelling", "entity")})"""
    kind = sent.given.get("type", "")
    parameters = {"entity": sent.given["entity"], "entity_type": kind}
    yield f"{sent.given['entity']} ({kind})", Condition(sql, parameters)


def _answer(sent: _Parameters) -> _Found:
    question, answer = sent.given.get("question", ""), sent.given["answer"]
    same = "a.grouped = :answer"
    if answer != NO_ANSWER:
        same = f"a.grouped = {_SAME.format('answer_key', 'answer')}"
    sql = f"""d.id IN (
        SELECT a.document_id FROM v_answers AS a WHERE a.question = :question AND {same})"""
    yield f"{question} {answer}", Condition(sql, {"question": question, "answer": answer})


def _like(sent: _Parameters) -> _Found:
    # Which answers stand together depends on all others: on what the page is about.
    question, about = sent.given.get("question", ""), sent.given["like"]
    with reading(sent.engine) as connection:
        keys = find_answers(connection, sent.scope, question, about)
    parameters = {f"like{number}": key for number, key in enumerate(keys)} or {"like0": about}
    among = ", ".join(f":{one}" for one in parameters)
    sql = f"""d.id IN (
        SELECT a.document_id FROM v_answers AS a
        WHERE a.question = :question AND a.grouped IN ({among}))"""
    yield f"{question} {about}", Condition(sql, {"question": question, **parameters})


def _request(sent: _Parameters) -> _Found:
    # As with answers, what stands together depends on all that is asked for.
    name = sent.given["asked_for"]
    with reading(sent.engine) as connection:
        wishes, _ = read_wishes(connection, sent.scope)
    ids = next((one.documents for one in wishes if one.name == name), [])
    among = ", ".join(map(str, ids)) or "NULL"
    yield f"asked for: {name}", Condition(f"d.id IN ({among})", {})


def _labelled(sent: _Parameters) -> _Found:
    label, analysis = sent.given["labelled"], sent.given.get("of_analysis", "")
    having = "NOT c.unsure AND c.label = :labelled"
    parameters = {"of_analysis": analysis}
    if label == UNSURE_LABEL:
        label, having = "unsure", "c.unsure AND c.ordinal = 0"
    else:
        parameters["labelled"] = label
    sql = f"""d.id IN (
        SELECT c.document_id FROM v_classes AS c WHERE c.analysis = :of_analysis AND {having})"""
    yield f"{analysis}: {label}", Condition(sql, parameters)


def _differ(sent: _Parameters) -> _Found:
    what = sent.given["differ"]
    if what == STARS_DIFFER:
        sql = f"({STARS} <= 2 AND d.polarity = 'positive')"
        sql += f" OR ({STARS} >= 4 AND d.polarity = 'negative')"
        yield "stars and sentiment differ", Condition(sql, {})
        return
    if what not in REVIEWABLE:
        raise UsageError(f"nobody compares {what!r}; it can be: {', '.join(REVIEWABLE)}, stars")
    table = next(one for one in RESULT_TABLES if one.analysis == what)
    label = "s.polarity" if table is SentimentRow else "s.label"
    name = table.__tablename__  # type: ignore[attr-defined]
    # As `schema.questions.labels` has it: of several people the last word counts.
    sql = f"""d.id IN (
        SELECT c.document_id FROM corrections AS c
        JOIN {name} AS s ON s.run_id = c.run_id AND s.document_id = c.document_id
        WHERE c.analysis = '{what}' AND c.drawn = 'random' AND c.superseded_at IS NULL
          AND NOT s.unsure AND c.label <> {label}
          AND (:run_id IS NULL OR c.run_id = :run_id)
          AND NOT EXISTS (
              SELECT 1 FROM corrections AS later
              WHERE later.run_id = c.run_id AND later.analysis = c.analysis
                AND later.document_id = c.document_id AND later.superseded_at IS NULL
                AND later.id > c.id))"""
    yield f"a person and the model of {what} differ", Condition(sql, {})


_Reader = Callable[[_Parameters], _Found]
#: By the parameter; those that only go with another are read with it.
_READERS: dict[str, _Reader] = {
    "in_theme": _theme,
    "segment": _segment,
    "entity": _entity,
    "answer": _answer,
    "like": _like,
    "labelled": _labelled,
    "asked_for": _request,
    "differ": _differ,
    "side": _side,
    "low": _low,
    "week": _week,
    "month": _month,
}
#: Every parameter that says what is behind a figure.
PARAMETERS = (*_READERS, "type", "question", "of_analysis")
