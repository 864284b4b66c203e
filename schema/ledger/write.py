"""Writing outcomes: result rows, dead letters, abstentions, and the models behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from schema.database.clock import now
from schema.ledger.claim import Claim
from schema.results import Abstention, Failure, OrdinalTable, Result, result_table
from schema.results.outcome import Outcome, Provenance
from schema.tables import AbstentionRow, DeadLetter, DocumentRow, Model, RunDocument


def write_outcomes(connection: Connection, claim: Claim, outcomes: Sequence[Outcome]) -> int:
    """Write outcomes in place of whatever an earlier attempt has left of these documents.

    Documents that were forgotten since the worker read them are left out.

    Returns:
        The number of dead letters written.
    """
    table = result_table(claim.analysis)
    remembered = _lock_documents(connection, claim, outcomes)
    outcomes = [outcome for outcome in outcomes if outcome.document_id in remembered]
    _delete_stale(connection, claim, outcomes)
    used = {outcome.model.key: outcome.model for outcome in outcomes if outcome.model}
    models = {key: _model_id(connection, claim, model) for key, model in sorted(used.items())}
    results: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []
    abstentions: list[dict[str, Any]] = []
    for outcome in outcomes:
        key: dict[str, Any] = {"run_id": claim.run_id, "document_id": outcome.document_id}
        if isinstance(outcome.outcome, Abstention):
            abstentions.append(key | {"analysis": claim.analysis} | asdict(outcome.outcome))
            continue
        row = key | {"model_id": models[outcome.model.key] if outcome.model else None}
        if isinstance(outcome.outcome, Failure):
            of = {"analysis": claim.analysis, "attempts": claim.attempts}
            letters.append(row | of | asdict(outcome.outcome))
            continue
        row["text_used"] = outcome.text_used
        for ordinal, result in enumerate(outcome.outcome):
            number = {"ordinal": ordinal} if issubclass(table, OrdinalTable) else {}
            results.append(row | number | _columns(result))
    if results:
        connection.execute(insert(table), results)
    if letters:
        connection.execute(insert(DeadLetter).values(failed_at=now()), letters)
    if abstentions:
        connection.execute(insert(AbstentionRow), abstentions)
    return len(letters)


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
    others: tuple[type[Any], ...] = (DeadLetter, AbstentionRow)
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
