from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.errors import IngestError
from producer.ingest.recipes.find_recipe import built_in_recipes, load_recipe, recognise_recipe
from producer.ingest.recipes.recipe import Recipe, parse_recipes

#: A header of each export, and the columns of text, title, id, time and rating.
EXPORTS = {
    "google-play": (
        ["Package Name", "App Version Code", "App Version Name", "Reviewer Language", "Device",
         "Review Submit Date and Time", "Review Submit Millis Since Epoch", "Star Rating",
         "Review Title", "Review Text", "Developer Reply Text", "Review Link"],
        ("Review Text", "Review Title", "Review Link", "Review Submit Date and Time",
         "Star Rating"),
    ),
    "app-store": (
        ["id", "rating", "title", "body", "reviewerNickname", "createdDate", "territory"],
        ("body", "title", "id", "createdDate", "rating"),
    ),
    "trustpilot": (
        ["Review Id", "Review Created (UTC)", "Review Title", "Review Content", "Review Stars"],
        ("Review Content", "Review Title", "Review Id", "Review Created (UTC)", "Review Stars"),
    ),
    "zendesk": (
        ["Ticket ID", "Subject", "Description", "Status", "Requester", "Created at"],
        ("Description", "Subject", "Ticket ID", "Created at", ""),
    ),
    "intercom": (
        ["Conversation ID", "Conversation started at (UTC)", "Conversation rating",
         "Conversation rating remark"],
        ("Conversation rating remark", None, "Conversation ID", "Conversation started at (UTC)",
         "Conversation rating"),
    ),
    "freshdesk": (
        ["Ticket ID", "Subject", "Status", "Priority", "Created time", "Due by Time",
         "Description"],
        ("Description", "Subject", "Ticket ID", "Created time", ""),
    ),
    "typeform": (
        ["#", "What now?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags"],
        (None, None, "#", "Submit Date (UTC)", None),
    ),
    "surveymonkey": (
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "What now?"],
        (None, None, "Respondent ID", "End Date", None),
    ),
    "qualtrics": (
        ["StartDate", "EndDate", "Status", "RecordedDate", "ResponseId", "UserLanguage", "Q1"],
        (None, None, "ResponseId", "RecordedDate", None),
    ),
    "google-forms": (
        ["Timestamp", "Email Address", "What now?"],
        (None, None, None, "Timestamp", None),
    ),
    "amazon": (
        ["overall", "reviewTime", "reviewerID", "asin", "reviewText", "summary",
         "unixReviewTime"],
        ("reviewText", "summary", None, "unixReviewTime", "overall"),
    ),
    "yelp": (
        ["review_id", "user_id", "business_id", "stars", "useful", "funny", "cool", "text",
         "date"],
        ("text", None, "review_id", "date", "stars"),
    ),
    "g2": (
        ["Review ID", "Title", "Star Rating", "What do you like best about Kettle?",
         "What do you dislike about Kettle?", "Submitted at"],
        (("What do you like best about Kettle?", "What do you dislike about Kettle?"), "Title",
         "Review ID", "Submitted at", "Star Rating"),
    ),
    "facebook": (
        ["id", "message", "created_time", "like_count"],
        ("message", None, "id", "created_time", ""),
    ),
    "instagram": (
        ["id", "text", "timestamp", "username", "like_count"],
        ("text", None, "id", "timestamp", ""),
    ),
    "x-twitter": (
        ["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id"],
        ("text", None, "tweet_id", "created_at", ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_by_its_header(name: str) -> None:
    header, expected = EXPORTS[name]
    recipe = recognise_recipe(header)
    assert recipe is not None
    assert recipe.name == name
    found = recipe.columns_in([column.upper() for column in header])
    upper = [one.upper() if isinstance(one, str) else one and tuple(map(str.upper, one))
             for one in expected]  # fmt: skip
    assert [found.text, found.title, found.id, found.time, found.rating] == upper


def test_every_recipe_of_ours_has_a_header_by_which_it_is_known() -> None:
    assert {one.name for one in built_in_recipes()} == set(EXPORTS)
    for recipe in built_in_recipes():
        names = [one.removesuffix("*") for one in recipe.header]
        known = recognise_recipe(names)
        assert known is not None
        assert known.name == recipe.name


@pytest.mark.parametrize(
    "header",
    [["id", "text"], ["id", "text", "date", "stars"], ["text"], [], ["Name", "Timestamp", "Email"]],
)
def test_what_is_no_export(header: list[str]) -> None:
    assert recognise_recipe(header) is None


def test_a_recipe_of_ours_by_its_name() -> None:
    header = ["Ticket ID", "Description", "Opened"]
    assert recognise_recipe(header) is None
    recipe = recognise_recipe(header, "zendesk")
    assert recipe is not None
    found = recipe.columns_in(header)
    assert found == ColumnChoice(text="Description", id="Ticket ID", rating="")
    assert load_recipe("zendesk") is None


def test_a_recipe_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('source = "shop"\ndayfirst = true\nhtml = true\nstrip_replies = true\n'
                    '[columns]\ntext = ["pros", "cons"]\nid = ""\n')  # fmt: skip
    assert load_recipe(str(path)) == Recipe(
        "shop.toml", ColumnChoice(text=("pros", "cons"), id=""), source="shop",
        day_order="day first", html=True, replies=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[columns]\nnext = 'x'", "there is no role 'next'; roles are text, id, time"),
        ("columns = 1", "columns must be a table"),
        ("[columns]\nid = ['a', 'b']", "id must be the name of a column"),
        ("[columns]\ntext = [1]", "text must be the name of a column"),
        ("colour = 'red'", "'colour' is not known"),
        ("dayfirst = true\nmonthfirst = true", "exclude each other"),
        ("forms = 1", "forms must be a list of tables"),
        ("[[forms]]\n[[forms]]", "must have one form"),
        ("= 1", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_said(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(content)
    with pytest.raises(IngestError, match=said):
        load_recipe(str(path))


def test_a_recipe_that_is_not_there() -> None:
    with pytest.raises(IngestError, match="is no file, and none of ours: amazon, app-store, "):
        load_recipe("zendisk")


def test_names_are_strings() -> None:
    with pytest.raises(IngestError, match="header must be a list of names"):
        parse_recipes("a", {"header": [1]})
