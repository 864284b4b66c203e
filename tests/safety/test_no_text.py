"""No text of a customer in logs, messages, events, pages and errors, whatever fails, however loud.

One story, with everything recorded; then each record is searched for a word of the documents.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine

from producer.console import main
from schema.broker.app import make_app
from schema.options import RunOptions
from schema.settings import read_settings
from tests.end_to_end.flower import Browser, running_flower
from tests.end_to_end.node import PATIENCE
from tests.safety import words
from tests.safety.listening import Heard, listening
from tests.safety.system import System, running_system
from tests.safety.tables import contents, mend_options, refused
from tests.support.ledger import jobs
from tests.support.servers.postgres import create_database, drop_database
from tests.support.waiting import wait_until

#: In every document and in every rejected row, and so nowhere else.
MARKER = "quuxfeldspar"
GOOD = [f"The {MARKER} number {number} broke after a day." for number in range(12)]
LOUD = [f"The {MARKER} {word} broke." for word in words.ONE_DOCUMENT]
REJECTED = [
    ["none", "", f"the {MARKER} came late"],
    ["long", f"{MARKER} " * 100, "2026-01-02"],
    ["many", "Fine.", "2026-01-02", MARKER, MARKER],
]
#: Where texts belong.
TEXTS = {
    "document_versions": {"text", "product", "metadata", "external_id", "identity"},
    "answers": {"question", "answer"},
    "rollup_answers": {"question", "grouped", "spelling"},
    "rollup_documents": {"product"},
    "rollup_entities": {"entity", "spelling"},
    "runs": {"options"},
}
PAGES = ("/", "/workers", "/tasks", "/broker", "/api/workers?refresh=1", "/api/tasks?limit=1000")


@dataclass
class Story:
    """What there is to read when all is over.

    Attributes:
        printed: What the console's commands have printed, by command.
        pages: What Flower has shown.
    """

    system: System
    heard: Heard
    printed: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)

    def triage(self, *arguments: str) -> int:
        """Run a command; keeps what it prints, and returns its exit code."""
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            patch.setattr(sys, "argv", ["triage", *arguments])
            with pytest.raises(SystemExit) as ended:
                main()
        self.printed[" ".join(arguments)] = said.getvalue()
        return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def database(postgres: str) -> Iterator[str]:
    # PostgreSQL's errors quote whole rows; SQLite's do not.
    yield create_database(postgres, "no_text")
    drop_database(postgres, "no_text")


@pytest.fixture(scope="module")
def story(
    tmp_path_factory: pytest.TempPathFactory, redis_server: str, database: str
) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("no_text")
    with running_system(
        folder,
        redis_server,
        database,
        analyses=("sentiment", "qa"),
        app="tests.safety.loud",
        loglevel="DEBUG",
        upkeep=1,
        max_attempts=1,
        message_timeout=2,
        text_limit=500,
        rejects=folder,
    ) as system:
        app = make_app(read_settings())
        (folder / "home").mkdir(exist_ok=True)
        with (
            listening(redis_server, app) as heard,
            running_flower(folder, "analyst:password") as flower,
        ):
            story = Story(system, heard)
            tell(story, folder)
            browser = Browser(flower.home, "analyst:password")
            for page in PAGES:
                browser.read(page)
            for task in browser.json("/api/tasks?limit=1000"):
                browser.read(f"/task/{task}")
            story.pages = [*browser.seen, flower.log.read_text("utf-8")]
        yield story


def tell(story: Story, folder: Path) -> None:
    """Ingest good, loud and bad rows, while the database refuses some of them for a time."""
    engine = story.system.engine
    one = write_feed(folder / "one.csv", [f"The {MARKER} is refused."])
    lost = write_feed(folder / "lost.csv", [f"The {MARKER} {words.DEVICE} is lost."])
    unread = [["late", f"The {MARKER} came late.", f"at noon, the {MARKER}"]]
    feed = write_feed(folder / "feed.csv", GOOD + LOUD, [*REJECTED, *unread])
    question = ("--question", f"What of the {MARKER}?", "--analyses")

    assert story.triage("ingest", str(feed), "--dry-run", *question, "qa") == 0
    with refused(engine, "document_versions"):
        assert story.triage("ingest", str(one), "--run", "not stored", *question, "qa") != 0
    with refused(engine, "answers"):
        assert story.triage("ingest", str(one), "--run", "unanswered", *question, "qa") == 0
        wait_until_over(engine)
    odd = RunOptions.model_construct(translate_to=f"{MARKER} 1")
    run_id = story.system.start(["This run is odd."], options=odd)
    story.system.node.wait_for_text("does not know (translate_to)")
    mend_options(engine, run_id)
    assert story.triage("ingest", str(feed), "--run", "feed", *question, "sentiment,qa") == 0
    assert story.triage("ingest", str(lost), "--run", "lost", "--analyses", "sentiment") == 0
    wait_until_over(engine)
    for command in ("status", "dead", "verify"):
        story.triage(command, "feed")
    for report in ("dead-letters", "runs", "run-progress", "models", "throughput"):
        assert story.triage("report", report) == 0


def wait_until_over(engine: Engine) -> None:
    wait_until(
        lambda: all(job.state in ("done", "dead") for job in jobs(engine)), PATIENCE, "all is over"
    )


def write_feed(path: Path, texts: list[str], others: Sequence[Sequence[str]] = ()) -> Path:
    rows = [[str(number), text, "2026-01-02"] for number, text in enumerate(texts)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text", "time"], *rows, *others])
    return path


def test_the_story_had_all_of_it(story: Story) -> None:
    tables = contents(story.system.engine)
    assert len([row for row in tables["document_versions"] if MARKER in row["text"]]) >= len(
        GOOD + LOUD
    )
    kinds = {row["error_class"] for row in tables["dead_letters"]}
    assert {"ValueError", "MemoryError", "MuteError", "DeviceLostError", "IntegrityError"} <= kinds
    assert any(MARKER in row["question"] for row in tables["answers"])
    assert {"task-sent", "task-received", "task-succeeded"} <= {
        event["type"] for event in story.heard.events
    }
    assert "LPUSH" in story.heard.text() and "[[" in story.heard.text()
    assert any("rejected 3" in printed for printed in story.printed.values())


def test_no_log_and_no_message_has_a_text(story: Story) -> None:
    assert "DEBUG" in story.system.node.text()
    assert MARKER not in story.system.node.text()
    assert MARKER not in story.heard.text()


def test_flower_shows_no_text(story: Story) -> None:
    for page in story.pages:
        assert MARKER not in page


def test_the_console_shows_no_text(story: Story) -> None:
    for command, printed in story.printed.items():
        assert MARKER not in printed, command
        assert "Traceback" not in printed, command


def test_only_columns_for_texts_have_texts(story: Story) -> None:
    for table, rows in contents(story.system.engine).items():
        for row in rows:
            for column, value in row.items():
                if column not in TEXTS.get(table, ()):
                    assert MARKER not in str(value), (table, column)
