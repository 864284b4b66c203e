"""What a database says, in one line."""

from __future__ import annotations

import pytest
import typer
from sqlalchemy.exc import DBAPIError, NoResultFound

from producer.errors import without_traceback


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no such table\nCONTEXT: COPY staged, line 1: a secret", "no such table"),
        ("\n  late\nDETAIL: a secret", "late"),
        ("", "ConnectionError"),
        ("\n", "ConnectionError"),
    ],
)
def test_only_the_first_line_and_a_name_where_there_is_none(
    said: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise DBAPIError("SELECT 1", None, ConnectionError(said))

    with pytest.raises(typer.Exit) as ended:
        without_traceback(fail)()
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == f"triage: the database failed: {shown}\n"


def test_a_run_that_is_deleted_under_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise NoResultFound("No row was found when one was required")

    with pytest.raises(typer.Exit) as ended:
        without_traceback(fail)()
    assert ended.value.exit_code == 2
    assert "the run was deleted meanwhile; see: triage status" in capsys.readouterr().err
