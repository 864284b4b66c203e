"""Places of answers: filled where the document says it, left as they stand where not."""

from __future__ import annotations

import pytest

from schema.document import About
from workers.replies.placeholders import fill, known_values

ABOUT = About(
    product="Kettle",
    rating=2.0,
    fields={"Customer Name": "Ann", "order_no": 17, "note": "a\nb", "vip": True, "long": "x" * 101},
)


@pytest.mark.parametrize(
    ("reply", "text", "left"),
    [
        ("Hi {name}!", "Hi Ann!", ()),
        ("Hi {{ customer.name }}!", "Hi Ann!", ()),
        ("Hi {{ticket.requester.name}}!", "Hi Ann!", ()),
        ("[NAME], your [ORDER NUMBER]", "Ann, your 17", ()),
        ("The {{product}} with {rating} stars", "The Kettle with 2 stars", ()),
        ("{agent} [DATE] {agent}", "{agent} [DATE] {agent}", ("{agent}", "[DATE]")),
        ("[sic] (a) {note} {vip} {long}", "[sic] (a) {note} {vip} {long}", None),
        ("no places", "no places", ()),
    ],
)
def test_places(reply: str, text: str, left: tuple[str, ...] | None) -> None:
    filled = fill(reply, ABOUT)
    assert filled.text == text
    assert filled.open_places == (("{note}", "{vip}", "{long}") if left is None else left)


def test_what_is_filled_in_is_no_place_itself() -> None:
    assert fill("{name} {product}", About("P", fields={"name": "{product}"})).text == "{product} P"


def test_without_anything_known_all_stay_open() -> None:
    assert fill("Hi {name}", None).open_places == ("{name}",)
    assert known_values("Hi {name}", None) == {}
    assert known_values("Hi {name}, {agent}", ABOUT) == {"name": "Ann"}
