"""`triage trust`: how far the figures can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from producer.commands.question_cells import ids, percent_cells, with_ends
from producer.commands.question_output import (
    Answer,
    AsFormat,
    AsJson,
    Output,
    Writing,
    open_scope,
    pick_format,
)
from producer.commands.report_options import Run, Since, Until, Where
from schema.database import reading
from schema.questions.figures import Share
from schema.reports import Value

if TYPE_CHECKING:
    from schema.questions.losses import Reason
    from schema.questions.trust import Trust

_COLUMNS = ("about", "figure", "count", "of", *with_ends("percent"), "examples", "show")


def trust(
    run: Run = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: AsFormat = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Show how far the figures can be trusted: models, how often they are right, what is missing.

    What was rejected, left alone or failed is counted of runs, whatever --since and --where say.
    """
    from schema.questions.trust import read_trust

    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        found = read_trust(connection, scope)
    notes = ["why a document has its results: triage explain DOCUMENT"]
    if not found.labels:
        notes.insert(
            0,
            "nobody has labelled a random part yet, which alone says how often a model is right: "
            "triage review --output FILE, then triage correct FILE",
        )
    if found.stars is not None and found.stars.warning is not None:
        notes.insert(0, found.stars.warning)
    format = pick_format(format, as_json)
    Writing(format, output).write(Answer(_COLUMNS, _rows(found), notes=notes))


def _rows(found: Trust) -> list[tuple[Value, ...]]:
    documents = found.counts.documents
    rows = [
        _row(one.analysis, f"{one.model or 'no model'} {one.revision or ''}".strip(), share)
        for one in found.models
        for share in [Share.of(one.documents, documents)]
    ]
    rows.append(_row("sentiment", "the model is unsure", found.counts.unsure))
    if (stars := found.stars) is not None:
        rows += [
            _row("stars", "polarity and stars agree", stars.agree, ids(stars.disagreeing)),
            _row("stars", "of at most 2 stars classified as negative", stars.found),
            _row("stars", "of classified as negative at most 2 stars", stars.right),
        ]
    for one in found.labels:
        where = "triage report corrected-shares"
        disagreeing = ids(one.disagreeing)
        rows.append(_row(one.analysis, "model and people agree", one.agree, disagreeing, where))
        rows.append(_row(one.analysis, "of labelled the model is unsure", one.unsure))
    losses = found.losses
    rejected = Share.of(losses.rejected, losses.rows)
    rows.append(_row("rows", "rejected", rejected, show="triage status RUN"))
    for reasons, what, show in (
        (losses.not_analysed, "not analysed", "triage report not-analysed"),
        (losses.dead_letters, "dead letters", "triage dead"),
    ):
        rows += [_lost(one, what, documents, show) for one in reasons]
    return rows


def _row(
    about: str, figure: str, share: Share, examples: str = "", show: str = ""
) -> tuple[Value, ...]:
    return about, figure, share.count, share.total, *percent_cells(share), examples, show


def _lost(one: Reason, what: str, documents: int, show: str) -> tuple[Value, ...]:
    # Of runs, and so at times of more documents than are asked about.
    cells = (one.documents, None, None, None, None)
    return one.analysis, f"{what}: {one.reason}", *cells, "", show
