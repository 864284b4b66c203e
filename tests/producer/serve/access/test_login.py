"""Logging in: the right password alone, no telling of names, no guessing, an end to each login."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from producer.serve.access import login
from producer.serve.access.passwords import hash_password, is_right
from schema.access.attempts import MOST_OF_ADDRESS, MOST_OF_BOTH
from schema.access.users import change_password, change_user, remove_user
from schema.database import reading, writing
from schema.tables import AuditEntry, LoginAttempt, PageSession, Role
from tests.support.served import PASSWORD, Person, Served

pytestmark = pytest.mark.slow


def test_a_login_leads_where_one_wanted_to_go(changed: Served) -> None:
    person = Person(changed.app)
    assert person.get("/themes?a=1&b=2").goes_to == "/login?next=%2Fthemes%3Fa%3D1%26b%3D2"
    form = person.get("/login?next=%2Fthemes%3Fa%3D1%26b%3D2").document
    (target,) = form.all("input", name="next")
    answer = person.log_in(" Ann ", next=target.attributes["value"])
    assert answer.status == 303 and answer.goes_to == "/themes?a=1&b=2"
    assert person.get("/login").goes_to == "/"


@pytest.mark.parametrize(
    "target", ["//example.org", "/\\example.org", "https://example.org", "", "/a\r\nb", "/login"]
)
def test_a_login_leads_to_no_other_site(shown: Served, target: str) -> None:
    assert Person(shown.app).log_in("vic", next=target).goes_to == "/"


def test_a_cookie_is_no_script_s_and_of_no_other_site(shown: Served) -> None:
    cookie = Person(shown.app).log_in("vic").headers["set-cookie"]
    assert cookie.startswith("triage=") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Secure" not in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_over_tls_a_cookie_is_never_sent_without(shown: Served) -> None:
    person = Person(shown.app)
    person.client.base_url = "https://testserver"
    answer = person.log_in("vic")
    assert answer.headers["set-cookie"].startswith("__Host-triage=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]
    assert person.get("/themes").status == 200


def test_wrong_is_wrong_whether_there_is_the_user_or_not(changed: Served) -> None:
    answers = [
        Person(changed.app).log_in(name, password)
        for name, password in (
            ("ann", "wrong password"),
            ("nobody", PASSWORD),
            ("no name at all!", PASSWORD),
            ("ann", ""),
        )
    ]
    assert {one.status for one in answers} == {401}
    assert len({one.said for one in answers}) == 1
    assert "The name or the password is wrong" in answers[0].said
    assert (
        "set-cookie" not in answers[0].headers
        or "triage=" not in (answers[0].headers["set-cookie"])
    )


def test_as_much_is_hashed_for_a_name_that_there_is_not(
    changed: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def compare(kept: str | None, typed: str) -> bool:
        asked.append(kept is None)
        return is_right(kept, typed)

    monkeypatch.setattr(login, "is_right", compare)
    for name in ("ann", "nobody"):
        Person(changed.app).log_in(name, "wrong password")
    assert asked == [False, True]


def test_a_login_form_needs_its_token(shown: Served) -> None:
    person = Person(shown.app)
    person.get("/login")
    answer = person.send_without_token("/login", {}, name="vic", password=PASSWORD)
    assert answer.status == 403
    # Nor does the token of one browser serve another.
    answer = Person(shown.app).send_without_token(
        "/login", {}, name="vic", password=PASSWORD, token="x"
    )
    assert answer.status == 403


def test_after_some_wrong_passwords_the_right_one_is_refused_too(changed: Served) -> None:
    person = Person(changed.app)
    for _ in range(MOST_OF_BOTH):
        assert person.log_in("ann", "wrong password").status == 401
    answer = person.log_in("ann")
    assert answer.status == 429 and "wait 15 minutes" in answer.said
    assert answer.headers["retry-after"] == "900"
    # Another address, and another user, are not locked out with it.
    assert Person(changed.app, "198.51.100.7").log_in("ann").status == 303
    assert person.log_in("vic").status == 303
    long_ago = datetime.now(UTC) - timedelta(minutes=16)
    with writing(changed.engine) as connection:
        connection.execute(update(LoginAttempt).values(at=long_ago))
    assert Person(changed.app).log_in("ann").status == 303


def test_an_address_cannot_try_name_after_name(changed: Served) -> None:
    for number in range(MOST_OF_ADDRESS):
        assert Person(changed.app).log_in(f"user{number}", "wrong password").status == 401
    assert Person(changed.app).log_in("vic").status == 429


def test_a_right_password_is_no_failed_attempt(changed: Served) -> None:
    for _ in range(MOST_OF_BOTH + 2):
        assert Person(changed.app).log_in("vic").status == 303


def shift(served: Served, **columns: timedelta) -> None:
    """Let sessions be older than they are."""
    with writing(served.engine) as connection:
        for name, ago in columns.items():
            connection.execute(update(PageSession).values({name: datetime.now(UTC) - ago}))


@pytest.mark.parametrize(
    ("column", "ago", "holds"),
    [
        ("used_at", timedelta(hours=7, minutes=59), True),
        ("used_at", timedelta(hours=8, minutes=1), False),
        ("created_at", timedelta(days=6, hours=23), True),
        ("created_at", timedelta(days=7, hours=1), False),
    ],
)
def test_a_login_ends_when_it_is_idle_or_old(
    changed: Served, column: str, ago: timedelta, holds: bool
) -> None:
    vic = changed.person("vic")
    shift(changed, **{column: ago})
    assert (vic.get("/themes").status == 200) == holds


def test_a_login_that_is_used_is_not_idle(changed: Served) -> None:
    vic = changed.person("vic")
    shift(changed, used_at=timedelta(hours=7))
    assert vic.get("/themes").status == 200
    with reading(changed.engine) as connection:
        used = connection.execute(select(PageSession.used_at)).scalar_one()
    assert datetime.now(UTC) - used < timedelta(minutes=5)


def test_logging_out_ends_the_login_for_whoever_has_its_cookie(changed: Served) -> None:
    vic, thief = changed.person("vic"), Person(changed.app)
    thief.client.cookies.update(vic.client.cookies)
    assert thief.get("/themes").status == 200
    answer = vic.send("/logout")
    assert answer.status == 303 and answer.goes_to == "/login"
    assert thief.get("/themes").status == vic.get("/themes").status == 303


def test_the_table_of_sessions_lets_nobody_in(changed: Served) -> None:
    vic = changed.person("vic")
    token = vic.client.cookies["triage"]
    with reading(changed.engine) as connection:
        kept = connection.execute(select(PageSession.token_hash)).scalar_one()
    assert token.encode() not in kept and kept.hex() != token
    thief = Person(changed.app)
    thief.client.cookies.set("triage", kept.hex())
    assert thief.get("/themes").status == 303


def test_another_password_or_no_user_ends_all_logins(changed: Served) -> None:
    vic, again, ann = changed.person("vic"), changed.person("vic"), changed.person("ann")
    with writing(changed.engine) as connection:
        change_password(connection, "vic", hash_password("another horse battery"))
        remove_user(connection, "ann")
    for person in (vic, again, ann):
        assert person.get("/themes").status == 303
    assert Person(changed.app).log_in("vic").status == 401
    assert Person(changed.app).log_in("vic", "another horse battery").status == 303
    assert Person(changed.app).log_in("ann").status == 401


def test_what_a_user_may_do_holds_from_the_next_request_on(changed: Served) -> None:
    ann = changed.person("ann")
    assert ann.get("/themes/1").status == 200
    with writing(changed.engine) as connection:
        change_user(connection, "ann", Role.VIEWER, True)
    assert ann.get("/themes/1").status == ann.get("/documents/1").status == 403


def test_the_audit_has_every_login_and_no_name_that_is_none(changed: Served) -> None:
    with writing(changed.engine) as connection:
        connection.execute(delete(AuditEntry))
    vic = changed.person("vic")
    Person(changed.app, "2001:db8::7").log_in("hunter2hunter2", "x")
    Person(changed.app).log_in("ann", "wrong password")
    vic.send("/logout")
    with reading(changed.engine) as connection:
        rows = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).all()
    assert [(row.who, row.action, row.detail) for row in rows] == [
        ("vic", "log in", {}),
        (None, "fail to log in", {}),
        ("ann", "fail to log in", {}),
        ("vic", "log out", {}),
    ]
    assert rows[1].address == "2001:db8::7"
    assert "hunter2" not in str(rows)
