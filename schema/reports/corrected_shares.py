"""The report `corrected-shares`: beside a model's count the share, where people have labelled a
random part that is large enough.

It is no plain SQL, since the share takes more than counting; what it needs of a million results is
three sums, which the database makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, text

from schema.corrections.subject import Subject, reviewable
from schema.intents import NO_INTENT, split_intents

DESCRIPTION = "Shares of labels, corrected by what people said of a random part of a run"

COLUMNS = (
    *("run", "analysis", "label", "documents", "classified", "classified_percent"),
    *("labelled", "percent", "low_percent", "high_percent"),
)

#: How far a result leans to the label; any number will do that is higher where it is likelier.
_SCORE = "CASE WHEN s.label = :label THEN s.score ELSE 0 END"
_POLARITY_SCORES = {
    "negative": "CASE WHEN s.polarity_score < 0 THEN -s.polarity_score ELSE 0 END",
    "neutral": "1 - ABS(COALESCE(s.polarity_score, 0))",
    "positive": "CASE WHEN s.polarity_score > 0 THEN s.polarity_score ELSE 0 END",
}

_RUNS = """
SELECT r.id, r.name FROM runs AS r
WHERE r.deleted_at IS NULL AND (r.id = :run_id OR (:run_id IS NULL AND EXISTS (
    SELECT 1 FROM corrections AS c
    WHERE c.run_id = r.id AND c.analysis = :analysis AND c.drawn = 'random'
      AND c.superseded_at IS NULL)))
ORDER BY r.id
"""
#: A document may have several intents; that of the label is `i`, and the first stands for it.
_INTENT_SCORE = "COALESCE(i.score, 0)"
_THE_INTENT = """
LEFT JOIN intents AS i
  ON i.run_id = s.run_id AND i.document_id = s.document_id AND i.intent = :label"""
_FROM = """
FROM {table} AS s {join}
JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
WHERE s.run_id = :run_id AND {is_first}
"""
_COUNTS = """
SELECT s.{label} AS label, COUNT(*) FILTER (WHERE NOT s.unsure)
FROM {table} AS s
JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
WHERE s.run_id = :run_id
GROUP BY s.{label}
"""
_SURE = """
SELECT COUNT(DISTINCT s.document_id)
FROM {table} AS s
JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
WHERE s.run_id = :run_id AND NOT s.unsure AND s.{label} IS NOT NULL
"""
_SUMS = "SELECT COUNT(*), AVG({score}), AVG(({score}) * ({score}))" + _FROM
#: Of several people the last word counts.
_LABELLED = """
SELECT c.label, {score}
FROM corrections AS c
JOIN {table} AS s ON s.run_id = c.run_id AND s.document_id = c.document_id AND {is_first} {join}
JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
WHERE c.run_id = :run_id AND c.analysis = :analysis AND c.drawn = 'random'
  AND c.superseded_at IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM corrections AS later
      WHERE later.run_id = c.run_id AND later.analysis = c.analysis
        AND later.document_id = c.document_id AND later.superseded_at IS NULL
        AND later.id > c.id)
ORDER BY c.id
"""

Row = tuple[Any, ...]


def corrected_shares(connection: Connection, run_id: int | None) -> Iterator[Row]:
    """The rows: of one run for each label that there is, or of every run of which a random part was
    labelled. The shares are null where fewer are labelled than `MIN_LABELS`.
    """
    for analysis in reviewable(connection):
        which = text(_RUNS).bindparams(bindparam("run_id", type_=Integer()))
        runs = connection.execute(which, {"run_id": run_id, "analysis": analysis})
        for run, name in runs.all():
            yield from _Counted(connection, Subject(run, analysis)).rows(name)


@dataclass(frozen=True)
class _Counted:
    """An analysis of a run."""

    connection: Connection
    subject: Subject

    def rows(self, name: str) -> Iterator[Row]:
        counted = {label: sure for label, sure in self._execute(_COUNTS) if label is not None}
        ((sure,),) = self._execute(_SURE)
        people = [label for label, _ in self._execute(_LABELLED)]
        labels = set(counted).union(*map(self._named, people))
        for label in sorted(labels, key=lambda one: (-counted.get(one, 0), one)):
            classified = counted.get(label, 0)
            percent = round(100 * classified / sure, 1) if sure else None
            documents, shares = self._share(label)
            row = (name, self.subject.analysis, label, documents, classified, percent)
            yield (*row, len(people), *shares)

    def _share(self, label: str) -> tuple[int, tuple[float | None, ...]]:
        # Where there is nothing to correct by, nobody waits for scipy.
        from schema.insights.corrected_share import MIN_LABELS, Scores, corrected_share

        score = self._score(label)
        ((documents, mean, square),) = self._execute(_SUMS, score=score, label=label)
        labelled = list(self._execute(_LABELLED, score=score, label=label))
        if len(labelled) < MIN_LABELS:
            return documents, (None, None, None)
        everyone = Scores(documents, float(mean), max(0.0, float(square) - float(mean) ** 2))
        hits = [label in self._named(said) for said, _ in labelled]
        found = corrected_share(hits, [float(one) for _, one in labelled], everyone)
        return documents, tuple(round(100 * one, 1) for one in (found.share, *found.interval))

    def _named(self, said: str) -> set[str]:
        if not self.subject.has_several:
            return {said}
        return split_intents(said) or {NO_INTENT}

    def _score(self, label: str) -> str:
        if self.subject.has_several:
            return _INTENT_SCORE
        return _POLARITY_SCORES[label] if self._column == "polarity" else _SCORE

    @property
    def _column(self) -> str:
        return str(self.subject.label.key)

    def _execute(self, sql: str, score: str = "0", label: str | None = None) -> list[Row]:
        several = self.subject.has_several
        statement = sql.format(
            table=self.subject.rows,
            label=self._column,
            score=score,
            join=_THE_INTENT if several and score != "0" else "",
            is_first="s.ordinal = 0" if several else "1 = 1",
        )
        values = {"run_id": self.subject.run_id, "analysis": self.subject.analysis, "label": label}
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        return [tuple(row) for row in self.connection.execute(text(statement), wanted)]
