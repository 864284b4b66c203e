"""Runs `python -m workers.inventory`: lists, fetches or checks the models of a catalog."""

import sys

from schema.interrupts import end_at_once, raised

end_at_once()

from workers.inventory.command import main  # noqa: E402

with raised():
    code = main()
sys.exit(code)
