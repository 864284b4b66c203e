"""What is asked of texts: which analyses, with which options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from producer.errors import UsageError
from producer.ingest.run_options import REPLY, choose_analyses, choose_library, make_options
from schema.analyses import ANALYSES
from schema.catalog import CatalogError, load_catalog
from schema.options import RunOptions

#: Analyses whose results say nothing to a person: only by name.
NOT_TO_READ = ("embedding",)


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What is asked of every text.

    Attributes:
        analyses: In standard order.
        options: As those of a run.
    """

    analyses: tuple[str, ...]
    options: RunOptions

    def of(self, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """A request, as `workers.analyze.command` has it, of documents with `text`, `language`."""
        return {
            "analyses": list(self.analyses),
            "options": self.options.model_dump(mode="json"),
            "documents": list(documents),
        }


def read_request(
    models: str,
    analyses: str | None,
    questions: Sequence[str],
    translate_to: str | None,
    replies: str | None = None,
) -> AnalysisRequest:
    """Check what is asked before a model is loaded.

    Args:
        models: The catalog.
        analyses: Separated by commas; None for all that the catalog has models for, but for those
            that say nothing to a person.
        questions: For `qa`; none for the default.
        translate_to: For `translation`; None for the default.
        replies: For `reply`, the file of the library; None for that of the catalog, if it has one.

    Raises:
        IngestError: If it cannot be done with this catalog.
        UsageError: If there is no such catalog.
    """
    options = make_options(questions, translate_to, choose_library(replies, analyses, models))
    if analyses is None:
        try:
            served = load_catalog(models).served
        except CatalogError as error:
            raise UsageError(str(error)) from None
        wanted = {*served} | ({REPLY} if options.replies is not None else set())
        named = [name for name in ANALYSES if name in wanted and name not in NOT_TO_READ]
        analyses = ",".join(named) or None
    return AnalysisRequest(choose_analyses(analyses, models, options), options)
