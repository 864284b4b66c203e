"""Runs `python -m workers.analyze`: answers requests with the models in memory."""

import sys

from workers.analyze.command import main

sys.exit(main())
