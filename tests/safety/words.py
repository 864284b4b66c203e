"""Words that a document says to make the model fail, and where: in `tests.safety.loud`."""

from __future__ import annotations

PREPARED, FORWARDED, ASSEMBLED = "[[prepare]]", "[[forward]]", "[[assemble]]"
MEMORY, DEVICE, MUTE = "[[memory]]", "[[device]]", "[[mute]]"
#: What a document is charged with; the device's loss takes the process along.
ONE_DOCUMENT = (PREPARED, FORWARDED, ASSEMBLED, MEMORY, MUTE)
