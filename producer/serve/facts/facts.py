"""What a page of one choice of documents is drawn from."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from producer.page.page import Page, read_page
from producer.serve.facts.version import DataVersion, read_version
from producer.serve.filters.choices import Choices, read_choices
from producer.serve.filters.page_filters import PageFilters, read_scope
from schema.database import reading


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a page.

    Attributes:
        version: Of the data that they were read from.
        choices: What the filters can be set to.
        seconds: How long it took to read them.
    """

    page: Page
    choices: Choices
    version: DataVersion
    seconds: float

    @property
    def theme_names(self) -> Mapping[str, str]:
        """By id, as a parameter has it."""
        return dict(self.choices.themes)


def read_facts(engine: Engine, filters: PageFilters) -> Facts:
    """Read them anew, which may take a minute.

    Raises:
        UsageError: If a filter cannot be understood.
    """
    begun = time.monotonic()
    scope = read_scope(engine, filters)
    with reading(engine) as connection:
        version = read_version(connection)
        choices = read_choices(connection)
        page = read_page(connection, scope, _about(filters, choices.themes), datetime.now(UTC))
    return Facts(page, choices, version, time.monotonic() - begun)


def _about(filters: PageFilters, themes: Sequence[tuple[str, str]]) -> list[str]:
    """What the choice is called, with the name of a theme for its number."""
    name = dict(themes).get(filters.theme)
    said = filters.about
    return [f"theme {name}" if name and one == f"theme {filters.theme}" else one for one in said]
