"""Time zones by their names. A name is never taken for UTC because it is not known."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Hours before or behind UTC. Where several zones have a name, the one that exports mean most.
_HOURS: dict[str, float] = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet", "uct"), 0),
    **dict.fromkeys(("bst", "cet", "mez", "west", "wat"), 1),
    **dict.fromkeys(("cest", "mesz", "eet", "cat", "sast"), 2),
    **dict.fromkeys(("eest", "msk", "eat", "trt"), 3),
    **{"gst": 4, "pkt": 5, "ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7},
    **dict.fromkeys(("sgt", "hkt", "awst", "pht", "myt"), 8),
    **{"jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "acdt": 10.5, "aedt": 11},
    **{"nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3, "clst": -3},
    **{"ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6},
    **{"pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10},
}
#: `+02:00`, `-7`, `+0530`, `+1`.
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?(?::?\d{2})?")


@lru_cache(maxsize=1_000)
def find_zone(written: str) -> tzinfo | None:
    """The zone of `PST`, `GMT+1`, `+02:00` or `Europe/Berlin`; None where there is no such zone."""
    name = written.strip(" ()").casefold()
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    for base in ("utc", "gmt", ""):
        if name.startswith(base) and (found := _OFFSET.fullmatch(name[len(base) :].strip())):
            return _offset(*found.groups())
    if "/" in name:
        try:
            return ZoneInfo(written.strip(" ()"))
        # What has no such file, or would lead out of their folder.
        except (OSError, ValueError, KeyError):
            return None
    return None


def _offset(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if sign == "-" else offset)
