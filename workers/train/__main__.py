"""Runs `python -m workers.train`: labelled texts in, a checkpoint of a model out."""

import sys

from schema.interrupts import end_at_once, raised

# Torch alone takes seconds to import.
end_at_once()

from workers.train.command import main  # noqa: E402

with raised():
    code = main()
sys.exit(code)
