"""The analyses and options of a run, as the user says them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from producer.ingest.errors import IngestError
from producer.ingest.macros import read_library
from schema.analyses import ANALYSES, UnknownAnalysisError, parse_analyses
from schema.catalog import Catalog, CatalogError, load_catalog
from schema.languages import fold_language
from schema.options import RunOptions
from schema.reply_library import ReplyLibrary
from schema.results.reply import ReplyRow
from schema.results.sentiment import SentimentRow

REPLY = ReplyRow.analysis


def make_options(
    questions: Sequence[str], translate_to: str | None, library: ReplyLibrary | None = None
) -> RunOptions:
    """The options of a run; the defaults for what is not said.

    Args:
        questions: For `qa`.
        translate_to: For `translation`.
        library: For `reply`, see `choose_library`.

    Raises:
        IngestError: If a question is empty, or the language is no code.
    """
    said: dict[str, object] = {"replies": library}
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


def choose_library(replies: str | None, named: str | None, models: str) -> ReplyLibrary | None:
    """The library that a run takes its replies from: the user's, else that of the catalog.

    Args:
        replies: The file that the user names; None if he names none.
        named: The analyses that he names, separated by commas; None if he names none.
        models: The catalog.

    Returns:
        None where the run drafts no replies, or a model writes them.

    Raises:
        IngestError: If the file is none, or nobody would look into it.
    """
    try:
        catalog = load_catalog(models)
    except CatalogError as error:
        raise IngestError(str(error)) from None
    wanted = named is None or REPLY in [one.strip() for one in named.split(",")]
    if replies is None:
        return read_library(catalog.replies) if wanted and catalog.replies else None
    if not wanted:
        raise IngestError(
            f"--replies is for the analysis {REPLY}, which --analyses does not name; add it there, "
            "or leave --replies out"
        )
    if catalog.writes_replies:
        raise IngestError(
            f"--replies: the catalog {models!r} (TRIAGE_MODELS) has a model in [reply] that writes "
            "replies, and looks into no library; leave --replies out, or take another catalog"
        )
    return read_library(replies)


def choose_needs(
    analyses: Sequence[str], models: str, options: RunOptions
) -> dict[str, list[str]] | None:
    """What each analysis waits for; None for a run in which nothing waits, and every model reads
    every document.

    One whose model reads some languages only waits for `language`, if the run finds that; `reply`
    waits for `sentiment` if a model writes, or if the library has answers for some customers only.
    """
    catalog = load_catalog(models)
    needs = _needs_of_languages(analyses, catalog, options) if "language" in analyses else {}
    sentiment = SentimentRow.analysis
    macros = () if options.replies is None else options.replies.macros
    asks = catalog.writes_replies or any(macro.sentiment for macro in macros)
    if REPLY in analyses and sentiment in analyses and asks:
        needs[REPLY] = [*needs.get(REPLY, ()), sentiment]
    return needs or None


def _needs_of_languages(
    analyses: Sequence[str], catalog: Catalog, options: RunOptions
) -> dict[str, list[str]]:
    """One that can read what the run translates into waits for `translation` too, if that can
    translate what it cannot read itself, and then reads that; but a reply is in the customer's
    language, not in that of a translation.
    """
    needs: dict[str, list[str]] = {}
    for analysis in _needing(analyses, catalog):
        languages = catalog.languages(analysis)
        needs[analysis] = ["language"]
        target = fold_language(options.translate_to)
        if "translation" not in analyses or languages is None or target not in languages:
            continue
        if analysis == REPLY:
            continue
        if _translates_others(catalog, options.translate_to, languages):
            needs[analysis].append("translation")
    return needs


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
    with `language` if one of them needs it, and `reply` if there is something to take one from.

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
        analyses = _usual(catalog, options) if named is None else parse_analyses(named)
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
    if REPLY in analyses and options.replies is None and not catalog.writes_replies:
        raise IngestError(
            f"{REPLY!r} has nothing to take replies from: give --replies FILE, a table with the "
            "columns title, when and reply; or name a model that writes them in [reply] of the "
            "catalog (TRIAGE_MODELS)"
        )
    targets = catalog.targets()
    if "translation" in analyses and targets is not None and options.translate_to not in targets:
        raise IngestError(
            f"the catalog {models!r} (TRIAGE_MODELS) cannot translate into "
            f"{options.translate_to!r}, only into {', '.join(sorted(targets))}; "
            "choose with --translate-to, or leave translation out of --analyses"
        )
    return analyses


def _usual(catalog: Catalog, options: RunOptions) -> tuple[str, ...]:
    """The analyses of a run if nobody names any."""
    also = {REPLY} if options.replies is not None else set()
    wanted = {*catalog.served} | also
    return tuple(analysis for analysis in ANALYSES if analysis in wanted)
