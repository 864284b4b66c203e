"""`--where KEY=VALUE` of reports and exports: from what a user writes to a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Engine, and_

from producer.errors import UsageError
from schema.ledger.which import Which, is_known, known_keys
from schema.reports import Condition

#: Columns of `v_documents` that a key may name; any other key is one of the metadata.
_TEXTS = ("source", "external_id", "product", "language", "question", "polarity", "label")
_NUMBERS = ("rating", "version")
#: Keys of metadata that an error lists at the most.
_KEYS_SHOWN = 20


def read_conditions(engine: Engine, wanted: Sequence[str]) -> tuple[Condition, ...]:
    """The conditions that `--where` names, one for each time that it is given; all have to hold.

    Raises:
        UsageError: If one has no `=`, or no document has its key.
    """
    return tuple(_read(engine, text, number) for number, text in enumerate(wanted))


def _read(engine: Engine, text: str, number: int) -> Condition:
    key, equals, value = text.partition("=")
    if not (equals and key):
        raise UsageError("--where must be KEY=VALUE, as in product=Kettle or metadata.country=DE")
    name = f"where{number}"
    if key in _TEXTS:
        return Condition(f"d.{key} = :{name}", {name: value})
    if key in _NUMBERS:
        try:
            return Condition(f"d.{key} = :{name}", {name: float(value)})
        except ValueError:
            raise UsageError(f"--where {key}=…: {key} is a number") from None
    return _of_metadata(engine, Which(key.removeprefix("metadata."), value), name)


def _of_metadata(engine: Engine, which: Which, name: str) -> Condition:
    if not is_known(engine, which):
        keys = known_keys(engine)
        more = f" and {len(keys) - _KEYS_SHOWN} more" if len(keys) > _KEYS_SHOWN else ""
        there = f"there are {', '.join(keys[:_KEYS_SHOWN])}{more}" if keys else "there are none"
        raise UsageError(
            f"--where: no document has the key {which.key!r}; columns are "
            f"{', '.join((*_TEXTS, *_NUMBERS))}, and of the metadata {there}"
        )
    clause = and_(*which.conditions(engine.dialect.name)).compile()
    names = {old: f"{name}_{old}" for old in clause.params}
    sql = re.sub(r"(?<!:):(\w+)", lambda found: f":{names[found[1]]}", str(clause))
    found = f"d.id IN (SELECT document_versions.id FROM document_versions WHERE {sql})"
    return Condition(found, {names[old]: value for old, value in clause.params.items()})
