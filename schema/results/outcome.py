"""An outcome: what became of one document in one analysis, and by which model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schema.document import ORIGINAL
from schema.results.abstention import Abstention
from schema.results.base import Result
from schema.results.failure import Failure


@dataclass(frozen=True, slots=True)
class Provenance:
    """The model behind a result.

    Attributes:
        name: As the catalog has it.
        revision: Commit of the model hub, or `sha256:` and 12 hex digits over local weights.
        options: The options in force, as the catalog writes them.
    """

    name: str
    revision: str
    options: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for equal models; options in an order of their own do not matter."""
        return self.name, self.revision, json.dumps(self.options, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Results, possibly none (no entity named), the failure that the document is charged with, or
    why it is not analysed.

    Attributes:
        model: None where no model was needed: a text in the target language already.
        text_used: What was read: `original`, or `translation`.
        cache_key: Over all that results were made of, see `ResultTable`; None where they are not to
            be used again.
        reused: Whether they were there already, or are those of an equal text.
    """

    document_id: int
    outcome: Sequence[Result] | Failure | Abstention
    model: Provenance | None
    text_used: str = ORIGINAL
    cache_key: bytes | None = None
    reused: bool = False
