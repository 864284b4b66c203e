"""How large the parts of the packages may be; what is larger is in a list, with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("schema", "producer", "workers", "feedback_triage", "release")

#: Lines of a file, of a function with its signature and docstring, arguments of a constructor,
#: files in the root of `workers`.
MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 50
MAX_ARGUMENTS = 5
MAX_ROOT_FILES = 8

#: Of the lists below an entry that is no longer needed has to go.
LONG_FILES = {
    "schema/migrations/versions/0001_first_tables.py": "a migration is never changed",
}
LONG_FUNCTIONS = {
    "schema/migrations/versions/0001_first_tables.py upgrade": "a migration is never changed",
    "producer/commands/ingest.py ingest": "typer takes the options from the signature",
    "workers/decoding/attention/fused.py attend_fused": "one kernel, compiled as it stands",
}
MANY_ARGUMENTS: dict[str, str] = {}


def test_no_file_is_longer_than_one_can_overlook() -> None:
    found = {
        path: lines
        for path in modules()
        if (lines := len((ROOT / path).read_text("utf-8").splitlines())) > MAX_FILE_LINES
    }
    assert_listed(found, LONG_FILES, f"more than {MAX_FILE_LINES} lines")


def test_no_function_is_longer_than_one_can_overlook() -> None:
    found = {
        f"{path} {name}": lines
        for path, tree in modules().items()
        for name, node in definitions(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := length(node)) > MAX_FUNCTION_LINES
    }
    assert_listed(found, LONG_FUNCTIONS, f"more than {MAX_FUNCTION_LINES} lines")


def test_no_object_is_built_of_more_than_a_few_arguments() -> None:
    """Dataclasses, named tuples and models of pydantic have no constructor of their own."""
    found = {
        f"{path} {name.removesuffix('.__init__')}": count
        for path, tree in modules().items()
        for name, node in definitions(tree)
        if isinstance(node, ast.FunctionDef)
        and name.endswith(".__init__")
        and (count := arguments(node)) > MAX_ARGUMENTS
    }
    assert_listed(found, MANY_ARGUMENTS, f"more than {MAX_ARGUMENTS} arguments")


def test_the_root_of_workers_is_for_few_files() -> None:
    files = sorted(path.name for path in (ROOT / "workers").glob("*.py"))
    assert files and len(files) <= MAX_ROOT_FILES, f"move into a folder: {', '.join(files)}"


def test_what_is_too_large_is_found() -> None:
    tree = ast.parse(
        "class A:\n    def __init__(self, a, /, b, *c, d, **e):\n        def inner(): ...\n"
    )
    assert [(name, length(node)) for name, node in definitions(tree)] == [
        ("A", 3),
        ("A.__init__", 2),
        ("A.__init__.inner", 1),
    ]
    (_, (_, constructor), _) = definitions(tree)
    assert isinstance(constructor, ast.FunctionDef)
    assert arguments(constructor) == 5


def assert_listed(found: dict[str, int], listed: dict[str, str], what: str) -> None:
    """Nothing is too large that is not listed, and nothing is listed that is not too large."""
    unlisted = [f"{name} has {count}" for name, count in found.items() if name not in listed]
    assert not unlisted, f"{what}: {'; '.join(unlisted)}"
    mended = sorted(listed.keys() - found.keys())
    assert not mended, f"no longer {what}: take out of the list {', '.join(mended)}"


@cache
def modules() -> dict[str, ast.Module]:
    """The syntax of every file of the packages, by its path."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def definitions(
    tree: ast.AST, within: str = ""
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Classes and functions at any depth, with their names: `Class.method.inner`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield within + node.name, node
            yield from definitions(node, f"{within}{node.name}.")
        else:
            yield from definitions(node, within)


def length(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the end."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def arguments(constructor: ast.FunctionDef) -> int:
    """What is passed to build an object, `self` left out."""
    named = constructor.args
    every = [*named.posonlyargs, *named.args, *named.kwonlyargs, named.vararg, named.kwarg]
    return sum(argument is not None for argument in every) - 1
