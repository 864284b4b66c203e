"""Quotation marks that are never closed, or written in another way, cost no other row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reading import read_bytes

OPEN = [
    # The mark is closed by chance: by inches at a line's end, and by another open one.
    'id,text\n1,"Loved it\n2,Arrived late\n3,Wanted the 40"\n4,Works fine\n',
    'id,text\n1,"Loved it\n2,Arrived late\n3,"Wanted the 40\n4,Works fine\n',
    'id,text,stars\n1,"Loved it,5\n2,Arrived late,1\n3,Wanted the 40",2\n4,Works fine,5\n',
    'id,text,when\nR_1,"Loved it,2026-03-14\nR_2,late,2026-03-15\nR_3,40",2026-03-16\nR_4,b,\n',
]


@pytest.mark.parametrize("content", OPEN)
def test_an_open_quotation_mark_costs_its_own_row(tmp_path: Path, content: str) -> None:
    _, good, bad = read_bytes(tmp_path, "a.csv", content.encode())
    ids = [row.fields["id"][-1] for row in good]
    assert ids in (["2", "3", "4"], ["2", "4"])
    assert [reject.line for reject in bad] == [2, 4][: 4 - len(ids)]
    assert "quotation mark" in bad[0].reason
    assert "close the quotation mark" in bad[0].fix


@pytest.mark.parametrize(
    "text",
    [
        "Pros: light\nCons: thin, bad",
        "one\ntwo\nthree",
        "a, b\nc, d\n\ne, f",
        "1, it is heavy\nand 2, it is slow",
        'She said "no"\nand left, at once',
    ],
)
def test_a_text_of_several_lines_stays_whole(tmp_path: Path, text: str) -> None:
    quoted = text.replace('"', '""')
    content = f'id,text\n1,"{quoted}"\n2,fine\n'
    _, good, bad = read_bytes(tmp_path, "a.csv", content.encode())
    assert [row.fields["text"] for row in good] == [text, "fine"]
    assert bad == []


def test_a_backslash_far_down_is_read_too(tmp_path: Path) -> None:
    rows = "".join(f"{number},plain\n" for number in range(300))
    content = "id,text\n" + rows + '301,"said \\"no\\""\n'
    _, good, bad = read_bytes(tmp_path, "a.csv", content.encode())
    assert good[-1].fields == {"id": "301", "text": 'said "no"'}
    assert bad == []


def test_a_way_that_reads_no_row_is_not_the_right_one(tmp_path: Path) -> None:
    content = b'id,text,at\nk0,"\\""a few words",\n"k1"x,y,y\n'
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.fields["text"] for row in good] == ['\\"a few words']
    assert [reject.line for reject in bad] == [3]
