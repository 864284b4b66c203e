"""JSON Lines of good objects, bombs, and what is no JSON, in several encodings."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.bad_input.example import TEXT_LIMIT, Good, Line, TextFile
from tests.bad_input.texts import CELLS, CHARACTERS, GOOD_TEXTS, NO_TEXTS

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**64), 10**400, 5e-324, -0.0, 1e308]),
    st.floats(allow_nan=False, allow_infinity=False),
    CELLS,
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=5), inner)
    ),
    max_leaves=4,
)
_NAMES = st.text(CHARACTERS, max_size=4).map("x{}".format)
_EXTRAS = st.dictionaries(_NAMES, _VALUES, max_size=3)

#: Members that JSON has no value for, or a very odd one, and what is stored for them.
_ODD_MEMBERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ('"x": NaN', {"x": None}),
    ('"x": [-Infinity, 1e999]', {"x": [None, None]}),
    ('"x": 1, "x": 2', {"x": 2}),
    ('"x": ' + "[" * 98 + "]" * 98, {"x": json.loads("[" * 98 + "]" * 98)}),
    ('"x": ' + "9" * 4_000, {"x": int("9" * 4_000)}),
    ('"text": "", "x": "\\ud83d\\ude00"', {"x": "\U0001f600"}),
    ('"x": ' + "[[],{}," * 90 + "0" + "]" * 90, {"x": json.loads("[[],{}," * 90 + "0" + "]" * 90)}),
)

#: What stands for a text, a value, or an id, and cannot be one.
_NOT_TEXTS = ("5", "null", "true", "[]", '["a few words"]', '{"a": "b"}', "NaN", '"a\\u0000b"')
_NOT_VALUES = (
    *('"\\ud800"', '"\\udfffx"', '["\\u0000"]', '{"\\u0000": 1}', '{"\\udc00": 1}', "1" * 100_000),
    *("[" * 101 + "]" * 101, "[" * 100_000 + "]" * 100_000, '{"a":' * 3_000 + "1" + "}" * 3_000),
    *("[" * 100_000, '"\x01"', "'x'", "01", "tru", "", '"\\x"', "1e", "[1,]", "0x10", '"\t"'),
)
_NOT_IDS = ("[1]", "{}", "true", '"\\u0000"', '"\\ud800"', "1" * 100_000)
_NOT_OBJECTS = (
    *("[1, 2]", '"a few words"', "12", "null", "true", "{", "}", "{}", '{"text": ', "id,text"),
    *('{"id": 1, "text": "a few words"} {"id": 2}', '[{"text": "a few words"}]', "PAR1", "\0"),
    *("\0" * 50, "[" * 200_000, "1" * 200_000, '{"text": "a few words",}', "Traceback"),
)


@st.composite
def jsonl_files(
    draw: st.DrawFn,
    codecs: tuple[str, ...] = ("utf-8", "utf-8", "utf-16", "utf-16-le"),
    texts: st.SearchStrategy[str] = GOOD_TEXTS,
) -> TextFile:
    """Files of 1 to 12 rows, one of them good."""
    codec = draw(st.sampled_from(codecs))
    marked = draw(st.booleans())
    end = draw(st.sampled_from(["\n", "\r\n", "\n\n", " \t\n"]))
    kinds = draw(st.lists(st.sampled_from(_KINDS), max_size=11))
    kinds.insert(draw(st.integers(0, len(kinds))), "good")
    lines: list[Line] = []
    last: tuple[str, Good] | None = None
    for number, kind in enumerate(kinds):
        id_ = f"k{number}"
        if kind == "again" and last:
            lines.append(Line(_encode(last[0] + end, codec), duplicate=True))
        elif kind == "good":
            last = draw(good_rows(id_, texts))
            before = draw(st.sampled_from(["", "", " ", "\ufeff"]))
            lines.append(Line(_encode(before + last[0] + end, codec), last[1]))
        elif kind == "broken" and codec == "utf-8":
            content = f'{{"id": "{id_}", "text": "@@@ words"}}{end}'.encode()
            lines.append(Line(content.replace(b"@@@", draw(_BROKEN))))
        else:
            lines.append(Line(_encode(draw(_bad_rows(id_)) + end, codec)))
    head = "\ufeff" if marked or codec == "utf-16" else ""
    # The mark of UTF-16 and a NUL behind it are the mark of UTF-32.
    assume(not (head and codec != "utf-8" and lines[0].content.startswith(b"\0\0")))
    return TextFile(
        name=draw(st.sampled_from(["autumn.jsonl", "autumn.ndjson"])),
        head=_encode(head, codec),
        lines=tuple(lines),
        # A few broken bytes among letters of ASCII may be another encoding.
        arguments=("--encoding", codec)
        if "broken" in kinds or (codec == "utf-16-le" and not marked)
        else (),
    )


_KINDS = ["good"] * 6 + ["bad"] * 4 + ["again", "broken"]
_BROKEN = st.sampled_from([b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xe2\x82", b"gr\xfc\xdfe"])


@st.composite
def good_rows(draw: st.DrawFn, id_: str, texts: st.SearchStrategy[str]) -> tuple[str, Good]:
    text, extras = draw(texts), draw(_EXTRAS)
    ascii_only = draw(st.booleans())
    members = [f'"id": "{id_}"']
    if draw(st.integers(0, 4)) == 0:
        written, value = draw(st.sampled_from(_ODD_MEMBERS))
        extras = {name: item for name, item in extras.items() if name != "x"}
        members.append(written)
        extras |= value
        shown = {name: item for name, item in extras.items() if name != "x"}
    else:
        shown = extras
    # Behind the odd one: of two members of one name the last counts.
    members.append(f'"text": {json.dumps(text, ensure_ascii=ascii_only)}')
    members += [json.dumps({name: item}, ensure_ascii=ascii_only)[1:-1]
                for name, item in shown.items()]  # fmt: skip
    return "{" + ", ".join(members) + "}", Good(id_, text, extras)


@st.composite
def _bad_rows(draw: st.DrawFn, id_: str) -> str:
    kind = draw(st.sampled_from(["none", "text", "value", "id", "object", "long", "no text"]))
    good = '"text": "a few words"'
    if kind == "none":
        return f'{{"id": "{id_}"}}'
    if kind == "text":
        return f'{{"id": "{id_}", "text": {draw(st.sampled_from(_NOT_TEXTS))}}}'
    if kind == "value":
        return f'{{"id": "{id_}", {good}, "x": {draw(st.sampled_from(_NOT_VALUES))}}}'
    if kind == "id":
        return f'{{"id": {draw(st.sampled_from(_NOT_IDS))}, {good}}}'
    if kind == "object":
        return draw(st.sampled_from(_NOT_OBJECTS))
    if kind == "long":
        return json.dumps({"id": id_, "text": "\U0001f600" * (TEXT_LIMIT + 1)})
    return json.dumps({"id": id_, "text": draw(NO_TEXTS)})


def _encode(text: str, codec: str) -> bytes:
    return text.encode("utf-16-le" if codec == "utf-16" else codec)
