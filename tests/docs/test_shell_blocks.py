"""Every block of shell is run by a test, or its commands are known, or it says why not."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import typer
import typer.main

from producer.console import console
from tests.docs.shell_blocks import PAGES, ROOT, Block, blocks

CONSOLE: Any = typer.main.get_command(console)
BLOCKS = blocks()

#: Programs other than `triage` and `make` whose lines are not run, by page, with the reason. Lines
#: of `triage` are parsed below, targets of `make` and modules of `python -m` by tests/test_docs.py.
NOT_RUN = {
    ("docker/README.md", "docker"): "no engine here; tests/docker/ holds files and services",
    ("docker/README.md", "cp"): "the file is there: tests/docker/test_compose.py",
    ("docker/README.md", "mkdir"): "makes folders of the reader's",
    ("docs/benchmarks.md", ".venv/bin/python"): "the module is there: tests/test_docs.py",
    ("docs/digest.md", "mail"): "sends a mail",
    ("docs/operations.md", "pg_dump"): "tests/docker/test_backup.py does this with a real server",
    ("docs/operations.md", "pg_restore"): "tests/docker/test_backup.py does this",
    ("docs/operations.md", "docker"): "no engine here; tests/docker/ holds files and services",
    ("docs/operations.md", "cp"): "the file is there: tests/docker/test_manifests.py",
    ("docs/operations.md", "kubectl"): "no cluster here; tests/docker/ holds the manifests",
    ("docs/release.md", "git"): "pushes to a server",
    ("docs/runbook.md", "sed"): "tests/docker/test_monitoring.py runs it",
    ("docs/testing.md", ".venv/bin/python"): "tests that run tests",
    ("docs/views.md", "datasette"): "a tool that the project does not install",
    ("docs/your_models.md", "accelerate"): "tests/workers/train/ runs it, on one machine",
}
#: Pages whose blocks a test runs from the first line to the last.
RUN = {
    "docs/quick_start.md": "tests/end_to_end/test_quick_start.py",
    "docs/data_engineer.md": "tests/docs/test_cron.py",
}
#: What stands before `triage` where it runs in a container.
CONTAINERS = (
    ["docker", "compose", "run", "--rm", "producer"],
    ["docker", "compose", "run", "--rm", "serve"],
)
#: Held by other tests, or harmless: `cat` shows a pipe.
HELD = {"triage", "make", "export", "cat"}


def triage_lines(words: list[str]) -> Iterator[list[str]]:
    """The arguments of `triage` in a command, wherever that runs."""
    for before in CONTAINERS:
        if words[: len(before)] == before:
            yield words[len(before) :]
    if "triage" in words and (words[0] == "triage" or words[0] == "kubectl"):
        yield words[words.index("triage") + 1 :]


LINES = [
    (block.name, arguments)
    for block in BLOCKS
    for words in block.commands()
    for arguments in triage_lines(words)
]
#: In a sentence: what is a whole command line, without dots and brackets for what may stand there.
INLINE = sorted(
    {
        (page, found)
        for page in PAGES
        for found in re.findall(
            r"`triage ([^`…\[|\\<]+)`",
            re.sub(r"^```.*?^```", "", (ROOT / page).read_text("utf-8"), flags=re.S | re.M),
        )
    }
)


def test_there_are_as_many_as_one_thinks() -> None:
    assert len(BLOCKS) > 60 and len(LINES) > 140 and len(INLINE) > 100


@pytest.mark.parametrize("block", BLOCKS, ids=[block.name for block in BLOCKS])
def test_a_shell_takes_it(block: Block) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=block.text, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("where", "arguments"), LINES, ids=[" ".join(one[1]) for one in LINES])
def test_every_command_line_is_one_that_triage_takes(where: str, arguments: list[str]) -> None:
    parse(arguments)


@pytest.mark.parametrize(("page", "said"), INLINE, ids=[" ".join(one) for one in INLINE])
def test_a_command_in_a_sentence_has_options_that_there_are(page: str, said: str) -> None:
    name, *rest = said.split()
    if name.isupper():
        return  # COMMAND stands for any.
    if name.startswith("--"):
        parse([name])
        return
    known = {
        option
        for parameter in CONSOLE.commands[name].params
        for option in (*parameter.opts, *parameter.secondary_opts, "--help")
    }
    assert {word.split("=")[0] for word in rest if word.startswith("--")} <= known


def test_what_is_not_run_is_listed_with_its_reason() -> None:
    found = {
        (block.page, words[0])
        for block in BLOCKS
        if block.page not in RUN
        for words in block.commands()
        if words[0] not in HELD and not is_pip(words)
    }
    assert found == NOT_RUN.keys()
    assert all((ROOT / test).is_file() for test in RUN.values())


def test_extras_that_are_installed_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {
        extra
        for block in BLOCKS
        for words in block.commands()
        if is_pip(words)
        for extras in re.findall(r"\.\[([a-z,]+)\]", " ".join(words))
        for extra in extras.split(",")
    }
    assert named and named <= project["optional-dependencies"].keys()


@pytest.mark.parametrize(
    "wrong", [["status", "--colour"], ["no-such-command"], ["serve", "--port", "x"], ["compare"]]
)
def test_what_triage_does_not_take_is_found(wrong: list[str]) -> None:
    wrong_usage: Any = typer.BadParameter.__base__
    with pytest.raises(wrong_usage):
        parse(wrong)


def is_pip(words: list[str]) -> bool:
    """Whether a command installs something."""
    return words[:2] == ["pip", "install"]


def parse(arguments: list[str]) -> None:
    """Parse a command line as the console does, and do nothing.

    Raises:
        Exception: Wrong usage, as the parser says it.
    """
    name, *rest = arguments
    if name.startswith("--"):
        # Such an option does its work as soon as it is parsed.
        assert name in {option for parameter in CONSOLE.params for option in parameter.opts}
        return
    with CONSOLE.make_context("triage", [name], resilient_parsing=True) as context:
        _, command, _ = CONSOLE.resolve_command(context, [name])
        if command is None:
            raise typer.BadParameter(f"there is no command {name}")
        command.make_context(name, rest, parent=context).close()
