"""The table that a run ends with, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.engine.measuring.end_to_end import Scale, Whole
from benchmarks.engine.reporting.row import Row

#: Behind a figure that was taken while somebody else was busy.
DISTURBED = "~"

_HEAD = (
    "| variant | documents | documents/s | tokens/s | × baseline (spread) "
    "| of its limit | of fp32's | the same |\n"
    "|---|---|---|---|---|---|---|---|"
)


def table(rows: Sequence[Row]) -> str:
    """All sections, a table each."""
    sections = dict.fromkeys(row.work for row in rows)
    return "\n\n".join(
        "\n".join([f"### {name}", "", _HEAD, *(_line(row) for row in rows if row.work == name)])
        for name in sections
    )


def whole_table(wholes: Sequence[Whole]) -> str:
    """The system against the engine alone; empty where nobody measured it."""
    if not wholes:
        return ""
    head = "| | documents | engine alone, documents/s | through Redis and PostgreSQL | part |"
    lines = [
        f"| {whole.work}, {whole.precision}{f', {whole.children} children' * (whole.children > 1)} "
        f"| {whole.documents} × {len(whole.system)} "
        f"| {whole.documents / median(whole.alone):.2f}{DISTURBED * (whole.disturbed > 0)} "
        f"| {whole.documents / median(whole.system):.2f} | {whole.ratio:.1%} |"
        for whole in wholes
    ]
    return "\n".join(["### end to end", "", head, "|---|---|---|---|---|", *lines])


def scale_table(scales: Sequence[Scale]) -> str:
    """What a document costs in runs of several sizes; empty where nobody measured it."""
    if not scales:
        return ""
    head = "| documents | seconds | milliseconds each | × the smallest run |"
    lines = [
        f"| {scale.documents:,} | {scale.seconds:.1f} "
        f"| {scale.each:.2f}{DISTURBED * scale.disturbed} | {scale.each / scales[0].each:.2f} |"
        for scale in scales
    ]
    return "\n".join(["### scaling", "", head, "|---|---|---|---|", *lines])


def _line(row: Row) -> str:
    mark = DISTURBED if row.disturbed else ""
    cells = [
        row.variant,
        f"{row.documents} × {len(row.seconds)}",
        f"{row.documents_per_second:.2f}{mark}",
        f"{row.tokens_per_second:,.0f}",
        _ratio(row),
        f"{row.of_limit:.0%}",
        f"{row.of_fp32_limit:.0%}",
        "–" if row.agreement is None else f"{100 * row.agreement:.1f} %",
    ]
    return f"| {' | '.join(cells)} |"


def _ratio(row: Row) -> str:
    if row.ratio is None:
        return "–"
    return f"{row.ratio:.2f} ({row.ratio_low:.2f}–{row.ratio_high:.2f})"
