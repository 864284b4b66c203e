"""Back-off: how long a worker that cannot work waits before it tries again."""

from __future__ import annotations

#: Seconds after the first fault; each further one in a row doubles it, …
FIRST = 5.0
#: … up to this.
LONGEST = 300.0


class Backoff:
    """Counts faults in a row."""

    def __init__(self) -> None:
        """No fault so far."""
        self.faults = 0

    def fault(self) -> float:
        """One more; returns the seconds to wait."""
        # The exponent stops growing long before a float would overflow.
        seconds = min(LONGEST, FIRST * 2.0 ** min(self.faults, 16))
        self.faults += 1
        return seconds

    def well(self) -> bool:
        """It works again; returns whether it did not before."""
        recovered = self.faults > 0
        self.faults = 0
        return recovered
