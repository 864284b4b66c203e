"""JSON that is no JSON Lines: lists, and lists inside of objects, indented or not."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.bad_input.example import Example, Good, Known
from tests.bad_input.jsonl_files import good_rows
from tests.bad_input.texts import GOOD_TEXTS, NO_TEXTS

#: Values that are whole JSON and no row.
_NO_ROWS = (
    *("5", "null", "true", '"a few words"', "[1, 2]", "[[[]]]", "{}", '{"text": 5}', "-1e400"),
    *('{"id": "x", "text": null}', '{"id": "x"}', '{"text": "a\\u0000b"}', '{"text": "\\ud800"}'),
    *('{"id": [1], "text": "a few words"}', '{"text": ' + "[" * 200 + "]" * 200 + "}"),
    *('{"text": "' + "x" * 3_000 + '"}', '{"x": ' + "[" * 3_000 + "]" * 3_000 + "}"),
)
#: Values that are broken, and end where their brackets do.
_BROKEN = (
    *('{"text": "a" "b"}', "{'text': 'a'}", '{"text": tru}', '{"text": "a\tb"}', "[01]", "{,}"),
    *('{"text": "\\x"}', '{"id": 1,}', '{"text": "a few words"; "x": 1}'),
)
_AROUND = (
    *(("[", ",", "]"), ("[\n", ",\n", "\n]\n"), (" [ ", " , ", " ] ")),
    *(('{"count": 2, "reviews": [', ",", "]}"), ('{"data": {"items": [\n', ",\n", '],"n":[1]}}')),
)


@st.composite
def json_files(draw: st.DrawFn) -> Example:
    """Files of 2 to 12 rows, two of them good."""
    kinds = draw(st.lists(st.sampled_from(["good", "good", "none", "bad"]), max_size=10))
    kinds = ["good", *kinds, "good"]
    good: list[Good] = []
    written: list[str] = []
    for number, kind in enumerate(kinds):
        if kind == "good":
            row, one = draw(good_rows(f"k{number}", GOOD_TEXTS))
            good.append(one)
            indent = draw(st.sampled_from([None, None, 0, 3]))
            # Of odd numbers and names said twice the form is what is tried.
            same = indent is None or json.dumps(json.loads(row)) != row
            written.append(row if same else json.dumps(json.loads(row), indent=indent))
        elif kind == "none":
            written.append(json.dumps({"id": f"k{number}", "text": draw(NO_TEXTS)}))
        else:
            written.append(draw(st.sampled_from(_NO_ROWS + _BROKEN)))
    begin, between, end = draw(st.sampled_from(_AROUND))
    content = begin + between.join(written) + end
    codec = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
    # A wrapper's list is found where all that is in it are objects; else its path is said.
    path = "reviews" if "reviews" in begin else "data.items" if "items" in begin else ""
    return Example(
        draw(st.sampled_from(["autumn.json", "autumn.txt", "autumn"])),
        content.encode(codec),
        ("--path", path) if path else (),
        Known(tuple(good), 0, len(kinds) - len(good)),
    )
