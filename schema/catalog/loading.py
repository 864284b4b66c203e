"""Reading a catalog: a TOML file with a table per analysis, or per language pair of `translation`.

[sentiment]
model = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
revision = "714eb0f"
options = { precision = "fp32" }

languages = ["en"]           # what it reads; left out, or "*", for any

[translation]               # every pair that has no table of its own
model = "facebook/nllb-200-distilled-600M"

[classify.urgency]          # an analysis of your own: whatever classes its model has
model = "./my-classes"

[topics]                    # the same as [classify.topics]: texts sorted into labels of your own
labels = "labels.toml"

[intent]
model = "./my-base"
adapter = "./my-lora"       # of PEFT, merged when the model is loaded

[translation.en-de]
model = "./my-marian"       # "./", "../" and "/" are paths, the first two beside the catalog

[reply]                     # without a model of its own, that of [embedding] finds replies in it
replies = "macros.csv"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schema.analyses import ANALYSES, BUILT_IN, WRITING_ANALYSES
from schema.catalog.catalog import REPLY, Catalog, CatalogError
from schema.catalog.entry import CatalogEntry
from schema.catalog.own_tables import split_labels
from schema.catalog.reply_table import reply_table
from schema.catalog.said_labels import LabelsError
from schema.languages import read_language

#: Catalogs that come with the project, by the name that `TRIAGE_MODELS` takes.
BUILT_IN_CATALOGS = ("pocket", "hub")

#: What needs no model of the user's.
_ALWAYS = {"language": CatalogEntry(model="py3langid")}

#: The table whose tables are analyses of the user's own, and what these may be named.
CLASSIFY = "classify"
#: One of them that may stand without that word.
TOPICS = "topics"
OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")

#: Analyses whose models may want something in front of each text.
_PREFIXED = ("embedding", *sorted(WRITING_ANALYSES))

_PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}")


def load_catalog(models: str) -> Catalog:
    """Read a catalog.

    Args:
        models: `pocket`, `hub`, or the path of a TOML file, as `TRIAGE_MODELS` gives it.

    Raises:
        CatalogError: If the file is missing, is not TOML, or names what no catalog knows.
    """
    if models in BUILT_IN_CATALOGS:
        raw = resources.files("schema.catalog").joinpath(f"{models}.toml").read_text("utf-8")
        beside = None
    else:
        path = Path(models).expanduser()
        try:
            raw = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogError(
                f"TRIAGE_MODELS={models}: cannot read this catalog ({error}); give 'pocket', 'hub' "
                "or the path of a TOML file"
            ) from None
        beside = path.resolve().parent
    try:
        tables = tomllib.loads(raw)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"catalog {models!r} is not TOML: {error}") from None
    entries = dict(_entries(models, tables, beside))
    return Catalog(models, _ALWAYS | entries if entries else {})


def _entries(
    name: str, tables: dict[str, Any], beside: Path | None
) -> Iterator[tuple[str, CatalogEntry]]:
    for analysis, table in tables.items():
        if analysis in (CLASSIFY, TOPICS):
            yield from _own_classes(name, analysis, tables, beside)
            continue
        if analysis not in BUILT_IN or not isinstance(table, dict):
            raise CatalogError(
                f"catalog {name!r} has a [{analysis}] table, which is no analysis; "
                f"known are {', '.join(BUILT_IN)}; one of your own is [classify.{analysis}]"
            )
        own = dict(table)
        if analysis == "translation":
            for pair in [key for key in table if _PAIR.fullmatch(key)]:
                yield (
                    f"translation.{_read_pair(pair)}",
                    _entry(name, f"translation.{pair}", own.pop(pair), beside),
                )
            if not own:
                continue
            if "model" not in own:
                raise CatalogError(
                    f"catalog {name!r} has a [translation.{next(iter(own))}] table, which is no "
                    "pair of languages: write it as in [translation.en-de]"
                )
        if analysis == REPLY:
            own = reply_table(name, own, tables)
        yield analysis, _entry(name, analysis, own, beside)


def _own_classes(
    name: str, table: str, tables: dict[str, Any], beside: Path | None
) -> Iterator[tuple[str, CatalogEntry]]:
    """Analyses of the user's own, each with what classifies documents for it."""
    own = tables[table] if table == CLASSIFY else {TOPICS: tables[TOPICS]}
    if not isinstance(own, dict) or not all(isinstance(one, dict) for one in own.values()):
        raise CatalogError(
            f"catalog {name!r}, [{table}]: write a table for each analysis, with its name, as "
            "[classify.urgency], and model = … or labels = … in it"
        )
    if table == CLASSIFY and TOPICS in own and TOPICS in tables:
        raise CatalogError(
            f"catalog {name!r} has both [topics] and [classify.topics], which are one analysis; "
            "keep one"
        )
    for analysis, of_analysis in own.items():
        if analysis in (*BUILT_IN, CLASSIFY) or not OWN_NAME.fullmatch(analysis):
            raise CatalogError(
                f"catalog {name!r}, [classify.{analysis}]: choose a name of small letters, digits "
                "and _, up to 30, that is none of "
                f"{', '.join(BUILT_IN)}"
            )
        key = TOPICS if table == TOPICS else f"{CLASSIFY}.{analysis}"
        try:
            left, labels = split_labels(of_analysis, tables.get("embedding"), beside)
        except LabelsError as error:
            raise CatalogError(f"catalog {name!r}, [{key}] {error}") from None
        entry = _entry(name, key, left, beside, has_labels=labels is not None)
        yield analysis, entry.model_copy(update={"own_labels": labels})
        ANALYSES.add(analysis)


def _read_pair(pair: str) -> str:
    """The codes that documents and runs have: `en-de` for `eng-deu`."""
    return "-".join(read_language(code) or code for code in pair.split("-"))


def _entry(
    name: str, key: str, table: Any, beside: Path | None, *, has_labels: bool = False
) -> CatalogEntry:
    try:
        entry = CatalogEntry.model_validate(table)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        what = fault["msg"].removeprefix("Value error, ")
        raise CatalogError(f"catalog {name!r}, [{key}] {where}: {what}") from None
    _check_analysis(name, key, entry, has_labels)
    if beside is None:
        return entry
    # Names of models may be those of a hub; the others are files.
    files = {"replies": entry.replies, "instructions": entry.instructions}
    files |= {
        field: path
        for field, path in (("model", entry.model), ("adapter", entry.adapter))
        if path and path.startswith(("./", "../"))
    }
    found = {field: str((beside / path).resolve()) for field, path in files.items() if path}
    return entry.model_copy(update=found)


def _check_analysis(name: str, key: str, entry: CatalogEntry, has_labels: bool) -> None:
    """Make sure that nothing is said of a model that its analysis has no use for."""
    analysis = key.split(".")[0]
    if entry.options.languages and analysis != "translation":
        raise CatalogError(
            f"catalog {name!r}, [{key}] options.languages: only models for translation are told "
            "languages; leave it out"
        )
    if entry.options.prefix and analysis not in (*_PREFIXED, REPLY) and not has_labels:
        raise CatalogError(
            f"catalog {name!r}, [{key}] options.prefix: only models for "
            f"{', '.join(_PREFIXED)} read a prefix; leave it out"
        )
    if entry.adapter and analysis == "language":
        raise CatalogError(
            f"catalog {name!r}, [{key}] adapter: the model of languages takes none; leave it out"
        )
    for field in ("polarity", "scale"):
        if getattr(entry, field) and analysis != "sentiment":
            raise CatalogError(
                f"catalog {name!r}, [{key}] {field}: only models for sentiment have polarities; "
                "leave it out"
            )
    if (entry.labels or entry.calibration.thresholds) and analysis != "intent":
        field = "labels" if entry.labels else "calibration.thresholds"
        raise CatalogError(
            f"catalog {name!r}, [{key}] {field}: only models for intent have intents; leave it out"
        )
    for field in ("replies", "instructions"):
        if getattr(entry, field) and analysis != REPLY:
            raise CatalogError(
                f"catalog {name!r}, [{key}] {field}: only [reply] has them; leave it out"
            )
    given = entry.calibration.model_dump(exclude_none=True)
    # A translation has a confidence, a reply that is found a similarity, the rest has none.
    allowed = {"threshold"} if analysis in ("translation", REPLY) else set()
    if analysis in WRITING_ANALYSES and not allowed.issuperset(given):
        wrong = ", ".join(sorted(given.keys() - allowed))
        raise CatalogError(
            f"catalog {name!r}, [{key}] calibration: a model that writes has no {wrong}; leave it "
            "out"
        )
