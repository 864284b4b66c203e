"""Labels of the user's own: names, what each means, and texts that have it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field, field_validator

#: The label of a text that has none of the others.
NONE = "(none)"
#: The sentence that a model of natural language inference is asked about, as the pipeline has it.
HYPOTHESIS = "This example is {}."


class OwnLabel(BaseModel):
    """A label.

    Attributes:
        description: What it means, in a few words or sentences; may be empty.
        examples: Texts that have it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()


class OwnLabels(BaseModel):
    """The labels that an analysis sorts texts into.

    Attributes:
        labels: At least one, in the order of the file; no two have one name.
        multiple: Whether a text may have several of them.
        hypothesis: For models of natural language inference: a sentence with `{}` in it, where the
            description of a label goes, or its name.
        none_below: What a text's best label has to reach, else the text has none: a probability,
            or for labels by similarity a cosine; unset for what was measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[OwnLabel, ...]
    multiple: bool = False
    hypothesis: str = HYPOTHESIS
    none_below: float | None = Field(default=None, ge=0, le=1)

    @field_validator("hypothesis")
    @classmethod
    def _takes_a_label(cls, hypothesis: str) -> str:
        try:
            takes_label = hypothesis.format("label") != hypothesis
        except (LookupError, ValueError, AttributeError):
            takes_label = False
        if not takes_label:
            raise ValueError(f"write {{}} where the label goes, as in {HYPOTHESIS!r}")
        return hypothesis

    @property
    def names(self) -> list[str]:
        """The names, in order."""
        return [label.name for label in self.labels]

    @property
    def has_examples(self) -> bool:
        """Whether there are texts to learn from."""
        return any(label.examples for label in self.labels)

    def digest(self, *, of_examples: bool = True) -> str:
        """`sha256:` and 12 hex digits over all that the labels say.

        Args:
            of_examples: Whether results depend on the examples.
        """
        said = [
            [label.name, label.description, *(label.examples if of_examples else ())]
            for label in self.labels
        ]
        return f"sha256:{_hash(said)[:12]}"


def _hash(said: Sequence[object]) -> str:
    return sha256(json.dumps(said).encode("ascii")).hexdigest()
