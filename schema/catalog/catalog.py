"""Reading a catalog: a TOML file with a table per analysis, or per language pair of `translation`.

[sentiment]
model = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
revision = "714eb0f"
options = { precision = "fp32" }

[translation.en-de]
model = "./my-marian"       # "./", "../" and "/" are paths, the first two beside the catalog
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schema.analyses import ANALYSES

#: Catalogs that come with the project, by the name that `TRIAGE_MODELS` takes.
BUILT_IN = ("pocket", "hub")


#: What a model computes in: float32, bfloat16, float16, or float32 between linear layers whose
#: weights and inputs are rounded to 8 bits.
Precision = Literal["fp32", "bf16", "fp16", "int8"]


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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: Precision | Literal["auto"] = "auto"
    batch_tokens: int | None = Field(default=None, gt=0)
    max_length: int | None = Field(default=None, gt=8)
    split: Literal["window", "sentence"] = "window"


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
        entries: By analysis; for `translation` by pair as `translation.en-de`.
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
        if entry := self._entries.get(f"translation.{source}-{target}"):
            return entry
        if pattern := self._entries.get("translation"):
            model = pattern.model.replace("{src}", source).replace("{tgt}", target)
            return pattern.model_copy(update={"model": model})
        raise CatalogError(
            f"catalog {self.name!r} has no model for {source}-{target}: "
            f"add a [translation.{source}-{target}] table with model = …"
        )

    def targets(self) -> set[str] | None:
        """Languages that something can be translated into, or None when any may be asked for."""
        if "translation" in self._entries:
            return None
        pairs = (key for key in self._entries if key.startswith("translation."))
        return {key.rsplit("-", 1)[1] for key in pairs}

    def pairs(self) -> list[tuple[str, str]]:
        """The language pairs that the catalog names one by one, as (source, target)."""
        pairs = (key.removeprefix("translation.") for key in self._entries)
        return [tuple(pair.split("-", 1)) for pair in pairs if "-" in pair]  # type: ignore[misc]

    def serves(self, analysis: str) -> bool:
        """Whether any model is there for this analysis."""
        return any(key.split(".")[0] == analysis for key in self._entries)


def load_catalog(models: str) -> Catalog:
    """Read a catalog.

    Args:
        models: `pocket`, `hub`, or the path of a TOML file, as `TRIAGE_MODELS` gives it.

    Raises:
        CatalogError: If the file is missing, is not TOML, or names what no catalog knows.
    """
    if models in BUILT_IN:
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
    return Catalog(models, dict(_entries(models, tables, beside)))


def _entries(name: str, tables: dict[str, Any], beside: Path | None) -> Any:
    for analysis, table in tables.items():
        if analysis not in ANALYSES or not isinstance(table, dict):
            raise CatalogError(
                f"catalog {name!r} has a [{analysis}] table, which is no analysis; "
                f"known are {', '.join(ANALYSES)}"
            )
        if analysis == "translation" and "model" not in table:
            for pair, entry in table.items():
                yield f"translation.{pair}", _entry(name, f"translation.{pair}", entry, beside)
        else:
            yield analysis, _entry(name, analysis, table, beside)


def _entry(name: str, key: str, table: Any, beside: Path | None) -> Entry:
    try:
        entry = Entry.model_validate(table)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise CatalogError(f"catalog {name!r}, [{key}] {where}: {fault['msg']}") from None
    if beside is not None and entry.model.startswith(("./", "../")):
        return entry.model_copy(update={"model": str((beside / entry.model).resolve())})
    return entry
