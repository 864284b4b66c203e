"""Values that JSON has no word for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """What JSON has no word for, as Parquet and SQL give it: moments, decimals, bytes."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


#: What a resource of JSON:API (jsonapi.org) may have beside its attributes.
_RESOURCE = frozenset({"id", "type", "attributes", "relationships", "links", "meta"})


def to_fields(value: dict[str, Any], written: str) -> dict[str, Any]:
    """The fields of a row: an object without the forms of MongoDB, JSON:API and GeoJSON.

    Args:
        value: The object.
        written: How it is written, to see at once that it has none of MongoDB's.
    """
    if '"$' in written:
        value = {name: from_mongo(item) for name, item in value.items()}
    return unwrap_properties(unwrap_attributes(value))


def unwrap_attributes(fields: dict[str, Any]) -> dict[str, Any]:
    """A resource of JSON:API with its attributes as columns of their own; any other as it is."""
    attributes = fields.get("attributes")
    if type(attributes) is not dict or "type" not in fields or not fields.keys() <= _RESOURCE:
        return fields
    outer = {name: value for name, value in fields.items() if name != "attributes"}
    return outer | {name: value for name, value in attributes.items() if name not in outer}


def unwrap_properties(fields: dict[str, Any]) -> dict[str, Any]:
    """A feature of GeoJSON (RFC 7946) with its properties as columns; any other as it is."""
    properties = fields.get("properties")
    if type(properties) is not dict or fields.get("type") != "Feature":
        return fields
    outer = {name: one for name, one in fields.items() if name not in ("type", "properties")}
    return outer | {name: one for name, one in properties.items() if name not in outer}


def from_mongo(value: Any) -> Any:
    """A value without MongoDB's Extended JSON: `{"$oid": "65f…"}` is `"65f…"`."""
    if isinstance(value, list):
        return [from_mongo(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, inner = next(iter(value.items()))
        if name in ("$oid", "$date", "$numberDecimal", "$uuid", "$symbol"):
            return from_mongo(inner)
        if name in ("$numberLong", "$numberInt", "$numberDouble"):
            return _number(inner)
    return {name: from_mongo(item) for name, item in value.items()}


def _number(written: Any) -> Any:
    try:
        return int(written)
    except (TypeError, ValueError):
        pass
    try:
        return float(written)
    except (TypeError, ValueError):
        return written
