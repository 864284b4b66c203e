"""Runs `python -m workers.explain`: a request in, a contribution for each sentence out."""

import sys

from workers.explain.command import main

sys.exit(main())
