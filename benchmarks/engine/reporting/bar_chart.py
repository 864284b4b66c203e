"""The table as a picture: for each variant a bar, the part of fp32's limit that it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.engine.reporting.row import Row

_WIDTH, _LEFT, _BAR, _LINE = 900, 270, 380, 22
_COLOURS = {"engine": "#2da44e", "transformers": "#8c959f", "CTranslate2": "#0969da"}
_OTHER_COLOUR = "#bf8700"
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.h{font-weight:600}.s{fill:#59636e}"
    "line{stroke:#59636e;stroke-dasharray:3 3}"
    "@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.s{fill:#9198a1}}"
)


def picture(rows: Sequence[Row]) -> str:
    """An SVG; nothing is fetched, and it follows the reader's colours."""
    longest = max([1.0, *(row.of_fp32_limit for row in rows)])
    parts, top = [], 10
    for name in dict.fromkeys(row.work for row in rows):
        mine = [row for row in rows if row.work == name]
        parts.append(f'<text class="h" x="10" y="{top + 16}">{escape(name)}</text>')
        limit = _LEFT + _BAR / longest
        bottom = top + _LINE * (len(mine) + 1)
        parts.append(f'<line x1="{limit:.0f}" x2="{limit:.0f}" y1="{top + 4}" y2="{bottom}"/>')
        for number, row in enumerate(mine, 1):
            parts += _bar(row, top + number * _LINE, longest)
        top = bottom + 14
    note = "Bars: part of the fp32 limit (dashed). Behind them: documents/s, ratio to the baseline."
    parts.append(f'<text class="s" x="10" y="{top + 12}">{note}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top + 24}" '
        f'width="{_WIDTH}" height="{top + 24}"><style>{_STYLE}</style>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _bar(row: Row, top: int, longest: float) -> list[str]:
    colour = next((c for k, c in _COLOURS.items() if row.variant.startswith(k)), _OTHER_COLOUR)
    long = _BAR * row.of_fp32_limit / longest
    ratio = "" if row.ratio is None else f" · {row.ratio:.1f} ×"
    same = "" if row.agreement is None else f" · {100 * row.agreement:.1f} % the same"
    said = f"{row.documents_per_second:.1f}/s{ratio}{same}"
    return [
        f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(row.variant)}</text>',
        f'<rect x="{_LEFT}" y="{top + 3}" width="{long:.1f}" height="15" rx="2" fill="{colour}"/>',
        f'<text class="s" x="{_LEFT + long + 6:.1f}" y="{top + 15}">{said}</text>',
    ]
