"""Runs `python -m workers.calibrate`: texts with their labels in, `calibration.json` out."""

import sys

from schema.interrupts import end_at_once, raised

# Torch alone takes seconds to import.
end_at_once()

from workers.calibrate.command import main  # noqa: E402

with raised():
    code = main()
sys.exit(code)
