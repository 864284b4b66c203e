"""Files on the network: a server of HTTP, and filesystems of fsspec and pyarrow."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from producer.ingest.errors import IngestError, InputError
from producer.ingest.readers.input import Input, parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Row
from tests.support.workbooks import pack, write_xlsx


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL that a server gives it under."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def inputs(url: str) -> tuple[Input, ...]:
    return parse_inputs([url], ReadingOptions(), 1_000)


def rows(url: str) -> list[dict[str, Any]]:
    found = []
    for one in inputs(url):
        with one.open() as stream:
            found += [row.fields for row in stream.rows if isinstance(row, Row)]
    return found


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"id": [1], "text": ["late"]}), file)
    return file.getvalue()


FILES = {
    "a.csv": b"id,text\n1,late\n",
    "a.jsonl": b'{"id": 1, "text": "late"}\n',
    "a.json": b'[{"id": 1, "text": "late"}]',
    "a.parquet": _parquet(),
    "a.xlsx": write_xlsx({"a": [["id", "text"], [1, "late"]]}),
    "a.zip": pack({"a.csv": "id,text\n1,late\n"}),
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_read_from_a_server(served: tuple[Path, str], name: str) -> None:
    folder, url = served
    (folder / name).write_bytes(FILES[name])
    (row,) = rows(f"{url}/{name}")
    assert (str(row["id"]), row["text"]) == ("1", "late")


def test_a_large_file_is_read_though_the_server_gives_no_parts(served: tuple[Path, str]) -> None:
    folder, url = served
    texts = [f"{number} " + "x" * 12_000 for number in range(1_000)]
    (folder / "a.csv").write_text("text\n" + "\n".join(texts) + "\n")
    (one,) = parse_inputs([f"{url}/a.csv"], ReadingOptions(), 20_000)
    with one.open() as stream:
        assert [row.fields["text"] for row in stream.rows if isinstance(row, Row)] == texts


def test_what_a_server_does_not_have_is_said(served: tuple[Path, str]) -> None:
    _, url = served
    with pytest.raises(InputError, match=r"/gone\.csv does not exist"):
        rows(f"{url}/gone.csv")
    with pytest.raises(InputError, match="cannot be reached"):
        rows("http://127.0.0.1:9/a.csv")
    with pytest.raises(IngestError, match="nothing can read this URL"):
        rows("klingon://a/b.csv")


def test_secrets_of_a_url_are_never_shown(served: tuple[Path, str]) -> None:
    _, url = served
    secret = url.replace("//", "//ann:secret@") + "/a.csv?X-Amz-Signature=secret&page=2&sig=secret"
    (one,) = inputs(secret)
    assert one.name == f"{url}/a.csv?page=2" and "secret" not in one.key
    assert (one.stem, one.file_name) == ("a", "a.csv")
    with pytest.raises(InputError) as failure:
        rows(secret)
    assert "secret" not in str(failure.value)


def test_any_filesystem_of_fsspec_is_read() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/shop/a.csv", b"id,text\n1,late\n")
    try:
        assert rows("memory://shop/a.csv") == [{"id": "1", "text": "late"}]
    finally:
        memory.rm("/shop", recursive=True)


def test_a_bucket_is_read_as_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyarrow's own filesystem of this machine stands for one of Amazon's."""
    bucket = tmp_path / "bucket"
    (bucket / "sub").mkdir(parents=True)
    (bucket / "b.csv").write_bytes(FILES["a.csv"])
    (bucket / "sub" / "a.parquet").write_bytes(FILES["a.parquet"])
    (bucket / "readme.md").write_bytes(b"x")
    local = fs.LocalFileSystem()

    class Systems:
        @staticmethod
        def from_uri(uri: str) -> tuple[fs.FileSystem, str]:
            return local, uri.replace("s3://bucket", str(bucket))

    monkeypatch.setattr(fs, "FileSystem", Systems)
    assert [one.file_name for one in inputs("s3://bucket/")] == ["b.csv", "a.parquet"]
    assert [row["text"] for row in rows("s3://bucket/")] == ["late", "late"]
    with pytest.raises(InputError, match="cannot be read: .*No such file"):
        rows("s3://bucket/gone.csv")
