"""Runs `python -m workers.analyze`: documents in, results out, without a queue."""

import sys

from workers.analyze.command import main

sys.exit(main())
