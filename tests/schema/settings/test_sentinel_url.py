"""URLs of a Redis that Sentinels watch: what kombu makes of them, and what is refused."""

from __future__ import annotations

import pytest

from schema.settings import SettingsError, read_settings
from schema.settings.broker_url import parse_broker_url
from schema.settings.sentinel_url import TIMEOUT, sentinels_of


@pytest.mark.parametrize(
    "url",
    [
        "sentinel://:p%40w@a:1,b,c:3/2?master_name=m",
        "sentinel://:p%40w@a:1;sentinel://b;sentinel://c:3/2?master_name=m",
        "sentinel://:p%40w@a:1/2;sentinel://:p%40w@b/2;sentinel://:p%40w@c:3/2?master_name=m",
    ],
)
def test_every_sentinel_has_all_that_kombu_needs_of_the_url(url: str) -> None:
    found = parse_broker_url(url)
    assert found.url == ";".join(
        f"sentinel://:p%40w@{host}/2" for host in ("a:1", "b:26379", "c:3")
    )
    assert found.tls is None
    assert found.transport_options == {
        "master_name": "m",
        "sentinel_kwargs": {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT},
    }
    assert sentinels_of(found.url) == [("a", 1), ("b", 26379), ("c", 3)]


def test_sentinels_may_have_a_login_of_their_own() -> None:
    found = parse_broker_url("sentinel://a?master_name=m&sentinel_user=u&sentinel_password=p%26w")
    asking = found.transport_options["sentinel_kwargs"]
    assert isinstance(asking, dict)
    assert (asking["username"], asking["password"]) == ("u", "p&w")
    assert found.url == "sentinel://a:26379/0"


def test_a_sentinel_may_have_an_address_of_ipv6() -> None:
    found = parse_broker_url("sentinel://[::1]:5,[fe80::2]?master_name=m")
    assert found.url == "sentinel://[::1]:5/0;sentinel://[fe80::2]:26379/0"
    assert sentinels_of(found.url) == [("::1", 5), ("fe80::2", 26379)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sentinel://a", "needs the name that the Sentinels know the Redis by"),
        ("sentinel://?master_name=m", "is no sentinel://"),
        ("sentinel://a,?master_name=m", "is no sentinel://"),
        ("sentinel://a:0?master_name=m", "is no sentinel://"),
        ("sentinel://a/secret?master_name=m", "is no sentinel://"),
        ("sentinel://:secret@a,:other@b?master_name=m", "has different passwords or numbers"),
        ("sentinel://a/1,b/2?master_name=m", "has different passwords or numbers"),
        ("sentinel://a?master_name=m&ssl_ca_certs=secret", "has an unknown option"),
        ("valkey://secret", "must begin with redis://, rediss:// or sentinel://"),
    ],
)
def test_what_is_none_is_refused_without_a_word_of_it(
    url: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_REDIS_URL", url)
    with pytest.raises(SettingsError, match=f"TRIAGE_REDIS_URL: {reason}") as refused:
        read_settings()
    assert "secret" not in str(refused.value)
