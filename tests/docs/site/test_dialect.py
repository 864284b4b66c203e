"""Pages look in the site as they do on GitHub."""

from __future__ import annotations

import pytest

from docs.site.anchors import slugify
from docs.site.dialect import translate
from docs.site.reference.table import table


def test_a_bar_in_code_of_a_table_stands_as_it_is() -> None:
    assert translate(r"| `a\|b` | c \| d |") == r"| `a|b` | c \| d |"
    assert translate("text `a\\|b`") == "text `a\\|b`"


def test_a_list_gets_a_blank_line_before_it() -> None:
    assert translate("Columns:\n- a\n- b") == "Columns:\n\n- a\n- b"
    assert translate("1. a\n2. b") == "1. a\n2. b"
    assert translate("```\nx\n- y\n```") == "```\nx\n- y\n```"


def test_a_drawing_is_left_out() -> None:
    assert translate("a\n\n```mermaid\na --> b\n```\n\nb") == "a\n\n\nb"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("How to add …", "how-to-add-"),
        ("Heads on one encoder", "heads-on-one-encoder"),
        ("The decoding loop (workers/decoding)", "the-decoding-loop-workersdecoding"),
    ],
)
def test_anchors_are_those_of_github(heading: str, anchor: str) -> None:
    assert slugify(heading, "-") == anchor


def test_a_cell_holds_any_text() -> None:
    assert table(("a",), [("x | y `p|q`\nz",)]) == "| a |\n| --- |\n| x \\| y `p|q` z |\n"
