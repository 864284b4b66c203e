"""The pages say what is there: links, paths, targets of make, commands and modules."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import typer.main

from producer.console import console

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "docker/*.md", "workers/pocket/*/README.md")
    for page in ROOT.glob(pattern)
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
COMMANDS = typer.main.get_command(console).commands  # type: ignore[attr-defined]

#: What follows makes a word in backticks a path of the project, unless a place to be filled in
#: (`<name>`, `RUN`, `…`) or a pattern stands in it.
ENDINGS = "py|md|toml|tsv|jsonl|sql|sh|svg|yaml|csv|example"
FOLDERS = (
    "benchmarks|docker|docs|examples|feedback_triage|locks|producer|"
    "recipes|release|schema|tests|workers"
)
#: Files that are not in the repository: whoever uses the project has them.
OTHERS = {
    *("reviews.csv", "entities.csv", "pip.conf"),
    # What `make bench` and benchmarks/gpu.sh write.
    *("table.md", "engine.svg", "gpu.csv"),
}


@pytest.mark.parametrize("page", NAMES)
def test_every_link_leads_somewhere(page: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^()\s]*)\)", text_of(page)):
        path, _, anchor = target.partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        led = (ROOT / page).parent / path if path else ROOT / page
        if not led.exists() or (anchor and anchor not in anchors(led.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", NAMES)
def test_every_path_in_backticks_is_there(page: str) -> None:
    named = [path for word in words_of(page) if (path := as_path(word))]
    assert [path for path in named if not is_there(path, (ROOT / page).parent)] == []


@pytest.mark.parametrize("page", NAMES)
def test_every_target_of_make_is_there(page: str) -> None:
    named = re.findall(r"(?:`|^|\$ )make ([a-z][a-z-]*)", text_of(page), re.M)
    assert set(named) <= targets()


@pytest.mark.parametrize("page", NAMES)
def test_every_command_is_there(page: str) -> None:
    named = re.findall(r"(?:`|^|\$ |\| )triage ([a-z]+(?:-[a-z]+)*)\b", text_of(page), re.M)
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("page", NAMES)
def test_every_module_that_is_to_be_run_is_there(page: str) -> None:
    named = re.findall(r"python3? -m ([a-z_][\w.]*\w)", text_of(page))
    assert [name for name in named if not can_be_run(name)] == []


@pytest.mark.parametrize(
    ("path", "function"),
    re.findall(
        r"^\| \d+ \| `([^`]+)` \| `([^`]+)` \|",
        (ROOT / "ARCHITECTURE.md").read_text("utf-8"),
        re.M,
    ),
)
def test_every_station_of_a_document_is_where_the_page_says(path: str, function: str) -> None:
    source = (ROOT / path).read_text("utf-8")
    *owners, name = function.split(".")
    assert all(re.search(rf"^class {owner}\b", source, re.M) for owner in owners)
    assert re.search(rf"^ *def {name}\b", source, re.M)


@pytest.mark.parametrize(
    "target",
    sorted(re.findall(r"^([a-z-]+):[^=\n]*$", (ROOT / "Makefile").read_text("utf-8"), re.M)),
)
def test_make_help_says_what_every_target_does(target: str) -> None:
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert re.search(rf"^ *make {target} +\S", said, re.M)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def words_of(page: str) -> list[str]:
    """What stands in backticks, outside of blocks of code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text_of(page), flags=re.S | re.M))


def as_path(word: str) -> str | None:
    """The path that a word is, if it is one."""
    if re.search(r"[<>*{}$…\s:=]|//|^[~/.]|\b[A-Z_]{2,}\b", word) and word != ".env.example":
        return None
    is_file = re.fullmatch(rf"[\w./-]+\.({ENDINGS})", word)
    is_folder = re.fullmatch(rf"({FOLDERS})/[\w./-]*", word)
    return word if is_file or is_folder else None


def is_there(path: str, folder: Path) -> bool:
    """Whether a path leads somewhere, from the page or the root; a bare name, from anywhere."""
    if (ROOT / path).exists() or (folder / path).exists() or path in OTHERS:
        return True
    return "/" not in path and path in file_names()


def anchors(page: str) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def file_names() -> set[str]:
    """The names of all files of the project."""
    folders = [ROOT / name for name in FOLDERS.split("|")]
    return {path.name for folder in folders for path in folder.rglob("*")} | {
        path.name for path in ROOT.iterdir()
    }


@cache
def targets() -> set[str]:
    """The targets of the Makefile that have a name."""
    return set(re.findall(r"^([a-z][a-z-]*):", text_of("Makefile"), re.M))


@cache
def can_be_run(name: str) -> bool:
    """Whether `python -m` finds a module, of ours or of a library's, and can run it."""
    path = ROOT.joinpath(*name.split("."))
    if path.with_suffix(".py").is_file() or (path / "__main__.py").is_file():
        return True
    ours = name.split(".")[0] in FOLDERS.split("|")
    return not ours and importlib.util.find_spec(name) is not None
