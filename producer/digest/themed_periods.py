"""The themes of a digest's days and of as many days before, each read once for all items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from producer.digest.request import DigestRequest
from schema.questions.themed_documents import ThemedDocuments, read_themed_documents
from schema.questions.themes import ThemeNames


@dataclass(frozen=True)
class ThemedPeriods:
    """What is compared.

    Attributes:
        request: What the digest is asked about.
        names: Of the themes.
    """

    request: DigestRequest
    names: ThemeNames

    @cached_property
    def now(self) -> ThemedDocuments:
        """The documents of the period."""
        return read_themed_documents(self.request.connection, self.request.scope, self.names)

    @cached_property
    def before(self) -> ThemedDocuments:
        """Those of the period before."""
        scope = self.request.scope
        earlier = replace(scope, period=scope.period.previous(self.request.now))
        return read_themed_documents(self.request.connection, earlier, self.names)
