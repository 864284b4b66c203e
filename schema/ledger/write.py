"""Writing outcomes: result rows, dead letters, abstentions, and the models behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    exists,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from schema.database.clock import now
from schema.ledger.claim import Claim
from schema.results import Abstention, Failure, OrdinalTable, Result, result_table
from schema.results.outcome import Outcome, Provenance
from schema.tables import AbstentionRow, DeadLetter, DocumentRow, EmptyResult, Model, RunDocument


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, in documents.

    Attributes:
        failed: Those that became dead letters.
        reused: Those that took results that were there already.
    """

    failed: int = 0
    reused: int = 0


def write_outcomes(connection: Connection, claim: Claim, outcomes: Sequence[Outcome]) -> Written:
    """Write outcomes in place of whatever an earlier attempt has left of these documents.

    Documents that were forgotten since the worker read them are left out.
    """
    slice_ = {"run": claim.run_id, "first": claim.first_position, "behind": claim.end_position}
    remembered = frozenset(connection.execute(_LOCK_DOCUMENTS, slice_).scalars())
    outcomes = [outcome for outcome in outcomes if outcome.document_id in remembered]
    _delete_stale(connection, claim.analysis, slice_)
    # By identity: all documents of a job have one model, whose key is no cheap one.
    used = {id(outcome.model): outcome.model for outcome in outcomes if outcome.model}
    by_key = sorted(used.items(), key=lambda one: one[1].key)
    models = {number: _model_id(connection, claim, model) for number, model in by_key}
    rows = _Rows(claim)
    for outcome in outcomes:
        rows.add(outcome, models[id(outcome.model)] if outcome.model else None)
    rows.insert(connection)
    return Written(len(rows.letters), sum(outcome.reused for outcome in outcomes))


@dataclass(slots=True)
class _Rows:
    """The rows of outcomes of a claim, by table."""

    claim: Claim
    results: list[dict[str, Any]] = field(default_factory=list)
    empty: list[dict[str, Any]] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    abstentions: list[dict[str, Any]] = field(default_factory=list)

    def add(self, outcome: Outcome, model_id: int | None) -> None:
        """Make the rows of an outcome."""
        claim, found = self.claim, outcome.outcome
        key: dict[str, Any] = {"run_id": claim.run_id, "document_id": outcome.document_id}
        of_analysis = key | {"analysis": claim.analysis}
        if isinstance(found, Abstention):
            self.abstentions.append(of_analysis | asdict(found))
            return
        model = {"model_id": model_id}
        if isinstance(found, Failure):
            charged = {"attempts": claim.attempts}
            self.letters.append(of_analysis | model | charged | asdict(found))
            return
        key_of = {"cache_key": outcome.cache_key}
        how = model | {"text_used": outcome.text_used, "reused": outcome.reused}
        table = result_table(claim.analysis)
        if not issubclass(table, OrdinalTable) and not table.of_many:
            (result,) = found
            self.results.append(key | how | key_of | _columns(result))
            return
        whose = {"analysis": claim.analysis} if table.of_many else {}
        if not found:
            self.empty.append(of_analysis | how | key_of)
        for ordinal, result in enumerate(found):
            number = {"ordinal": ordinal}
            self.results.append(key | whose | how | key_of | number | _columns(result))
            key_of = {"cache_key": None}

    def insert(self, connection: Connection) -> None:
        """Write all rows."""
        table = result_table(self.claim.analysis)
        for into, rows in ((table, self.results), (EmptyResult, self.empty)):
            if rows:
                connection.execute(insert(into), rows)
        if self.letters:
            connection.execute(insert(DeadLetter).values(failed_at=now()), self.letters)
        if self.abstentions:
            connection.execute(insert(AbstentionRow), self.abstentions)


def _columns(result: Result) -> dict[str, Any]:
    """The fields of a result. `asdict` would copy what they hold, which takes ten times as long."""
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


# Statements are made once, and name the slice, not each of its documents: to write them out for
# every job would take as long as to write its results.
_IN_SLICE = (
    RunDocument.run_id == bindparam("run"),
    RunDocument.position >= bindparam("first"),
    RunDocument.position < bindparam("behind"),
)
#: Locks the documents that the run still has: nobody can forget them before we commit.
_LOCK_DOCUMENTS = (
    select(DocumentRow.id)
    .join(RunDocument, RunDocument.document_id == DocumentRow.id)
    .where(*_IN_SLICE)
    # In this order `forget` locks them too, so that the two never wait for each other.
    .order_by(DocumentRow.id)
    .with_for_update(read=True, key_share=True, of=DocumentRow)
)


def _delete_stale(connection: Connection, analysis: str, slice_: Mapping[str, int]) -> None:
    find, deletions = _stale(analysis)
    # Hardly ever is anything there: one question instead of three or four deletions.
    for place in connection.execute(find, slice_).scalars().all():
        connection.execute(deletions[place], slice_)


@cache
def _stale(analysis: str) -> tuple[Any, tuple[Any, ...]]:
    """A statement that gives the places of the tables that have rows of a slice, and for each table
    the statement that deletes them.
    """
    table: Any = result_table(analysis)
    others: list[Any] = [DeadLetter, AbstentionRow]
    if issubclass(table, OrdinalTable):
        others.append(EmptyResult)
    documents = select(RunDocument.document_id).where(*_IN_SLICE)
    conditions = [
        (other, other.run_id == bindparam("run"), other.document_id.in_(documents))
        for other in (table, *others)
    ]
    own = (table.named == analysis,) if table.of_many else ()
    of_analysis = [own, *((other.analysis == analysis,) for other in others)]
    found, deletions = [], []
    for place, ((other, *where), more) in enumerate(zip(conditions, of_analysis, strict=True)):
        there = exists(select(other.document_id).where(*where, *more))
        found.append(select(literal_column(str(place), Integer)).where(there))
        deletions.append(delete(other).where(*where, *more))
    return union_all(*found), tuple(deletions)


def _model_id(connection: Connection, claim: Claim, model: Provenance) -> int:
    row = {
        "run_id": claim.run_id,
        "analysis": claim.analysis,
        "name": model.name,
        "revision": model.revision,
        # SQLite compares JSON as text.
        "options": json.loads(model.key[2]),
    }
    found = connection.execute(_FIND_MODEL, row).scalar_one_or_none()
    if found is None:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(Model).values(row).on_conflict_do_nothing())
        found = connection.execute(_FIND_MODEL, row).scalar_one()
    return int(found)


_FIND_MODEL = select(Model.id).where(
    *(
        getattr(Model, name) == bindparam(name, type_=getattr(Model, name).type)
        for name in ("run_id", "analysis", "name", "revision", "options")
    )
)
