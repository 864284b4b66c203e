from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from producer.ingest.errors import IngestError
from producer.ingest.readers.row import Reject
from producer.ingest.storage.rejects_file import RejectsFile


def reject(line: int) -> Reject:
    return Reject("a.csv", line, "no text", {"text": "", "ü": "\udcff" if line == 2 else "é"})


def lines(path: Path) -> list[int]:
    return [json.loads(line)["line"] for line in path.read_text("utf-8").splitlines()]


def test_every_reject_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "r.rejects.jsonl"
    first, second = RejectsFile(path), RejectsFile(path)
    first.append([])
    assert not path.exists()
    first.append([reject(1), reject(2)])
    second.append([reject(1), reject(3)])
    first.append([reject(3), reject(4), reject(2)])
    RejectsFile(path).append([reject(n) for n in range(6)])
    assert lines(path) == [1, 2, 3, 4, 0, 5]
    assert json.loads(path.read_text("utf-8").splitlines()[1])["row"]["ü"] == "\udcff"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_row_that_json_cannot_hold_is_a_line_all_the_same() -> None:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    assert json.loads(Reject("sql", 3, "no text", {"x": value}).as_json())["line"] == 3


def test_half_a_line_of_a_killed_process_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "r.rejects.jsonl"
    RejectsFile(path).append([reject(1), reject(2)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    RejectsFile(path).append([reject(1), reject(2), reject(3)])
    assert path.read_bytes().startswith(whole)
    assert lines(path) == [1, 2, 3]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IngestError, match="TRIAGE_REJECTS"):
        RejectsFile(tmp_path / "file" / "r.rejects.jsonl").append([reject(1)])


def _link(path: Path, target: Path) -> None:
    path.symlink_to(target)


def _hard_link(path: Path, target: Path) -> None:
    target.touch()
    path.hardlink_to(target)


def _pipe(path: Path, target: Path) -> None:
    os.mkfifo(path)


def _given_away(path: Path, target: Path) -> None:
    path.parent.chmod(0o1777)
    path.touch(mode=0o666)
    os.chown(path, 65534, 65534)


@pytest.mark.parametrize(
    ("lay", "said"),
    [
        (_link, "it is a symbolic link"),
        (_hard_link, "it has other names as well"),
        (_pipe, "it is no regular file"),
        pytest.param(
            _given_away,
            # Linux itself may refuse it: `fs.protected_regular`.
            "(it belongs to another user|Permission denied)",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away"),
        ),
    ],
)
def test_nothing_is_written_into_a_trap(
    tmp_path: Path, lay: Callable[[Path, Path], None], said: str
) -> None:
    path = tmp_path / "r.rejects.jsonl"
    target = tmp_path / "target"
    lay(path, target)
    with pytest.raises(IngestError, match=f"r.rejects.jsonl.*{said}.*TRIAGE_REJECTS"):
        RejectsFile(path).append([reject(1)])
    assert not target.exists() or target.read_bytes() == b""
    if path.is_file():
        assert path.read_bytes() == b""


def test_a_link_whose_target_is_there_is_not_followed_either(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious\n")
    (tmp_path / "r.rejects.jsonl").symlink_to(tmp_path / "target")
    with pytest.raises(IngestError, match="it is a symbolic link"):
        RejectsFile(tmp_path / "r.rejects.jsonl").append([reject(1)])
    assert (tmp_path / "target").read_text() == "precious\n"


def test_what_everybody_may_read_is_tightened(tmp_path: Path) -> None:
    path = tmp_path / "r.rejects.jsonl"
    for before, after in ((0o644, 0o600), (0o640, 0o640)):
        path.touch()
        path.chmod(before)
        RejectsFile(path).append([reject(1)])
        assert stat.S_IMODE(path.stat().st_mode) == after
