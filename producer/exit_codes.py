"""What commands end with beside 0."""

from __future__ import annotations

#: As shells have it for wrong usage.
WRONG_USAGE = 2
#: Something could not be read, or too much was rejected; what could be read is stored.
INCOMPLETE = 3
#: As `sysexits.h` has it for what may pass by itself: the same command is worth trying again.
TRY_AGAIN = 75
