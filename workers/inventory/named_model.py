"""The models that a catalog names, one for each of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.analyses import ANALYSES
from schema.catalog import Catalog, CatalogEntry, CatalogError
from schema.languages import read_language

TRANSLATION = "translation"
#: The model of `language` is a package, with nothing to fetch.
PACKAGE = "py3langid"


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model of the catalog.

    Attributes:
        name: Of its table: an analysis, or a pair as `translation.en-de`.
        entry: What the catalog says.
        every_pair: Whether its name has places for the languages, so that it stands for a model of
            each pair.
    """

    name: str
    entry: CatalogEntry
    every_pair: bool = False

    @property
    def analysis(self) -> str:
        """That it serves."""
        return self.name.partition(".")[0]

    @property
    def pair(self) -> tuple[str, str] | None:
        """Source and target language, for a model of one pair."""
        source, _, target = self.name.partition(".")[2].partition("-")
        return (source, target) if target else None


def named_models(catalog: Catalog, asked: Sequence[str]) -> list[NamedModel]:
    """The models that are asked for; all, if none is named.

    Args:
        catalog: That names them.
        asked: Analyses, or pairs as `translation.en-de`.

    Raises:
        CatalogError: If the catalog has no model for one of them.
    """
    every = list(_all(catalog))
    if not asked:
        return every
    return [model for name in dict.fromkeys(asked) for model in _of(catalog, every, name)]


def _all(catalog: Catalog) -> Iterator[NamedModel]:
    for analysis in catalog.served:
        if analysis != TRANSLATION:
            yield NamedModel(analysis, catalog.entry(analysis))
    for source, target in sorted(catalog.pairs()):
        yield NamedModel(f"{TRANSLATION}.{source}-{target}", catalog.pair(source, target))
    if TRANSLATION in catalog.served and catalog.targets() is None:
        one = catalog.every_pair()
        # Any pair leads to the entry of all.
        entry = one or catalog.pair("{src}", "{tgt}")
        yield NamedModel(TRANSLATION, entry, every_pair=one is None)


def _of(catalog: Catalog, every: list[NamedModel], name: str) -> list[NamedModel]:
    word = name.removeprefix("classify.")
    if found := [model for model in every if word in (model.name, model.analysis)]:
        return found
    analysis, _, pair = word.partition(".")
    source, _, target = pair.partition("-")
    if analysis == TRANSLATION and target:
        codes = [read_language(code) for code in (source, target)]
        if None in codes:
            raise CatalogError(f"{name!r} is no pair of languages: write it as translation.en-de")
        source, target = map(str, codes)
        return [NamedModel(f"{TRANSLATION}.{source}-{target}", catalog.pair(source, target))]
    if word in ANALYSES:
        catalog.entry(word)
    raise CatalogError(
        f"catalog {catalog.name!r} has no {name!r}; it has "
        f"{', '.join(model.name for model in every)}"
    )
