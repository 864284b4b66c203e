"""docs/questions.md: what each command of the page prints is what stands there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from producer.themes.finding import find_themes
from schema import settings as settings_module
from schema.database import open_engine
from schema.themes.scope import ThemeScope
from tests.support.console import Triage
from tests.support.reviews import make_reviews

PAGE = (Path(__file__).parents[1] / "docs" / "questions.md").read_text("utf-8")
#: Characters of a line of the page's tables.
WIDTH = "120"


def blocks() -> list[tuple[str, str]]:
    """The commands of the page, and what stands below each."""
    texts = re.findall(r"^```console\n(.*?)^```", PAGE, re.M | re.S)
    parts = [part for text in texts for part in re.split(r"^\$ triage ", text, flags=re.M)[1:]]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


@pytest.fixture(scope="session")
def reviews_file(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reviews with their themes, which no test changes."""
    folder = tmp_path_factory.mktemp("reviews")
    path = folder / "triage.db"
    shutil.copy2(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_REJECTS", str(folder))
        settings_module.settings.cache_clear()
        make_reviews(engine)
    find_themes(engine, ThemeScope())
    engine.dispose()
    return path


@pytest.mark.parametrize(("command", "output"), blocks(), ids=[one[0] for one in blocks()])
def test_the_page_shows_what_the_command_prints(
    command: str,
    output: str,
    reviews_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    triage = Triage(monkeypatch, capsys)
    monkeypatch.setenv("COLUMNS", WIDTH)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{reviews_file}")
    settings_module.settings.cache_clear()
    ended = triage(*shlex.split(command))
    assert ended.code == 0, ended.err
    assert stripped(ended.out) == stripped(output)


def test_each_of_the_twelve_has_its_section() -> None:
    numbers = re.findall(r"^## (\d+) .*\?$|^## (7) ", PAGE, re.M)
    assert [int(first or second) for first, second in numbers] == list(range(1, 13))


def stripped(text: str) -> list[str]:
    """The lines without what a terminal pads them with."""
    return [line.rstrip() for line in text.strip().splitlines()]
