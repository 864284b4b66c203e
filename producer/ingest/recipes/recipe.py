"""A recipe: which columns of an export hold what, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.errors import IngestError
from producer.ingest.ratings.rating_scale import RatingScale, parse_scale
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.times.written_times import day_order

#: What a recipe may say beside its columns.
_OPTIONS = frozenset(
    ("source", "id_from", "dayfirst", "monthfirst", "html", "strip_replies", "rating_scale")
)
#: The same of how an input is read, with the type of each.
_READING = {"encoding": str, "delimiter": str, "header_row": int, "sheet": str, "path": str}
_ROLES = tuple(field.name for field in fields(ColumnChoice))


@dataclass(frozen=True)
class Recipe:
    """How an export is read.

    Attributes:
        name: The system, or the file's name.
        columns: Its columns. A name that ends in `*` stands for the one that begins so.
        header: Columns that an input has where it is such an export; empty where only the user can
            say so.
        first: Whether the input begins with these columns.
        source: As `--source` says.
        reading: As `--encoding`, `--delimiter`, `--header-row`, `--sheet` and `--path` say.
        id_from: As `--id-from` says.
        day_order: What dates like 03/04/2026 mean; None where the recipe does not say.
        html: Whether tags and entities become text.
        replies: Whether quoted mails and signatures are taken out.
        rating_scale: As `--rating-scale` says.
    """

    name: str
    columns: ColumnChoice
    header: tuple[str, ...] = ()
    first: bool = False
    source: str | None = None
    reading: ReadingOptions = ReadingOptions()
    day_order: str | None = None
    html: bool = False
    replies: bool = False
    id_from: str | None = None
    rating_scale: RatingScale | None = None

    def recognises(self, columns: Sequence[str]) -> bool:
        """Whether an input with these columns is such an export."""
        if not self.header:
            return False
        if self.first:
            columns = columns[: len(self.header)]
        return all(_match(columns, name) is not None for name in self.header)

    def columns_in(self, columns: Sequence[str]) -> ColumnChoice:
        """Its columns as an input spells them; those that the input lacks are left out, but for a
        recipe without a header, since only the user can have said that it is the right one."""
        if not self.header:
            return self.columns
        found: dict[str, Any] = {}
        for role, names in vars(self.columns).items():
            if names is None or names == "":
                found[role] = names
                continue
            several = (names,) if isinstance(names, str) else names
            there = tuple(one for name in several if (one := _match(columns, name)) is not None)
            found[role] = there[0] if len(there) == 1 else there or None
        return ColumnChoice(**found)


def parse_recipes(name: str, content: Mapping[str, Any]) -> list[Recipe]:
    """Read a recipe's file: one form of an export, or a list of `forms`.

    Raises:
        IngestError: If it says what nobody understands.
    """
    forms = content.get("forms", [content])
    if not isinstance(forms, list) or not all(isinstance(form, dict) for form in forms):
        raise IngestError(f"recipe {name}: forms must be a list of tables ([[forms]])")
    return [_parse(name, form) for form in forms]


def _parse(name: str, form: Mapping[str, Any]) -> Recipe:
    known = {"title", "columns", "header", "first", "forms", *_OPTIONS, *_READING}
    if unknown := sorted(set(form) - known):
        raise IngestError(
            f"recipe {name}: {unknown[0]!r} is not known; known are {', '.join(sorted(known))}"
        )
    header = form.get("header", [])
    if not isinstance(header, list) or not all(isinstance(one, str) for one in header):
        raise IngestError(f"recipe {name}: header must be a list of names")
    strings = dict.fromkeys(("source", "id_from", "rating_scale"), str)
    for option, type_ in {**strings, **_READING}.items():
        if option in form and type(form[option]) is not type_:
            kind = "a string" if type_ is str else "a number"
            raise IngestError(f"recipe {name}: {option} must be {kind}")
    columns = form.get("columns", {})
    if not isinstance(columns, dict):
        raise IngestError(f"recipe {name}: columns must be a table ([columns])")
    if unknown := sorted(set(columns) - set(_ROLES)):
        raise IngestError(
            f"recipe {name}: there is no role {unknown[0]!r}; roles are {', '.join(_ROLES)}"
        )
    try:
        order = day_order(bool(form.get("dayfirst")), bool(form.get("monthfirst")))
    except ValueError:
        said = f"recipe {name}: dayfirst and monthfirst exclude each other"
        raise IngestError(said) from None
    try:
        scale = parse_scale(form["rating_scale"]) if "rating_scale" in form else None
    except ValueError:
        said = f'recipe {name}: rating_scale must be the worst and the best, such as "5-1"'
        raise IngestError(said) from None
    return Recipe(
        name,
        ColumnChoice(**{role: _names(name, role, names) for role, names in columns.items()}),
        tuple(header),
        bool(form.get("first")),
        form.get("source"),
        ReadingOptions(**{option: form.get(option) for option in _READING}),
        order,
        bool(form.get("html")),
        bool(form.get("strip_replies")),
        form.get("id_from"),
        scale,
    )


def _names(name: str, role: str, names: Any) -> Any:
    if isinstance(names, str):
        return names
    several = isinstance(names, list) and names and all(isinstance(one, str) for one in names)
    if not several or role not in ("text", "time"):
        raise IngestError(f"recipe {name}: {role} must be the name of a column")
    return tuple(names)


def _match(columns: Sequence[str], name: str) -> str | None:
    wanted = name.casefold()
    if wanted.endswith("*"):
        return next((one for one in columns if one.casefold().startswith(wanted[:-1])), None)
    return next((one for one in columns if one.strip().casefold() == wanted), None)
