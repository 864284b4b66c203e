"""How one gets from a theme to its texts, and what to know of themes of words."""

from __future__ import annotations

from producer.commands.theme_tables import WEAKER
from schema.themes.sets import WORDS


def texts_note(basis: str) -> list[str]:
    """The lines below a table of themes.

    Args:
        basis: What the themes are of, as `theme_sets.basis` has it.
    """
    found = ["texts of one: triage themes show ID, or triage search WORDS --theme ID"]
    return [*found, WEAKER] if basis == WORDS else found
