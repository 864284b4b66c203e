"""Runs `python -m workers.search`: a query a line in, what is nearest to it out."""

import sys

from workers.search.command import main

sys.exit(main())
