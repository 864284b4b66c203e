"""Columns are chosen by their values as well as their names."""

from __future__ import annotations

import csv
import io

import pytest

from producer.ingest.columns.choice import ColumnChoice, ColumnPlan, Columns, RecipeChoice
from producer.ingest.columns.find_columns import find_columns
from producer.ingest.errors import IngestError


def plan_of(
    content: str, choice: ColumnChoice | None = None, recipe: RecipeChoice | None = None
) -> ColumnPlan:
    reader = csv.DictReader(io.StringIO(content.replace("; ", ";")), delimiter=";")
    rows = list(reader)
    names = list(reader.fieldnames or ())
    choice = choice or ColumnChoice()
    return find_columns("a.csv", names, choice, with_source=True, rows=rows, recipe=recipe)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        # What has the name of a text holds numbers, dates or a category.
        ("comments;message\n3;The zip broke\n0;Fits well", "message"),
        ("review;customer;said\n801;A. Mora;Water leaks out\n802;B. Ito;Keeps hot", "said"),
        ("Note;Freitext\n2;Kam pünktlich an\n5;Niemand am Telefon", "Freitext"),
        ("review;what\n2026-03-14;Water leaks out\n2026-03-15;Keeps it hot", "what"),
        (
            "content;caption\nvideo;The trailer spoils it\nphoto;Lovely light in this\n"
            "video;Sound cuts out early\nphoto;Too small to read",
            "caption",
        ),
        (
            "feedback;customer comment;agent comment\npositive;The box came late;We are so sorry\n"
            "negative;Nothing works here;Oh that is bad\npositive;Quite a nice one;Thanks a lot\n"
            "negative;It came off again;Sorry for all that",
            "customer comment",
        ),
        # Short answers are no category, and a product is no text.
        ("review;product name\ngood;Garden hose 5 m\nbad;Garden hose 9 m", "review"),
        ("text;caption\nok;The first of all\nok;The second of all\nok;And a third one", "text"),
        # No name tells, and one column holds words.
        ("Kunde;Sterne;Opinión\n1;4;La batería dura\n2;1;Llegó roto y sin", "Opinión"),
        ("#;What now?;Network ID\na1;The endless menus;x9\na2;Nothing worked;x8", "What now?"),
        ("user;link;said\nA B;https://a.example/b c;Quite a nice one\nC D;x;I do not", "said"),
        ("What should we do?\nOpen before eight\nFewer emails", "What should we do?"),
        ("x\nGood\nBad", "x"),
        # A telephone number is no number, so it may be all that somebody wrote.
        ("id;text\n1;+49 30 1234", "text"),
        ("id;subject\n1;My card was charged\n2;Thank you all", "subject"),
        ("答え;数\n配達がとても遅かったです;4\n箱が壊れていました;1", "答え"),
        # Of two endings the one that people wrote.
        ("a_comment;b_comment\nIt leaks at the lid again;ok ok\nKeeps it hot for hours;no no",
         "a_comment"),
        ("my_review;reply_review\nIt leaks;So sorry to hear that\nFine;Thanks a lot for it",
         "my_review"),
    ],
)  # fmt: skip
def test_the_text_is_the_column_that_people_wrote(content: str, text: str) -> None:
    assert plan_of(content).columns.text == text


@pytest.mark.parametrize(
    "content",
    [
        "id;text\n1;5\n2;7\n3;6",
        "review\n5\n4",
        "id;answer;said\n1;5;3\n2;4;4",
        "score;colour\n5;red\n4;red\n3;red",
    ],
)
def test_numbers_and_constants_are_never_the_text(content: str) -> None:
    with pytest.raises(IngestError, match="no column looks like the text"):
        plan_of(content)


def test_the_user_may_name_a_column_of_numbers() -> None:
    assert plan_of("id;text\n1;5\n2;7", ColumnChoice(text="text")).columns.text == "text"


def test_a_tie_is_a_question() -> None:
    content = "id;pros;cons\n1;Kind team;Old laptops\n2;Free fruit;No lift"
    with pytest.raises(IngestError) as failure:
        plan_of(content)
    assert str(failure.value) == (
        "a.csv: which column is the text? Give --text pros or cons; for a document each: "
        "--text pros,cons"
    )


def test_numbered_columns_are_a_tie() -> None:
    with pytest.raises(IngestError, match="Give --text Freitext 1 or Freitext 2; for"):
        plan_of("id;Freitext 1;Freitext 2\n1;Alles gut so weit;Mehr Licht im Flur")


@pytest.mark.parametrize(
    "choice",
    [ColumnChoice(text=("pros", "CONS")), ColumnChoice(text="pros, Cons"),
     ColumnChoice(text=("pros,cons",))],
)  # fmt: skip
def test_several_texts(choice: ColumnChoice) -> None:
    plan = plan_of("id;pros;cons\n1;Kind team;Old laptops", choice)
    assert plan.columns.texts == ("pros", "cons")
    assert plan.columns.used() == {"id", "pros", "cons"}
    assert plan.columns == Columns("pros", "id", None, None, None, None, more_texts=("cons",))


def test_a_name_with_a_comma_or_a_dot_is_a_name_first() -> None:
    for name in ("What, if anything?", "review.body"):
        plan = plan_of(f"id;{name};review\n1;It leaks;3", ColumnChoice(text=name))
        assert plan.columns.texts == (name,)
    path = ColumnChoice(text="review.body", id="review.key.0")
    plan = find_columns("a", ["review"], path, with_source=True)
    assert (plan.columns.text, plan.columns.id) == ("review.body", "review.key.0")
    with pytest.raises(IngestError, match=r"no column 'body\.x' \(--text\)"):
        find_columns("a", ["review"], ColumnChoice(text="body.x"), with_source=True)


@pytest.mark.parametrize(
    ("content", "time", "clock"),
    [
        ("Date;Time;text\n2026-03-14;14:32;It leaks\n2026-03-15;9:05 am;Fine", "Date", "Time"),
        ("Datum;Uhrzeit;text\n14.03.2026;14:32 Uhr;It leaks\n15.03.2026;9:05;x", "Datum",
         "Uhrzeit"),
        ("Start Date;Submit Date (UTC);text\n2026-03-14;2026-03-15;a b\n2026-03-16;2026-03-17;c d",
         "Submit Date (UTC)", None),
        ("reviews.date;reply_date;text\n2026-03-14;2026-03-15;a b", "reviews.date", None),
        ("quand;text\n14 mars 2026;a b\n15 mars 2026;c d", "quand", None),
        ("birthday;text\n14 March 1976;a b\n15 March 1986;c d", None, None),
        ("from;until;text\n14 March 1976;14 March 1977;a b\n15 May 1986;2 May 1990;c d", None,
         None),
        # Nothing in it is a time; that is said when it is read.
        ("date;text\n2 weeks ago;a b\na year ago;c d", "date", None),
        ("created;date;text\nyes;2026-03-14;a b\nno;2026-03-15;c d", "date", None),
    ],
)  # fmt: skip
def test_the_time_is_a_column_of_times(content: str, time: str | None, clock: str | None) -> None:
    columns = plan_of(content).columns
    assert (columns.time, columns.clock) == (time, clock)


@pytest.mark.parametrize(
    ("content", "rating"),
    [
        ("stars;text\n1;It leaks\n4;Quiet", "stars"),
        ("Star Rating;text\n★☆☆☆☆;It leaks\n★★★★☆;Quiet", "Star Rating"),
        ("reviews.rating;text\n2/5;It leaks\n5/5;Quiet", "reviews.rating"),
        ("Bewertung;text\n2,5;It leaks\n4,5;Quiet", "Bewertung"),
        ("overall;text\n4.0;It leaks\n2.0;Quiet", "overall"),
        ("Rating [Service];text\n4;It leaks\n2;Quiet", "Rating [Service]"),
        ("Score (0-10);text\n4;It leaks\n2;Quiet", "Score (0-10)"),
        (
            "How likely are you to recommend us?;text\n4;It leaks\n2;Quiet",
            "How likely are you to recommend us?",
        ),
        ("score;text\ngood;It leaks\nbad;Quiet", None),
        ("score;text\n0.93;It leaks\n0.12;Quiet", None),
        ("score;text\n1520;It leaks\n3;Quiet", None),
        ("likes;text\n1;It leaks\n5;Quiet", None),
    ],
)
def test_ratings_are_few_and_numbers(content: str, rating: str | None) -> None:
    assert plan_of(content).columns.rating == rating


@pytest.mark.parametrize(
    ("header", "role", "found"),
    [
        ("Ticket ID;text", "id", "Ticket ID"),
        ("tweet_id;text", "id", "tweet_id"),
        ("reviews.title;text", "title", "reviews.title"),
        ("Betreff;text", "title", "Betreff"),
        ("Reviewer Language;text", "language", "Reviewer Language"),
        ("asin;text", "product", "asin"),
    ],
)
def test_further_names(header: str, role: str, found: str) -> None:
    assert getattr(plan_of(f"{header}\nB1;It leaks\nB2;Quiet").columns, role) == found


def test_an_id_by_a_further_name_is_unique() -> None:
    assert plan_of("Ticket ID;text\n1;It leaks\n1;Quiet").columns.id is None


def test_what_many_different_rows_have_is_no_id() -> None:
    rows = [f"{number % 3};It leaks {number} times" for number in range(12)]
    plan = plan_of("\n".join(["id;text", *rows]))
    assert plan.columns.id is None
    assert plan.warnings == (
        "column 'id' is no id: different rows have the same; give --id if it is one",
    )
    # Two files that overlap were put together.
    assert plan_of("\n".join(["id;text", *rows[:3] * 4])).columns.id == "id"


def test_a_title_that_most_rows_share_is_a_topic() -> None:
    rows = [f"Kettle {number % 2};It leaks {number} times" for number in range(12)]
    assert plan_of("\n".join(["title;text", *rows])).columns.title is None


def test_a_recipe_says_what_the_user_does_not() -> None:
    content = "a;b;c;text\n1;2026-03-14;x y z;It leaks"
    choice = ColumnChoice(text="c", id="gone", time="b", title="text")
    plan = plan_of(content, ColumnChoice(time=""), RecipeChoice("r", choice))
    assert (plan.columns.text, plan.columns.id, plan.columns.time) == ("c", None, None)
    assert plan.columns.title == "text"
    assert {one.role: one.why for one in plan.decisions}["text"] == "recipe r"
    with pytest.raises(IngestError, match="no column 'gone'"):
        plan_of(content, recipe=RecipeChoice("r", choice, strict=True))


def test_what_the_user_names_is_left_as_it_is() -> None:
    content = "date;time;subject;text\n2026-03-14;10:00;Nice try;It leaks"
    choice = ColumnChoice(text="subject", time="date")
    recipe = RecipeChoice("r", ColumnChoice(title="subject", text="text"))
    columns = plan_of(content, choice, recipe).columns
    assert (columns.time, columns.clock) == ("date", None)
    assert (columns.text, columns.title) == ("subject", None)


def test_each_decision_says_why_and_what_came_next() -> None:
    content = "id;review_text;caption;stars;score\n1;It leaks a lot;My own words;4;3"
    found = {one.role: (one.column, one.runner_up) for one in plan_of(content).decisions}
    assert found["text"] == ("review_text", "caption")
    assert found["rating"] == ("stars", "score")
    assert found["language"] == (None, None)
    assert all(one.why for one in plan_of(content).decisions)
