"""Runs `python -m workers.calibrate`: texts with their labels in, `calibration.json` out."""

import sys

from workers.calibrate.command import main

sys.exit(main())
