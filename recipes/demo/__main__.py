"""`python -m recipes.demo FILE`: writes the reviews; the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

from recipes.demo.reviews import write_reviews

if __name__ == "__main__":
    write_reviews(Path(sys.argv[1]))
