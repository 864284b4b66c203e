"""The documents of a claimed job."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, and_, case, func, null, select

from schema.database import reading
from schema.document import About, Document
from schema.ledger.claim import Claim
from schema.results import ResultTable
from schema.results.language import NO_LANGUAGE, LanguageRow
from schema.results.reply import ReplyRow
from schema.results.sentiment import SentimentRow
from schema.results.translation import TranslationRow
from schema.tables import DocumentRow, RunDocument

#: What is read beside the text where a reply is drafted.
_TOLD = (
    DocumentRow.product,
    DocumentRow.rating,
    DocumentRow.rating_scale,
    DocumentRow.extra.label("extra"),
)


def read_documents(engine: Engine, claim: Claim) -> list[Document]:
    """Read the documents of a claim's slice, in order of position; forgotten ones are not there.

    Where the claim's analysis needs the language, or the translation, each has what the run has
    found of that: its own language goes before the one that was found in its text. Where it drafts
    replies, each has what else is known of it.
    """
    is_told = claim.analysis == ReplyRow.analysis
    with reading(engine) as connection:
        return [
            Document(
                row.id,
                row.text,
                row.language,
                row.translation,
                about=_about(row) if is_told else None,
            )
            for row in connection.execute(_statement(claim))
        ]


def _about(row: Any) -> About:
    return About(row.product, row.rating, row.rating_scale, row.polarity, row.extra or {})


def _statement(claim: Claim) -> Any:
    needed = claim.needs.get(claim.analysis, ())
    language: Any = DocumentRow.language
    translation: Any = null()
    polarity: Any = null()
    if LanguageRow.analysis in needed:
        known = ~LanguageRow.unsure & (LanguageRow.language != NO_LANGUAGE)
        language = func.coalesce(language, case((known, LanguageRow.language)))
    if TranslationRow.analysis in needed:
        translation = TranslationRow.translation
    if SentimentRow.analysis in needed:
        polarity = case((~SentimentRow.unsure, SentimentRow.polarity))
    also = () if claim.analysis != ReplyRow.analysis else _TOLD
    statement = select(
        DocumentRow.id,
        DocumentRow.text,
        language.label("language"),
        translation.label("translation"),
        polarity.label("polarity"),
        *also,
    ).join(RunDocument, RunDocument.document_id == DocumentRow.id)
    tables: tuple[type[ResultTable], ...] = (LanguageRow, TranslationRow, SentimentRow)
    for table in tables:
        if table.analysis in needed:
            of_run = table.run_id == RunDocument.run_id
            statement = statement.outerjoin(
                table, and_(of_run, table.document_id == RunDocument.document_id)
            )
    return statement.where(
        RunDocument.run_id == claim.run_id,
        RunDocument.position >= claim.first_position,
        RunDocument.position < claim.end_position,
    ).order_by(RunDocument.position)
