from __future__ import annotations

import pytest

from producer.ingest.columns.choice import ColumnChoice, Columns
from producer.ingest.columns.find_columns import find_columns
from producer.ingest.errors import IngestError


def found(columns: list[str], choice: ColumnChoice | None = None) -> Columns:
    return find_columns("a.csv", columns, choice or ColumnChoice(), with_source=True).columns


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (["Title", "Review Text", "Rating"], "Review Text"),
        (["review", "text"], "text"),
        (["reviewText", "reviewerName"], "reviewText"),
        (["REVIEW_BODY", "context"], "REVIEW_BODY"),
        (["App", "Translated_Review", "Sentiment"], "Translated_Review"),
        (["Consumer complaint narrative", "Issue", "comment"], "comment"),
        (["Message"], "Message"),
    ],
)
def test_the_text_is_found_by_its_usual_names(columns: list[str], text: str) -> None:
    assert found(columns).text == text


def test_the_other_columns_are_found_by_their_usual_names() -> None:
    columns = ["Review-ID", "createdAt", "Lang", "product_name", "Source", "body", "x"]
    assert found(columns) == Columns("body", "Review-ID", "createdAt", "Lang", "product_name",
                                     "Source")  # fmt: skip
    assert found(columns).used() == frozenset(columns) - {"x"}


def test_the_user_has_the_last_word() -> None:
    columns = ["id", "text", "date", "Notes", "product", "shop", "source"]
    choice = ColumnChoice(text="notes", id="", time="date", product="shop")
    columns_found = find_columns("a.csv", columns, choice, with_source=False).columns
    assert columns_found == Columns("Notes", None, "date", None, "shop", None)


def test_a_column_that_the_user_names_is_not_found_for_something_else() -> None:
    assert found(["text", "message"], ColumnChoice(id="text")).text == "message"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (ColumnChoice(text="foo"), r"no column 'foo' \(--text\); its columns are: alpha, beta"),
        (ColumnChoice(time="when"), r"no column 'when' \(--time\)"),
        (ColumnChoice(), "no column looks like the text; name it with --text, one of: alpha, beta"),
        (ColumnChoice(text=""), "no column looks like the text"),
    ],
)
def test_what_is_missing_is_named_with_what_there_is(choice: ColumnChoice, said: str) -> None:
    with pytest.raises(IngestError, match=said):
        found(["alpha", "beta"], choice)


def test_names_are_shown_as_a_terminal_can_show_them() -> None:
    columns = ["\x1b[31m\n", "x" * 1_000_000, "\udcff", *(f"c{n}" for n in range(1_000))]
    for choice in (ColumnChoice(), ColumnChoice(id="gone")):
        with pytest.raises(IngestError, match=r"\\x1b\[31m\\n, x+…, \\udcff, c0, ") as failure:
            find_columns("a.csv", columns, choice, with_source=False)
        assert str(failure.value).endswith("c16 and 983 more")
        assert len(str(failure.value)) < 300


def test_what_no_row_can_be_read_for() -> None:
    for columns, said in (([], "has no columns"), (["text"] * 10_001, "has 10001 columns")):
        with pytest.raises(IngestError, match=said):
            find_columns("a.csv", columns, ColumnChoice(), with_source=False)


def test_two_candidates_are_a_question() -> None:
    with pytest.raises(IngestError, match="Give --text first_comment or second_comment"):
        found(["first_comment", "second_comment"])
