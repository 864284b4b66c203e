"""Labels by similarity, with the built-in encoder: as a user would try them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schema.catalog import load_catalog
from schema.catalog.own_labels import NONE
from schema.results import Result
from schema.results.base import Label
from tests.support.parity import analyse
from workers.analyses import load_analysis
from workers.analysis import Analysis
from workers.own_labels.similarity import SimilarityAnalysis

DESCRIBED = """
[labels]
delivery = "The parcel comes late, gets lost or is damaged on the way."
price = "It costs too much, discounts, vouchers."
app = "The app or website crashes, the login does not work."
"""
EXAMPLES = """label,text
delivery,Where is my parcel?
delivery,It came two weeks late.
delivery,The box was crushed when the courier brought it.
price,Far too expensive.
price,My voucher was not taken off.
price,You can get it cheaper elsewhere.
app,I cannot log in any more.
app,The app closes whenever I open it.
app,The website shows an error.
"""
#: Texts with the label that anybody would give them.
TEXTS = {
    "Where is my order? It was due on Monday.": "delivery",
    "Too expensive for what it is": "price",
    "Die App stürzt ständig ab": "app",
    "Le colis est arrivé en retard": "delivery",
    "I cannot log in since the update": "app",
    "Lovely colour!": NONE,
    "The lady at the shop was so friendly": NONE,
}


def load(folder: Path, content: str, more: str = "") -> Analysis:
    name = "labels.toml" if "[" in content else "labels.csv"
    (folder / name).write_text(content, "utf-8")
    catalog = folder / "catalog.toml"
    catalog.write_text(f'[topics]\nlabels = "{name}"\n{more}', "utf-8")
    return load_analysis("topics", load_catalog(str(catalog)), "cpu")


def said(results: list[Result]) -> list[Label]:
    return [one for one in results if isinstance(one, Label)]


@pytest.mark.parametrize("content", [DESCRIBED, EXAMPLES])
def test_labels_are_those_that_anybody_would_give(content: str, tmp_path: Path) -> None:
    analysis = load(tmp_path, content)
    assert isinstance(analysis, SimilarityAnalysis)
    found = analyse(analysis, [*TEXTS], shuffle=3)
    labels = {text: said(results)[0].label for text, results in zip(TEXTS, found, strict=True)}
    right = [text for text, label in TEXTS.items() if labels[text] == label]
    wrong = [text for text in TEXTS if labels[text] not in (TEXTS[text], NONE)]
    assert wrong == []
    # It would rather say that there is none.
    assert len(right) >= 5
    for (result,) in map(said, found):
        assert result.probabilities is not None
        assert sum(result.probabilities.values()) == pytest.approx(1, abs=1e-4)
        assert result.score == result.probabilities[result.label]
        assert result.unsure == (result.label != NONE and result.score < 0.5)


def test_a_text_between_two_labels_is_unsure(tmp_path: Path) -> None:
    said = "The parcel comes late."
    close = f'[labels]\nlate = "{said}"\nLateness = "{said}"\n"late one" = "{said}"\n'
    ((result,),) = analyse(load(tmp_path, close), ["My parcel is very late."])
    assert isinstance(result, Label) and result.probabilities is not None
    assert result.label != NONE and result.probabilities[NONE] < 0.1
    assert result.unsure and result.score < 0.5


def test_a_text_may_have_several(tmp_path: Path) -> None:
    analysis = load(tmp_path, DESCRIBED, "multiple = true\n")
    text = "The parcel came two weeks late. It is much too expensive, too."
    found = analyse(analysis, [text, "Lovely colour!"])
    assert sorted(one.label for one in said(found[0])) == ["delivery", "price"]
    assert [one.label for one in said(found[1])] == [NONE]
    first, second = said(found[0])
    assert first.score >= second.score >= 0.5
    assert first.probabilities is not None and second.probabilities is None


def test_the_floor_is_the_users_to_set(tmp_path: Path) -> None:
    texts = [*TEXTS]
    none = analyse(load(tmp_path, DESCRIBED, "none_below = 1.0\n"), texts)
    assert {said(one)[0].label for one in none} == {NONE}
    some = analyse(load(tmp_path, DESCRIBED, "none_below = 0.0\n"), texts)
    assert NONE not in {said(one)[0].label for one in some}


def test_what_was_worked_out_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(tmp_path, EXAMPLES)
    with monkeypatch.context() as patch:
        patch.setattr(SimilarityAnalysis, "vectors", None)
        again = load(tmp_path, EXAMPLES)
        with pytest.raises(TypeError):
            load(tmp_path, EXAMPLES.replace("two weeks", "three weeks"))
    texts = [*TEXTS]
    for (one,), (other,) in zip(
        map(said, analyse(first, texts)), map(said, analyse(again, texts)), strict=True
    ):
        assert one.label == other.label
        assert one.score == pytest.approx(other.score, abs=1e-5)


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (EXAMPLES.replace("Far too", "Much too"), ""),
        (EXAMPLES, "multiple = true\n"),
        (EXAMPLES, "none_below = 0.3\n"),
        (EXAMPLES, "calibration = { threshold = 0.7 }\n"),
    ],
)
def test_its_identity_is_made_of_all_that_it_goes_by(
    content: str, more: str, tmp_path: Path
) -> None:
    def options(*given: Any) -> dict[str, Any]:
        (model,) = load(tmp_path, *given).provenance()
        return model.options

    assert options(EXAMPLES) == options(EXAMPLES) != options(content, more)
