"""Which documents: those of a customer, by a column or by a key of their metadata."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, select, text

from schema.database import reading
from schema.tables import DocumentRow

#: Columns of a document that `Which` may name; any other key is one of its metadata.
COLUMNS = ("external_id", "source", "product", "language")
#: Dots of a key up to which each may be a part of a name or lead into what is nested; of a key with
#: more, all are the one or all are the other.
MOST_DOTS = 5
#: Newest documents in which `known_keys` looks.
SAMPLE = 10_000

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Which:
    """Which documents: those whose column or metadata `key` is `value`.

    A dot in the key leads into what is nested: `customer.id` is a key of this name, or `id` in an
    object `customer`. A list stands for each of its items.

    Attributes:
        source: Only of this source; None for all.
    """

    key: str
    value: str
    source: str | None = None

    def conditions(self, dialect: str) -> list[ColumnElement[bool]]:
        """The WHERE clause for a database."""
        source = [] if self.source is None else [DocumentRow.source == self.source]
        if self.key in COLUMNS:
            return [*source, getattr(DocumentRow, self.key) == self.value]
        return [*source, self._clause(dialect, {"value": self.value})]

    def paths(self) -> list[Path]:
        """All that the key may mean: names, each within the one before."""
        names = self.key.split(".")
        dots = len(names) - 1
        if dots > MOST_DOTS:
            return [(self.key,), tuple(names)]
        return [_joined(names, which) for which in range(2**dots)]

    def has_key(self, dialect: str) -> ColumnElement[bool]:
        """The WHERE clause for documents that have the key, whatever its value."""
        return self._clause(dialect, {})

    def _clause(self, dialect: str, value: dict[str, str]) -> ColumnElement[bool]:
        clause = _postgres_clause if dialect == "postgresql" else _sqlite_clause
        wanted = [clause(path, f"_{number}", value) for number, path in enumerate(self.paths())]
        bound = value | {name: part for _, names in wanted for name, part in names.items()}
        either = " OR ".join(sql for sql, _ in wanted)
        return text(f"({either})").bindparams(**bound)  # type: ignore[return-value]


def _joined(names: Sequence[str], which: int) -> Path:
    """Names, of which those at a set bit of `which` stay one with what is before the dot."""
    path = [names[0]]
    for number, name in enumerate(names[1:]):
        if which >> number & 1:
            path[-1] += f".{name}"
        else:
            path.append(name)
    return tuple(path)


def _postgres_clause(path: Path, ending: str, value: dict[str, str]) -> tuple[str, dict[str, str]]:
    # Lax, as JSON paths are by default: a list stands for its items, what is missing for nothing.
    steps = "$" + "".join("." + json.dumps(name, ensure_ascii=False) for name in path)
    if not value:
        exists = f"jsonb_path_exists(document_versions.metadata, CAST(:path{ending} AS jsonpath))"
        return exists, {f"path{ending}": steps}
    return (
        f"EXISTS (SELECT 1 FROM jsonb_path_query(document_versions.metadata, "
        f"CAST(:path{ending} AS jsonpath)) AS found(item) WHERE found.item #>> '{{}}' = :value)",
        {f"path{ending}": f"{steps}[*]"},
    )


def _sqlite_clause(path: Path, ending: str, value: dict[str, str]) -> tuple[str, dict[str, str]]:
    # By json_each, since a key may hold what means something in a JSON path.
    tables = ["json_each(document_versions.metadata) AS pair0"]
    for number in range(1, len(path)):
        before = f"pair{number - 1}"
        tables += [
            f"json_each(CASE {before}.type WHEN 'array' THEN {before}.value "
            f"WHEN 'object' THEN json_array(json({before}.value)) ELSE '[]' END) AS item{number}",
            f"json_each(CASE item{number}.type WHEN 'object' THEN item{number}.value ELSE '{{}}' "
            f"END) AS pair{number}",
        ]
    names = {f"key{ending}_{number}": name for number, name in enumerate(path)}
    wanted = [f"pair{number}.key = :{name}" for number, name in enumerate(names)]
    if value:
        last = f"pair{len(path) - 1}"
        wanted.append(
            f"CASE {last}.type WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each({last}.value) "
            f"AS item WHERE {_as_text('item')} = :value) ELSE {_as_text(last)} = :value END"
        )
    return f"EXISTS (SELECT 1 FROM {', '.join(tables)} WHERE {' AND '.join(wanted)})", names


def _as_text(row: str) -> str:
    return (
        f"CASE WHEN {row}.type IN ('true', 'false') THEN {row}.type "
        f"ELSE CAST({row}.value AS TEXT) END"
    )


def reach(value: Any, paths: Sequence[Path]) -> Iterator[Any]:
    """What paths lead to in an object that JSON can say; a list stands for each of its items."""
    for path in paths:
        for item in value if isinstance(value, list) else [value]:
            if not path:
                yield item
            elif isinstance(item, dict) and path[0] in item:
                yield from reach(item[path[0]], [path[1:]])


def is_known(engine: Engine, which: Which) -> bool:
    """Whether any document has the key, whatever its value."""
    if which.key in COLUMNS:
        return True
    statement = select(DocumentRow.id).where(which.has_key(engine.dialect.name)).limit(1)
    with reading(engine) as connection:
        return connection.execute(statement).first() is not None


def known_keys(engine: Engine) -> list[str]:
    """The keys that the newest documents have, the most frequent first: what `Which` may name."""
    statement = select(DocumentRow.extra).order_by(DocumentRow.id.desc()).limit(SAMPLE)
    found: Counter[str] = Counter()
    with reading(engine) as connection:
        for extra in connection.execute(statement).scalars():
            found.update(set(_leaves(extra)))
    return sorted(found, key=lambda key: (-found[key], key))


def _leaves(value: Any, above: str = "", levels: int = MOST_DOTS) -> Iterator[str]:
    """The dotted keys of what is no object."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and levels >= 0:
            for name, inside in item.items():
                yield from _leaves(inside, f"{above}.{name}" if above else name, levels - 1)
        elif above:
            yield above
