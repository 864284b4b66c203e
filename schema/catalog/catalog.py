"""What a catalog says: which model serves which analysis, or which language pair."""

from __future__ import annotations

import re

from schema.analyses import ANALYSES, BUILT_IN
from schema.catalog.entry import CatalogEntry

#: The analysis that drafts replies.
REPLY = "reply"


class CatalogError(ValueError):
    """The catalog cannot be read, or has no model for what is asked. One sentence, with the fix."""


class Catalog:
    """The models of every analysis.

    Args:
        name: How the user named it: `pocket`, `hub`, or a path.
        entries: By analysis; for `translation` by pair as `translation.en-de`, and as `translation`
            the one for all other pairs. Without `reply`, the model of `embedding` finds replies in
            the library of a run.
    """

    def __init__(self, name: str, entries: dict[str, CatalogEntry]) -> None:
        self.name = name
        self._entries = entries
        if REPLY not in entries and "embedding" in entries:
            self._entries = entries | {REPLY: entries["embedding"]}

    def entry(self, analysis: str) -> CatalogEntry:
        """The model of one analysis other than `translation`.

        Raises:
            CatalogError: If the catalog has none.
        """
        try:
            return self._entries[analysis]
        except KeyError:
            table = analysis if analysis in BUILT_IN else f"classify.{analysis}"
            table = "embedding" if analysis == REPLY else table
            raise CatalogError(
                f"catalog {self.name!r} has no model for {analysis!r}: add a [{table}] table "
                f"with model = … or leave {analysis!r} out of --analyses"
            ) from None

    def languages(self, analysis: str) -> frozenset[str] | None:
        """The languages that the model of an analysis reads; None for any.

        Which pairs there are for translation is a question for `pair`, and whatever `language`
        looks among, it reads all.
        """
        entry = self._entries.get(analysis)
        if analysis in ("language", "translation") or entry is None or "*" in entry.languages:
            return None
        return frozenset(entry.languages) or None

    def pair(self, source: str, target: str) -> CatalogEntry:
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

    def every_pair(self) -> CatalogEntry | None:
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

    @property
    def offered(self) -> tuple[str, ...]:
        """The analyses that some model is there for, in standard order: what a worker takes."""
        return tuple(analysis for analysis in ANALYSES if self.serves(analysis))

    @property
    def served(self) -> tuple[str, ...]:
        """Those of them that a run has if nobody names any: replies, only if the catalog names a
        model that writes them, or a library.
        """
        left_out = () if self.writes_replies or self.replies else (REPLY,)
        return tuple(analysis for analysis in self.offered if analysis not in left_out)

    @property
    def writes_replies(self) -> bool:
        """Whether a model writes drafts of replies; else one finds them in a library."""
        own, finder = self._entries.get(REPLY), self._entries.get("embedding")
        return own is not None and (finder is None or own.model != finder.model)

    @property
    def replies(self) -> str | None:
        """The path of the reply library that the catalog names; None if it names none."""
        entry = self._entries.get(REPLY)
        return None if entry is None else entry.replies


def _places(model: str) -> set[str]:
    return set(re.findall(r"\{src\}|\{tgt\}", model))
