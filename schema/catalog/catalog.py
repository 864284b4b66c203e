"""What a catalog says: which model serves which analysis, or which language pair."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

#: What a model computes in: float32, bfloat16, float16, or float32 between linear layers whose
#: weights and inputs are rounded to 8 bits.
Precision = Literal["fp32", "bf16", "fp16", "int8"]

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class CatalogError(ValueError):
    """The catalog cannot be read, or has no model for what is asked. One sentence, with the fix."""


class EntryOptions(BaseModel):
    """How a model is loaded and run; unset means the engine's default.

    Attributes:
        precision: What the model computes in; `auto` takes bf16 where that is measured to be
            quicker and to say the same, else fp32.
        batch_tokens: The most padded tokens that go through the model at once.
        max_length: Tokens of the model's window, special tokens included, if smaller than its own.
        split: What a model that writes gets of a text: as much as its window holds, as the
            pipelines have it, or one sentence at a time, for models that know nothing longer.
        languages: For a model that has to be told its languages: what it calls some of them, by
            the code of a document or a run (ISO 639-1), where that is not plain from its own list.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: Precision | Literal["auto"] = "auto"
    batch_tokens: int | None = Field(default=None, gt=0)
    max_length: int | None = Field(default=None, gt=8)
    split: Literal["window", "sentence"] = "window"
    languages: dict[str, str] = Field(default_factory=dict)

    @field_validator("languages")
    @classmethod
    def _are_codes(cls, languages: dict[str, str]) -> dict[str, str]:
        for language, code in languages.items():
            if not _LANGUAGE.fullmatch(language):
                raise ValueError(
                    f"{language!r} is no language of a document: write its code of ISO 639, as in "
                    'no = "nob_Latn"'
                )
            if not code.strip():
                raise ValueError(
                    f"{language} is empty: write what the model calls it, as in no = "
                    '"nob_Latn", or leave it out'
                )
        return languages


class Entry(BaseModel):
    """One model of the catalog: a hub id or an absolute path, its revision, its options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    revision: str | None = None
    options: EntryOptions = EntryOptions()


class Catalog:
    """The models of every analysis.

    Args:
        name: How the user named it: `pocket`, `hub`, or a path.
        entries: By analysis; for `translation` by pair as `translation.en-de`, and as `translation`
            the one for all other pairs.
    """

    def __init__(self, name: str, entries: dict[str, Entry]) -> None:
        self.name = name
        self._entries = entries

    def entry(self, analysis: str) -> Entry:
        """The model of one analysis other than `translation`.

        Raises:
            CatalogError: If the catalog has none.
        """
        try:
            return self._entries[analysis]
        except KeyError:
            raise CatalogError(
                f"catalog {self.name!r} has no model for {analysis!r}: add a [{analysis}] table "
                f"with model = … or leave {analysis!r} out of --analyses"
            ) from None

    def pair(self, source: str, target: str) -> Entry:
        """The model that translates `source` into `target` (ISO 639-1 codes).

        Raises:
            CatalogError: If the catalog has no such pair.
        """
        entry = self._entries.get(self.pair_table(source, target))
        if entry is None:
            raise CatalogError(
                f"catalog {self.name!r} has no model for {source}-{target}: "
                f"add a [translation.{source}-{target}] table with model = …"
            )
        if (source, target) in self.pairs():
            return entry
        model = entry.model.replace("{src}", source).replace("{tgt}", target)
        return entry.model_copy(update={"model": model})

    def pair_table(self, source: str, target: str) -> str:
        """The table that a pair's model is named in, or would be."""
        own = f"translation.{source}-{target}"
        return own if own in self._entries or "translation" not in self._entries else "translation"

    def every_pair(self) -> Entry | None:
        """The one model that [translation] gives to every pair that has none of its own; None where
        there is no such table, or where the model is another for each pair.
        """
        entry = self._entries.get("translation")
        return None if entry is None or {"{src}", "{tgt}"} & _places(entry.model) else entry

    def targets(self) -> set[str] | None:
        """Languages that something can be translated into, or None when any may be asked for."""
        if "translation" in self._entries:
            return None
        return {target for _, target in self.pairs()}

    def pairs(self) -> list[tuple[str, str]]:
        """The language pairs that the catalog names one by one, as (source, target)."""
        pairs = (key.removeprefix("translation.") for key in self._entries)
        return [tuple(pair.split("-", 1)) for pair in pairs if "-" in pair]  # type: ignore[misc]

    def serves(self, analysis: str) -> bool:
        """Whether any model is there for this analysis."""
        return any(key.split(".")[0] == analysis for key in self._entries)


def _places(model: str) -> set[str]:
    return set(re.findall(r"\{src\}|\{tgt\}", model))
