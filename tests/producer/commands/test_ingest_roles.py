"""`triage ingest`: ratings, titles, several answers, replies, HTML, recipes, and the plan."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.ingesting import check_run, positions


def test_every_role_reaches_the_documents(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "key;head;good;bad;grade;day\n"
        "1;Ray;It <b>holds</b>;It leaks|-- |Ray;4/5;03/04/2026\n"
        "2;Eve;k.A.;Slow;n/a;soon\n".replace("|", "<br>")
    )
    ended = triage(
        *("ingest", str(path), "--run", "r", "--id", "key", "--title", "head", "--time", "day"),
        *("--text", "good", "--text", "bad", "--rating", "grade", "--dayfirst", "--html"),
        "--strip-replies",
    )
    assert ended.code == 0, ended.err
    assert "read 3, stored 3, duplicate 0, rejected 0" in ended.out
    assert f"{path}: 1 time cannot be read, the first in line 3" in ended.out
    assert f"{path}: quoted mail or a signature was taken out of 1 texts" in ended.out
    check_run(engine, "r")
    rows = positions(engine, "r")
    assert [(row.external_id, row.question, row.text) for row in rows] == [
        ("1:good", "good", "Ray\n\nIt holds"),
        ("1:bad", "bad", "Ray\n\nIt leaks"),
        ("2:bad", "bad", "Eve\n\nSlow"),
    ]
    first, second, third = rows
    assert (first.rating, first.rating_scale, first.title) == (4.0, 5, "Ray")
    assert (third.rating, third.rating_scale) == (None, None)
    assert (first.time.month, third.time) == (4, None)
    assert second.metadata["quoted_text"] == "--\nRay"
    assert third.metadata["day"] == "soon"


def test_the_best_rating_may_be_the_lowest(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("text,note\nIt leaks,6\nA kind team,1\nWe waited,9\nDid not answer,3\n")
    ended = triage(
        *("ingest", str(path), "--run", "r", "--rating", "note", "--rating-scale", "6-1"),
        *("--max-rejected", "30", "--save-recipe", str(tmp_path / "survey.toml")),
    )
    assert ended.code == 0, ended.err
    assert "stored 3, duplicate 0, rejected 1" in ended.out
    assert f"{path}: 1 rating cannot be read, or lie beyond the scale" in ended.out
    found = [(row.rating, row.rating_scale, row.metadata["note"]) for row in positions(engine, "r")]
    assert found == [(1.0, 6, "6"), (6.0, 6, "1"), (None, None, "9")]
    assert 'rating_scale = "6-1"' in (tmp_path / "survey.toml").read_text()
    again = triage("ingest", str(path), "--dry-run", "--recipe", str(tmp_path / "survey.toml"))
    assert "--rating-scale 6-1" in again.out and "rating=6/6" in again.out
    wrong = triage("ingest", str(path), "--rating-scale", "6")
    assert wrong.code == 2 and "--rating-scale '6': say the worst and the best" in wrong.err


def test_a_second_reading_doubles_nothing(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,pros,cons,stars\nFine,Kind team,Old laptops,4\nBad,,No lift,1\n")
    said = []
    for _ in range(2):
        ended = triage("ingest", str(path), "--run", "r", "--text", "pros,cons")
        said.append(ended.out)
    assert "read 3, stored 3, duplicate 0" in said[0]
    assert "read 3 (3 of them before), stored 0, duplicate 0" in said[1]
    check_run(engine, "r")


def test_a_recipe_reads_the_next_delivery_the_same(
    engine: Engine, tmp_path: Path, triage: Triage
) -> None:
    recipe = tmp_path / "shop.toml"
    for number, options in ((1, ("--save-recipe",)), (2, ("--recipe",))):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"Nr,Kommentar,Datum,Note\n{number},Zu kurz,25.12.2026,4\n")
        asked = ("--id", "Nr", "--rating", "Note") if number == 1 else ()
        ended = triage("ingest", str(path), "--run", f"r{number}", *asked, *options, str(recipe))
        assert ended.code == 0, ended.err
    first, second = positions(engine, "r1")[0], positions(engine, "r2")[0]
    assert (first.text, first.time, first.rating) == (second.text, second.time, second.rating)
    assert (first.external_id, second.external_id) == ("1", "2")
    assert tomllib.loads(recipe.read_text())["columns"]["rating"] == "Note"
    again = triage("ingest", str(tmp_path / "1.csv"), "--save-recipe", str(recipe))
    assert (again.code, again.out) == (2, "")
    assert "the file is there; name another one" in again.err


def test_what_may_be_wrong_is_said(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{n % 3},It leaks {n} times,03/04/2026" for n in range(12)]
    path.write_text("\n".join(["id,text,date", *rows, ""]))
    ended = triage("ingest", str(path), "--run", "r")
    assert "stored 12, duplicate 0, rejected 0" in ended.out
    assert f"{path}: column 'id' is no id: different rows have the same; give --id" in ended.out
    assert f"{path}: 12 of them may be two dates, as 03/04/2026 may: give --dayfirst" in ended.out


def test_what_cannot_be_done_is_said(tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,pros,cons\n1,Kind team,Old laptops\n")
    for options, said in (
        (("--dayfirst", "--monthfirst"), "--dayfirst and --monthfirst exclude each other"),
        (("--recipe", "zendisk"), "is no file, and none of ours: amazon"),
        ((), "Give --text pros or cons; for a document each: --text pros,cons"),
        (("--text", "pros", "--rating", "x"), "has no column 'x' (--rating)"),
    ):
        ended = triage("ingest", str(path), *options, "--dry-run")
        assert ended.code == 2
        assert said in ended.err


def test_a_dry_run_shows_the_plan(tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{n},Head {n},It <i>leaks</i> &amp; drips {n}<br>-- <br>Ray,{n % 5 + 1},2026-03-14"
            for n in range(8)]  # fmt: skip
    path.write_text(
        "\n".join(["id,title,review,stars,date", *rows, "9,x,N/A,1,soon", "1,x,y,2,3,z"])
    )
    ended = triage(
        *("ingest", str(path), "--dry-run", "--show-text"),
        *("--save-recipe", str(tmp_path / "r.toml")),
    )
    assert ended.code == 0, ended.err
    for said in (
        "  rating    stars   its name is usual for it",
        "  note: 8 of 9 texts have tags or entities: --html makes text of them",
        "id=0, time=2026-03-14 00:00:00, rating=1/5, text=Head 0 It <i>leaks</i>",
        "  the same as a command: triage ingest ",
        "--text review --id id --time date --language '' --product '' --rating stars --title title",
        "dry run: read 10, good 8, rejected 2",
        "  1 × empty",
        "  1 × N fields, the header has N",
    ):
        assert said in ended.out
    assert ended.out.count("rating=") == 5
    assert "leaks" not in triage("ingest", str(path), "--dry-run").out
    path.write_text('id,text\n1,"It leaks\n\n-- \nRay"\n')
    assert "1 of 1 texts quote another mail, or have a signature: --strip-replies" in (
        triage("ingest", str(path), "--dry-run").out
    )
    recipe = tomllib.loads((tmp_path / "r.toml").read_text())
    assert recipe["columns"] == {
        "text": "review", "id": "id", "time": "date", "language": "", "product": "",
        "rating": "stars", "title": "title",
    }  # fmt: skip
