"""What a model is told of one pair of languages, and whose fault it is where it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schema.catalog import CatalogEntry
from workers.errors import DocumentError, ModelError
from workers.generation.model_languages import ModelLanguages


@dataclass(frozen=True, slots=True)
class LanguagePair:
    """A pair of languages as the model calls them.

    Attributes:
        source: E.g. `eng_Latn`.
        target: E.g. `deu_Latn`.
        named: The option `languages` of the model's catalog entry.
    """

    source: str
    target: str
    named: Mapping[str, str]


def check_languages(languages: ModelLanguages | None, entry: CatalogEntry, table: str) -> None:
    """Make sure that a model can be told its languages, and by the names that the catalog gives.

    Args:
        languages: Of the model; None if it knows its one pair.
        entry: Of the model.
        table: The entry's, of the catalog.

    Raises:
        ModelError: If it cannot.
    """
    if languages is None:
        if entry.options.languages:
            raise ModelError(
                f"model {entry.model!r} is not told its languages: leave the option `languages` "
                f"out of [{table}] in the catalog that TRIAGE_MODELS names"
            )
        return
    if not languages.codes:
        raise ModelError(
            f"model {entry.model!r} has to be told its languages in a way that is not known here: "
            f"name another in [{table}] of the catalog that TRIAGE_MODELS names"
        )
    for language, code in entry.options.languages.items():
        if code not in languages.codes:
            raise ModelError(
                f"model {entry.model!r} has no language {code!r}, as which [{table}] names "
                f"{language!r} in its option `languages`: take one of its own "
                f"({_some(languages.codes)}) in the catalog that TRIAGE_MODELS names"
            )


def tell(
    languages: ModelLanguages, entry: CatalogEntry, table: str, source: str, target: str
) -> LanguagePair:
    """Find what a model calls the languages of a pair.

    Args:
        languages: Of the model.
        entry: Of the model; what its option `languages` says goes first.
        table: The entry's, of the catalog.
        source: ISO 639-1.
        target: ISO 639-1.

    Raises:
        DocumentError: If the model does not know one of them, or knows it by several names.
    """
    return LanguagePair(
        _code(languages, entry, table, source),
        _code(languages, entry, table, target),
        entry.options.languages,
    )


def _code(languages: ModelLanguages, entry: CatalogEntry, table: str, language: str) -> str:
    if named := entry.options.languages.get(language):
        return named
    called = languages.called(language)
    if len(called) == 1:
        return called[0]
    if called:
        raise DocumentError(
            f"model {entry.model!r} knows {language!r} as {' and as '.join(called)}: say which is "
            f'meant with options = {{ languages = {{ {language} = "{called[0]}" }} }} in '
            f"[{table}] of the catalog that TRIAGE_MODELS names"
        )
    raise DocumentError(
        f"model {entry.model!r} does not know the language {language!r}: if it has another name "
        f"there, give it with options = {{ languages = {{ {language} = … }} }} in [{table}] of the "
        "catalog that TRIAGE_MODELS names; else name a model for the pair in a table of its own, "
        "as [translation.en-de]"
    )


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")
