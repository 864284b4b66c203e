"""`triage before-after DATE`: did it get better at a date?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from producer.commands.question_cells import figure, figure_cells, with_ends
from producer.commands.question_output import (
    Answer,
    AsFormat,
    AsJson,
    Output,
    Writing,
    open_scope,
    pick_format,
)
from producer.commands.report_options import Run, Since, Where
from producer.errors import UsageError
from schema.database import reading
from schema.reports import ReportError, Value, read_period

if TYPE_CHECKING:
    from schema.questions.before_after import Comparison

#: Days on either side.
DAYS = 28
_COLUMNS = (
    *("measure", "n_before", "before", "n_after", "after"),
    *with_ends("change"),
    *("says", "earlier", "as_large"),
)


def before_after(
    date: Annotated[str, typer.Argument(metavar="DATE", help="When it changed: 2026-05-25.")],
    days: Annotated[
        int, typer.Option(metavar="N", min=1, max=3660, help="Days on either side.")
    ] = DAYS,
    run: Run = None,
    since: Since = None,
    where: Where = None,
    format: AsFormat = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Compare the days before a date with as many from it on: did the release help?

    Figures move by themselves, so the same is done at earlier dates, a week apart: where those
    changed as much, it is nothing to be proud of. --since leaves out what is too old to compare.
    """
    from schema.questions.before_after import read_before_after

    try:
        moment = read_period(date, None).since
    except ReportError:
        raise UsageError(f"{date!r} is no date; write it as 2026-05-25") from None
    assert moment is not None
    engine, scope = open_scope(run, since, None, where)
    with reading(engine) as connection:
        found = read_before_after(connection, scope, moment, days)
    notes = [
        f"{days} days before {moment:%F}, and as many from it on; earlier: dates "
        "before, a week apart, that were compared alike; as large: at how many of them as much "
        "changed, either way",
        f"texts: triage export v_documents --since {moment:%F}",
    ]
    format = pick_format(format, as_json)
    Writing(format, output).write(Answer(_COLUMNS, [_row(one) for one in found], notes=notes))


def _row(one: Comparison) -> tuple[Value, ...]:
    is_share, compared = one.measure.is_share, one.compared
    if one.is_sure:
        says = "more" if compared.change.difference > 0 else "less"
    else:
        says = "may be chance" if one.is_ranked else "too few"
    return (
        f"{one.measure.meaning} ({'%' if is_share else 'stars'})",
        compared.before.count,
        figure(compared.before.mean, is_share),
        compared.after.count,
        figure(compared.after.mean, is_share),
        *figure_cells(compared.change.difference, compared.change.interval, is_share),
        says,
        compared.earlier,
        compared.earlier_as_large,
    )
