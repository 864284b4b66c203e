"""What `triage flower` asks for before it starts, and what it refuses."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from producer.commands.flower import login, watched_redis
from producer.console import console
from producer.nodes.embedded_redis import start
from schema.settings import read_settings


def said(monkeypatch: pytest.MonkeyPatch, auth: str | None) -> str:
    if auth is not None:
        monkeypatch.setenv("TRIAGE_FLOWER_AUTH", auth)
    result = CliRunner().invoke(console, ["flower"])
    assert result.exit_code == 2
    return result.stderr


@pytest.mark.parametrize("auth", [None, "analyst", "analyst:", ":password"])
def test_no_login_no_flower(
    monkeypatch: pytest.MonkeyPatch, redis_url: str, auth: str | None
) -> None:
    assert "set TRIAGE_FLOWER_AUTH=user:password" in said(monkeypatch, auth)


@pytest.mark.parametrize("auth", ["analyst:one,two", "analyst:pässword"])
def test_a_login_that_flower_would_misread_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, redis_url: str, auth: str
) -> None:
    message = said(monkeypatch, auth)
    assert "ASCII characters other than the comma" in message
    assert auth.split(":")[1] not in message


def test_a_colon_in_the_password_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_FLOWER_AUTH", "analyst:a:b")
    assert login(read_settings()) == "analyst:a:b"


def test_without_redis_it_says_what_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "start `triage worker` first" in said(monkeypatch, "analyst:password")


def test_it_finds_the_embedded_redis() -> None:
    config = read_settings()
    server = start(config.home)
    try:
        assert watched_redis(config) == server.url
    finally:
        server.stop()
