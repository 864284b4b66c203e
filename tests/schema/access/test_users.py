"""Users, their sessions and the audit, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select

from schema.access.audit import Action, Author, read_audit, record
from schema.access.sessions import (
    Lifetime,
    begin_session,
    drop_ended,
    end_session,
    find_session,
    note_use,
)
from schema.access.users import (
    UserError,
    add_user,
    change_password,
    find_user,
    keep_hash,
    read_name,
    remove_user,
)
from schema.database import reading, writing
from schema.tables import PageSession, Role

LIFETIME = Lifetime(3600, 86_400)


@pytest.fixture
def user_id(engine: Engine) -> int:
    with writing(engine) as connection:
        add_user(connection, "ann", "hash", Role.EDITOR, True)
        user = find_user(connection, "ann")
    assert user is not None
    return user.id


def test_a_session_holds_as_long_as_it_should(engine: Engine, user_id: int) -> None:
    with writing(engine) as connection:
        begin_session(connection, "token", user_id)
        found = find_session(connection, "token", LIFETIME)
        assert found is not None
        assert (found.name, found.role, found.figures_only) == ("ann", Role.EDITOR, True)
        assert not found.is_due
        assert find_session(connection, "other", LIFETIME) is None
        for ended in (Lifetime(-1, 86_400), Lifetime(3600, -1)):
            assert find_session(connection, "token", ended) is None
        drop_ended(connection, LIFETIME)
        note_use(connection, "token")
        assert find_session(connection, "token", LIFETIME) is not None
        drop_ended(connection, Lifetime(-1, 86_400))
        count = select(func.count()).select_from(PageSession)
        assert connection.execute(count).scalar_one() == 0
        begin_session(connection, "token", user_id)
        end_session(connection, "token")
        assert find_session(connection, "token", LIFETIME) is None


def test_sessions_end_with_the_password_and_with_the_user(engine: Engine, user_id: int) -> None:
    for end in (
        lambda connection: change_password(connection, "ann", "other"),
        lambda connection: remove_user(connection, "ann"),
    ):
        with writing(engine) as connection:
            begin_session(connection, "token", user_id)
            end(connection)
            assert find_session(connection, "token", LIFETIME) is None
    with reading(engine) as connection:
        assert find_user(connection, "ann") is None


def test_another_hash_of_a_password_that_is_none_any_more_is_not_kept(
    engine: Engine, user_id: int
) -> None:
    with writing(engine) as connection:
        user = find_user(connection, "ann")
        assert user is not None
        change_password(connection, "ann", "other")
        keep_hash(connection, user, "the same anew")
        kept = find_user(connection, "ann")
    assert kept is not None and kept.password_hash == "other"


def test_the_audit_is_read_the_newest_first(engine: Engine) -> None:
    with writing(engine) as connection:
        record(connection, Author("ann", "192.0.2.1"), Action.RELABEL, document=7, label="x")
        record(connection, Author(None), Action.FAIL_TO_LOG_IN)
        newest, oldest = read_audit(connection, None)
        assert len(read_audit(connection, 1)) == 1
    assert (newest.who, newest.address, newest.action) == (None, None, "fail to log in")
    assert oldest.detail == {"document": 7, "label": "x"} and oldest.at <= newest.at


@pytest.mark.parametrize("given", ["", " ", "a b", "ä", "a/b", "x" * 65, "-a", "a\n"])
def test_what_is_no_name_is_said_so(given: str) -> None:
    if given == "a\n":
        assert read_name(given) == "a"
        return
    with pytest.raises(UserError, match="a user's name has letters"):
        read_name(given)
