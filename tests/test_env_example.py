"""`.env.example` says what the settings are: all of them, with their defaults and units."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ByteSize, SecretStr, TypeAdapter

from schema.settings import Settings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
LINE = re.compile(r"^# (?P<variable>TRIAGE_\w+)=(?P<value>.*)$")
#: What a number counts has to be said; one of these words says it.
UNITS = ("seconds", "characters", "Rows", "documents", "messages", "Claims", "threads", "port")
FIELDS = Settings.model_fields


def entries() -> dict[str, tuple[str, str]]:
    """By field: its description and the value that is shown."""
    found: dict[str, tuple[str, str]] = {}
    before = ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if entry := LINE.match(line):
            name = entry["variable"].removeprefix("TRIAGE_").lower()
            assert name not in found, f"{entry['variable']} stands there twice"
            found[name] = (before, entry["value"])
        before = line
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with no setting in the environment."""
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def uncommented(folder: Path) -> Settings:
    """The settings of somebody who copied the file and uncommented every line."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    active = [line.removeprefix("# ") if LINE.match(line) else line for line in lines]
    (folder / ".env").write_text("\n".join(active), "utf-8")
    return Settings()


def size_of(shown: str) -> int:
    return TypeAdapter(ByteSize).validate_python(shown)


def plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def test_it_lists_exactly_the_settings_in_their_order() -> None:
    assert list(entries()) == list(FIELDS)


def test_a_plain_copy_sets_nothing(folder: Path) -> None:
    (folder / ".env").write_bytes(EXAMPLE.read_bytes())
    assert Settings().model_fields_set == set()


@pytest.mark.parametrize("name", FIELDS)
def test_what_it_shows_is_the_default(name: str, uncommented: Settings) -> None:
    assert name in uncommented.model_fields_set
    description, shown = entries()[name]
    default = FIELDS[name].default
    if default is None:
        assert "Not set by default" in description
        value = plain(getattr(uncommented, name))
        # A size is written as people do.
        assert value == (size_of(shown) if FIELDS[name].annotation == ByteSize | None else shown)
    else:
        assert "Not set by default" not in description
        assert getattr(uncommented, name) == default


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_one_line_and_every_number_a_unit(name: str) -> None:
    description, _ = entries()[name]
    assert description.startswith("# ") and description.endswith(".")
    if FIELDS[name].annotation in (int, float):
        assert any(unit in description for unit in UNITS)
