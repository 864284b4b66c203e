"""Views: what analysts query, under names and columns that stay, the same on both databases.

One SQL file a view. Its first comment says what a row is, the next ones what each column holds, as
`-- name: kind: meaning`; `docs/views.md` repeats them, and PostgreSQL gets them as comments. The
SELECT may use what `schema.views.dialect` writes out: `utc_date`, `is_current` and the like.

`triage init` makes all views anew whenever it migrates the database: who changes one writes a
migration, if only an empty one.
"""

from schema.views.bodies import bodies
from schema.views.create import create_views, drop_views
from schema.views.refresh import refresh
from schema.views.view import VIEWS, Column, View, find_view

__all__ = [
    "VIEWS",
    "Column",
    "View",
    "bodies",
    "create_views",
    "drop_views",
    "find_view",
    "refresh",
]
