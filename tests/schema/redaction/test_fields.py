"""Fields of metadata: keys that say by themselves what their values are."""

from __future__ import annotations

import pytest

from schema.redaction import redact_field
from schema.redaction.fields import kind_of_key


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("email", "e-mail"),
        ("E-Mail", "e-mail"),
        ("customerEmail", "e-mail"),
        ("customer_name", "name"),
        ("Vorname", "name"),
        ("billing address", "address"),
        ("phone", "phone"),
        ("order_id", "number"),
        ("product_name", None),
        ("plan", None),
        ("country", None),
        ("store", None),
        ("sort_order", None),
    ],
)
def test_a_key_says_what_its_value_is(key: str, kind: str | None) -> None:
    assert kind_of_key(key) == kind


def test_values_are_redacted_however_deep_they_lie() -> None:
    found = redact_field(
        "extra",
        {"customer_name": "Xyz", "notes": ["mail me: a@b.example", 7], "plan": "pro", "phone": 5},
    )
    assert found == {
        "customer_name": "[name]",
        "notes": ["mail me: [e-mail]", 7],
        "plan": "pro",
        "phone": "[phone]",
    }


def test_nothing_stays_nothing() -> None:
    assert redact_field("email", None) is None and redact_field("email", "") == ""
