"""Tables on a narrow terminal: every column can be read."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from producer.display.table import make_table


def drawn(columns: list[str], rows: list[list[object]], width: int = 80) -> str:
    file = StringIO()
    console = Console(file=file, width=width)
    console.print(make_table(columns, rows))  # type: ignore[arg-type]
    return file.getvalue()


ANSWERS = ["more colours", "a smaller size", "send it back, it was far too large for me"]


def test_a_text_that_all_rows_share_stands_above_and_leaves_its_room() -> None:
    question = "What should be better?"
    rows: list[list[object]] = [[question, answer, 12, "87.7 (86.1 to 89.4)"] for answer in ANSWERS]
    shown = drawn(["question", "answer", "documents", "percent"], rows)
    first, *lines = shown.splitlines()
    assert first.strip() == "question: What should be better?"
    assert all(question not in line for line in lines)
    assert all(answer in shown for answer in ANSWERS[:2])


def test_no_column_of_texts_is_squeezed_away() -> None:
    long = "What should be better about it, and why do you think so? " * 2
    rows: list[list[object]] = [
        [f"{long}{number}", answer, 12, "87.7 (86.1 to 89.4)", 0, 0.815]
        for number, answer in enumerate(ANSWERS)
    ]
    columns = ["question", "answer", "documents", "percent", "unsure", "mean_score"]
    shown = drawn(columns, rows)
    assert all(answer in shown for answer in ANSWERS[:2])


def test_intervals_go_below_their_figures_before_a_row_becomes_a_card() -> None:
    columns = ["name", "of_all_percent", "of_theme_percent", "mean_stars"]
    rows: list[list[object]] = [
        [name, "4.9 (4.1 to 5.8)", "60.6 (54 to 67)", "2.39 (2.25 to 2.53)"]
        for name in ("return · sadly", "tight · shoulders")
    ]
    assert "4.9 (4.1 to 5.8)" in drawn(columns, rows, 100)
    narrow = drawn(columns, rows, 70)
    assert "(4.1 to 5.8)" in narrow and "4.9 (4.1" not in narrow and "┏" in narrow
    card = drawn(columns, rows, 40)
    assert "┏" not in card and "mean stars        2.39 (2.25 to 2.53)" in card


def test_one_row_keeps_its_columns() -> None:
    rows: list[list[object]] = [["What should be better?", "more colours", 3]]
    shown = drawn(["question", "answer", "documents"], rows)
    assert [word for word in ("question", "answer", "documents") if word in shown.splitlines()[1]]
