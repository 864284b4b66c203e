"""Writing outcomes: result rows, dead letters, abstentions, and the models behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select
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
    remembered = _lock_documents(connection, claim, outcomes)
    outcomes = [outcome for outcome in outcomes if outcome.document_id in remembered]
    _delete_stale(connection, claim, outcomes)
    used = {outcome.model.key: outcome.model for outcome in outcomes if outcome.model}
    models = {key: _model_id(connection, claim, model) for key, model in sorted(used.items())}
    rows = _Rows(claim)
    for outcome in outcomes:
        rows.add(outcome, models[outcome.model.key] if outcome.model else None)
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
        if not issubclass(result_table(claim.analysis), OrdinalTable):
            (result,) = found
            self.results.append(key | how | key_of | _columns(result))
            return
        if not found:
            self.empty.append(of_analysis | how | key_of)
        for ordinal, result in enumerate(found):
            number = {"ordinal": ordinal}
            self.results.append(key | how | key_of | number | _columns(result))
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


def _lock_documents(
    connection: Connection, claim: Claim, outcomes: Sequence[Outcome]
) -> frozenset[int]:
    """Lock the documents that the run still has: nobody can forget them before we commit."""
    ids = [outcome.document_id for outcome in outcomes]
    found = connection.execute(
        select(DocumentRow.id)
        .join(RunDocument, RunDocument.document_id == DocumentRow.id)
        .where(RunDocument.run_id == claim.run_id, DocumentRow.id.in_(ids))
        # In this order `forget` locks them too, so that the two never wait for each other.
        .order_by(DocumentRow.id)
        .with_for_update(read=True, key_share=True, of=DocumentRow)
    )
    return frozenset(found.scalars())


def _delete_stale(connection: Connection, claim: Claim, outcomes: Sequence[Outcome]) -> None:
    table = result_table(claim.analysis)
    ids = [outcome.document_id for outcome in outcomes]
    connection.execute(
        delete(table).where(table.run_id == claim.run_id, table.document_id.in_(ids))
    )
    others: list[type[Any]] = [DeadLetter, AbstentionRow]
    if issubclass(table, OrdinalTable):
        others.append(EmptyResult)
    for other in others:
        of_analysis = (other.run_id == claim.run_id, other.analysis == claim.analysis)
        connection.execute(delete(other).where(*of_analysis, other.document_id.in_(ids)))


def _model_id(connection: Connection, claim: Claim, model: Provenance) -> int:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {
        "run_id": claim.run_id,
        "analysis": claim.analysis,
        "name": model.name,
        "revision": model.revision,
        # SQLite compares JSON as text.
        "options": json.loads(model.key[2]),
    }
    find = select(Model.id).where(*(getattr(Model, name) == value for name, value in row.items()))
    found = connection.execute(find).scalar_one_or_none()
    if found is None:
        connection.execute(dialect.insert(Model).values(row).on_conflict_do_nothing())
        found = connection.execute(find).scalar_one()
    return found
