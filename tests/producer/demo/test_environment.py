"""The demo's folder: one demo at a time, and nothing of an earlier one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from producer.demo.environment import fresh_home, importable
from producer.errors import UsageError
from producer.nodes import embedded_redis

pytestmark = pytest.mark.server

#: A process that is in the folder until its standard input ends.
OTHER = (
    "import sys; from pathlib import Path; from producer.demo.environment import fresh_home\n"
    "with fresh_home(Path(sys.argv[1])) as folder:\n"
    "    (folder / 'mine').touch(); print('in', flush=True); sys.stdin.read()"
)


def test_a_second_demo_is_refused_and_the_first_one_keeps_its_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdout.readline() == "in\n"
        with pytest.raises(UsageError, match="another demo is at work in .*/demo: "):
            fresh_home(tmp_path).__enter__()
        assert (tmp_path / "demo" / "mine").exists()
        other.kill()
        other.wait()
    with fresh_home(tmp_path) as folder:
        assert list(folder.iterdir()) == []


def test_the_server_of_a_demo_that_was_broken_off_is_stopped(tmp_path: Path) -> None:
    left = embedded_redis.start(tmp_path / "demo")
    try:
        with fresh_home(tmp_path) as folder:
            assert list(folder.iterdir()) == []
    finally:
        left.stop()


@pytest.mark.parametrize("known", [None, "/elsewhere"])
def test_a_clone_that_is_not_installed_is_found_from_any_folder(
    tmp_path: Path, known: str | None
) -> None:
    environment = importable({} if known is None else {"PYTHONPATH": known})
    # -S: without what is installed, so without an editable installation of the clone too.
    code = "import sys; from importlib.util import find_spec as find; print(find('workers').origin)"
    found = subprocess.run(
        [sys.executable, "-S", "-c", f"{code}; print(*sys.path)"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    origin, path = found.stdout.splitlines()
    assert Path(origin) == Path(__file__).resolve().parents[3] / "workers" / "__init__.py"
    assert known is None or known in path.split()
