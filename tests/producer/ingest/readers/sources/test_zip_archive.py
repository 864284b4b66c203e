"""Members of zip archives are inputs of their own."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from producer.ingest.errors import InputError
from producer.ingest.readers import limits
from producer.ingest.readers.input import parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Row
from producer.ingest.readers.sources import zip_archive
from tests.support.reading import read_path
from tests.support.workbooks import pack, write_xlsx


def read_all(path: Path) -> dict[str, list[dict[str, object]]]:
    found = {}
    for one in parse_inputs([str(path)], ReadingOptions(), 1_000):
        with one.open() as stream:
            found[one.name] = [row.fields for row in stream.rows if isinstance(row, Row)]
    return found


def test_each_member_that_looks_like_data_is_an_input(tmp_path: Path) -> None:
    parquet = io.BytesIO()
    pq.write_table(pa.table({"text": ["p"]}), parquet)
    path = tmp_path / "export.zip"
    path.write_bytes(
        pack(
            {
                "reviews.csv": "text\nc\n",
                "sub/more.jsonl": '{"text": "j"}\n',
                "book.xlsx": write_xlsx({"a": [["text"], ["x"]]}),
                "deep.parquet": parquet.getvalue(),
                "README.md": "no data",
                "__MACOSX/reviews.csv": "no data",
                ".DS_Store": "no data",
            }
        )
    )
    assert read_all(path) == {
        f"{path}/reviews.csv": [{"text": "c"}],
        f"{path}/sub/more.jsonl": [{"text": "j"}],
        f"{path}/book.xlsx": [{"text": "x"}],
        f"{path}/deep.parquet": [{"text": "p"}],
    }


def test_the_only_member_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "export.bin"
    path.write_bytes(pack({"data": "id,text\n1,a\n"}))
    assert read_all(path) == {f"{path}/data": [{"id": "1", "text": "a"}]}


def _encrypted() -> bytes:
    content = bytearray(pack({"a.csv": "text\nx\n"}))
    # The bit that says so, in the member's header and in the directory.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pack({"a.md": "x", "b.md": "y"}), "is an archive with no file that can be read"),
        (pack({"a.csv": ""}), r"a\.zip/a\.csv is empty \(0 bytes\)"),
        (_encrypted(), r"a\.zip/a\.csv is encrypted; unpack it first"),
        (pack({"a.csv": "text\nx\n"})[:-30], "is a damaged zip archive or workbook"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_path(path)


def test_an_archive_of_very_many_files_is_refused_and_not_read_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_archive, "MOST_MEMBERS", 2)
    path = tmp_path / "a.zip"
    path.write_bytes(pack({f"{number}.csv": "text\na\n" for number in range(3)}))
    with pytest.raises(InputError, match="is an archive with more than 2 files"):
        read_path(path)


def test_a_damaged_member_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    rows = "".join(f"{number},words {number * 7919 % 1000}\n" for number in range(9_000))
    content = bytearray(pack({"a.csv": "id,text\n" + rows}))
    content[len(content) // 2 : len(content) // 2 + 20] = b"rubbish" * 3
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.zip/a\.csv (cannot be read|is cut off)"):
        read_path(path)


def test_a_member_that_unpacks_to_far_more_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FREE_UNPACKED", 1_000_000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "id,text\n" + "1,a\n" * 2_000_000)
    with pytest.raises(InputError, match=r"a\.zip/a\.csv unpacks to more than 200 times"):
        read_path(path)
