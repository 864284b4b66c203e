"""The analyses and options of a run, as the user says them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from producer.ingest.errors import IngestError
from schema.analyses import UnknownAnalysisError, parse_analyses
from schema.catalog import Catalog, CatalogError, load_catalog
from schema.languages import fold_language
from schema.options import RunOptions


def make_options(questions: Sequence[str], translate_to: str | None) -> RunOptions:
    """The options of a run; the defaults for what is not said.

    Raises:
        IngestError: If a question is empty, or the language is no code.
    """
    said: dict[str, object] = {}
    if questions:
        asked = tuple(question.strip() for question in questions)
        if not all(asked):
            raise IngestError("--question is empty")
        said["questions"] = asked
    if translate_to is not None:
        said["translate_to"] = translate_to.strip().lower()
    try:
        return RunOptions.model_validate(said)
    except ValidationError:
        raise IngestError(
            f"--translate-to {translate_to!r} is no language code; write de for German, fr for "
            "French"
        ) from None


def choose_needs(
    analyses: Sequence[str], models: str, options: RunOptions
) -> dict[str, list[str]] | None:
    """What each analysis waits for whose model reads some languages only; None for a run that finds
    no languages, in which every model reads every document.

    Each waits for `language`. One that can read what the run translates into waits for
    `translation` too, if that can translate what it cannot read itself, and then reads that.
    """
    if "language" not in analyses:
        return None
    catalog = load_catalog(models)
    needs: dict[str, list[str]] = {}
    for analysis in _needing(analyses, catalog):
        languages = catalog.languages(analysis)
        needs[analysis] = ["language"]
        target = fold_language(options.translate_to)
        if "translation" not in analyses or languages is None or target not in languages:
            continue
        if _translates_others(catalog, options.translate_to, languages):
            needs[analysis].append("translation")
    return needs or None


def _translates_others(catalog: Catalog, target: str, languages: frozenset[str]) -> bool:
    """Whether something can be translated that is in none of these languages."""
    sources = [source for source, into in catalog.pairs() if into == target]
    any_source = catalog.targets() is None
    return any_source or any(fold_language(source) not in languages for source in sources)


def _needing(analyses: Sequence[str], catalog: Catalog) -> list[str]:
    """Those that have to know the language of a document."""
    return [
        analysis
        for analysis in analyses
        if analysis == "translation" or catalog.languages(analysis) is not None
    ]


def choose_analyses(
    named: str | None, models: str, options: RunOptions, *, by_language: bool = True
) -> tuple[str, ...]:
    """The analyses that are named, separated by commas; or all that the catalog has models for,
    with `language` if one of them needs it.

    Args:
        named: As the user names them; None for all.
        models: The catalog.
        options: Of the run.
        by_language: False to leave `language` out.

    Raises:
        IngestError: If the catalog has no model for one of them, or for the target language; the
            message says what it has.
    """
    try:
        catalog = load_catalog(models)
        analyses = catalog.served if named is None else parse_analyses(named)
        if not by_language or (named is None and not _needing(analyses, catalog)):
            analyses = tuple(name for name in analyses if name != "language")
    except (CatalogError, UnknownAnalysisError) as error:
        raise IngestError(str(error)) from None
    if not analyses:
        raise IngestError(
            f"the catalog {models!r} (TRIAGE_MODELS) has no model for any analysis; add one"
        )
    for analysis in analyses:
        if not catalog.serves(analysis):
            raise IngestError(
                f"the catalog {models!r} (TRIAGE_MODELS) has no model for {analysis!r}; add one or "
                "name the others with --analyses"
            )
    targets = catalog.targets()
    if "translation" in analyses and targets is not None and options.translate_to not in targets:
        raise IngestError(
            f"the catalog {models!r} (TRIAGE_MODELS) cannot translate into "
            f"{options.translate_to!r}, only into {', '.join(sorted(targets))}; "
            "choose with --translate-to, or leave translation out of --analyses"
        )
    return analyses
