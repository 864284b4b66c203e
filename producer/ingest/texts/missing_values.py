"""What stands for "nothing" in exports."""

from __future__ import annotations

#: Left behind by pandas, databases and spreadsheets. Whether a *text* says nothing is another
#: question: see `producer.ingest.texts.empty_texts`.
_MARKERS = frozenset({"nan", "NaN", "NAN", "null", "NULL", "<NA>", "#N/A", "NaT", "\\N"})

#: Characters that show nothing, and that `str.strip` leaves.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def is_missing(value: str) -> bool:
    """Whether a string says nothing: blank, invisible, or a mark of a missing value."""
    stripped = value.strip()
    if len(stripped) < 5:
        return not stripped or stripped in _MARKERS or not stripped.strip(_INVISIBLE)
    return stripped[0] in _INVISIBLE and not stripped.strip(_INVISIBLE + " \t\r\n")
