"""Runs `python -m workers.analyze`: answers requests with the models in memory."""

import sys

from schema.interrupts import end_at_once, raised

# Torch alone takes seconds to import.
end_at_once()

from workers.analyze.command import main  # noqa: E402

with raised():
    code = main()
sys.exit(code)
