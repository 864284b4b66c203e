"""NOTICE names all that ships and is not ours: models with their licences, scripts, sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTICE = re.sub(r"\s+", " ", (ROOT / "NOTICE").read_text("utf-8"))
MODELS = sorted(path for path in (ROOT / "workers" / "pocket").iterdir() if path.is_dir())
LICENCES = {
    "cc-by-4.0": "Creative Commons Attribution 4.0 (CC BY 4.0)",
    "cc-by-sa-4.0": "Creative Commons Attribution-ShareAlike 4.0 (CC BY-SA 4.0)",
    "mit": "MIT",
}
PAGE_LICENCES = ROOT / "producer" / "page" / "static" / "licenses"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_has_the_licence_that_it_says_itself(model: Path) -> None:
    stated = re.search(r"^license: (\S+)$", (model / "README.md").read_text("utf-8"), re.M)
    assert stated, f"{model.name}/README.md has no line “license:” at its top"
    assert f"workers/pocket/{model.name} {LICENCES[stated[1]]}" in NOTICE


@pytest.mark.parametrize(
    "base",
    sorted(
        {
            found
            for model in MODELS
            for found in re.findall(
                r"^base_model: \S+/(\S+)$", (model / "README.md").read_text("utf-8"), re.M
            )
        }
    ),
)
def test_what_a_model_began_as_is_named(base: str) -> None:
    assert base in NOTICE


@pytest.mark.parametrize("script", ["echarts", "zrender", "d3"])
def test_a_script_of_others_is_named_and_has_its_licence(script: str) -> None:
    assert re.search(rf"\b{script}\b", NOTICE, re.I)
    assert [path for path in PAGE_LICENCES.iterdir() if script in path.name]


def test_no_script_of_others_ships_unnamed() -> None:
    """Ours have no copyright of another in them."""
    foreign = [
        path.relative_to(ROOT).as_posix()
        for package in ("producer", "schema", "workers", "feedback_triage")
        for path in (ROOT / package).rglob("*.js")
        if re.search(r"copyright|licensed", path.read_text("utf-8"), re.I)
    ]
    assert [path for path in foreign if path not in NOTICE] == []
    assert foreign


def test_what_the_encoder_was_trained_on_is_named() -> None:
    said = (ROOT / "workers" / "pocket" / "encoder" / "README.md").read_text("utf-8")
    table = said.partition("| data | used for | licence and attribution |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    data = [
        part.strip() for cell in cells for part in cell.split(";") if "this project" not in cell
    ]
    assert data
    assert [name for name in data if first_name(name) not in NOTICE.lower()] == []


def first_name(data: str) -> str:
    """What both pages call it: of `SQuAD 1.1 and 2.0, parts` that is “squad 1.1 and 2.0”."""
    return re.split(r" \(|, |: ", data)[0].lower()
