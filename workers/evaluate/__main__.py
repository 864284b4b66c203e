"""Runs `python -m workers.evaluate`: texts with their labels in, metrics of a model out."""

import sys

from workers.evaluate.command import main

sys.exit(main())
