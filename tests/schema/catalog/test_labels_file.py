"""Labels of the user's own: every form of them, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.catalog import CatalogError, load_catalog
from schema.catalog.own_labels import OwnLabels

TWO_LINES = '[topics]\nlabels = "{file}"\n'


def labels_of(folder: Path, name: str, content: str, more: str = "") -> OwnLabels:
    (folder / name).write_text(content, "utf-8")
    catalog = folder / "catalog.toml"
    catalog.write_text(TWO_LINES.format(file=name) + more, "utf-8")
    found = load_catalog(str(catalog)).entry("topics").own_labels
    assert found is not None
    return found


TOML = """
[labels]
delivery = "The parcel is late, or lost."
price = { description = "It costs too much.", examples = ["Too dear.", "Expensive!"] }

[examples]
delivery = ["Where is it?", "It came late."]
"""
CSV = """label,description,text
delivery,"The parcel is late, or lost.",Where is it?
delivery,,It came late.
price,It costs too much.,
price,,Too dear.
price,,Expensive!
"""
LINES = """{"label": "delivery", "description": "The parcel is late, or lost."}
{"label": "delivery", "text": "Where is it?"}
{"name": "delivery", "example": "It came late."}

{"label": "price", "description": "It costs too much.", "text": "Too dear."}
{"label": "price", "text": "Expensive!"}
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.toml", TOML),
        ("labels.toml", TOML.replace("[labels]", "[topics]")),
        ("labels.csv", CSV),
        ("labels.csv", "\ufeff" + CSV.replace("late, or", "late; or").replace(",", ";")),
        ("labels.tsv", CSV.replace("late, or", "late or").replace(",", "\t")),
        ("labels.jsonl", LINES),
    ],
)
def test_all_files_say_the_same(name: str, content: str, tmp_path: Path) -> None:
    found = labels_of(tmp_path, name, content)
    assert found.names == ["delivery", "price"]
    delivery, price = found.labels
    assert delivery.description.startswith("The parcel is late")
    assert delivery.examples == ("Where is it?", "It came late.")
    assert (price.description, price.examples) == (
        "It costs too much.",
        ("Too dear.", "Expensive!"),
    )


def test_the_catalog_itself_may_have_them(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(
        '[classify.team]\nlabels = { delivery = "Late." }\n'
        '[classify.mood]\nmodel = "./nli"\nlabels = ["angry", "calm"]\nmultiple = true\n'
        'hypothesis = "The writer is {}."\nnone_below = 0.4\n',
        "utf-8",
    )
    catalog = load_catalog(str(path))
    assert catalog.served == ("language", "mood", "team")
    team, mood = catalog.entry("team"), catalog.entry("mood")
    # What comes with the project compares texts, unless the catalog has a model for embedding.
    assert (team.model, team.options.prefix) == ("pocket/embedding", "query: ")
    assert "de" in team.languages
    assert mood.model == str(tmp_path / "nli")
    assert mood.own_labels is not None
    assert (mood.own_labels.names, mood.own_labels.multiple) == (["angry", "calm"], True)
    assert (mood.own_labels.hypothesis, mood.own_labels.none_below) == ("The writer is {}.", 0.4)


def test_texts_are_compared_by_the_catalogs_own_encoder(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(
        '[embedding]\nmodel = "./minilm"\nlanguages = ["en"]\n'
        '[topics]\nlabels = ["delivery"]\nlanguages = ["en", "nl"]\n',
        "utf-8",
    )
    entry = load_catalog(str(path)).entry("topics")
    assert (entry.model, entry.languages) == (str(tmp_path / "minilm"), ("en", "nl"))


def test_the_digest_is_of_all_that_is_said(tmp_path: Path) -> None:
    plain = labels_of(tmp_path, "labels.csv", CSV)
    other = labels_of(tmp_path, "labels.csv", CSV.replace("Expensive!", "Expensive."))
    described = labels_of(tmp_path, "labels.csv", CSV.replace("too much", "a lot"))
    assert len({plain.digest(), other.digest(), described.digest()}) == 3
    assert plain.digest(of_examples=False) == other.digest(of_examples=False)
    assert plain.digest(of_examples=False) != described.digest(of_examples=False)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("labels.csv", "label,text\na label,\n", r"line 2, column 'text': it is empty.*write a"),
        ("labels.csv", "label,text\n,a text\n", r"line 2, column 'label': it is empty; write"),
        ("labels.csv", 'label,text\nnew,"a\nb"\nnew,"a\nb"\n', r"line 4, .*line 2; leave one out"),
        ("labels.csv", "label,words\nnew,x\n", r"line 2 has an unknown column 'words'; write"),
        ("labels.csv", "text\nx\n", r"line 2 has no column 'label'; write"),
        ("labels.csv", "label,text\nnew,a,b\n", r"line 2 has 3 cells and the header 2; put a"),
        ("labels.csv", 'label,text\nnew,"a\n', r"line 2: .*; correct the quotes"),
        ("labels.csv", "label\nA1\n", r"line 2: the label 'A1' has no description.*'description'"),
        ("labels.csv", "label,text\nnew,x\nold,y\nold,z\n", r"line 2: .*'new' has 1 example, and"),
        ("labels.csv", "label,text\nnew,x\nNew,y\n", r"line 3: the label 'New' is 'new' in .*line"),
        (
            "labels.csv",
            "label,text\nnew,x\nnew,y\nold,x\nold,z\n",
            r"line 4, column 'label': labels.csv line 2 gives the same text the label 'new'; leave",
        ),
        (
            "labels.csv",
            "label,description\nnew,one\nnew,two\n",
            r"line 3, column 'description': the label 'new' has another in labels.csv line 2; keep",
        ),
        ("labels.csv", "label\n(none)\n", r"line 2: '\(none\)' is what texts without a label"),
        ("labels.csv", "", r"labels.csv has no label; write"),
        ("labels.jsonl", '{"label": "new"\n', r"line 1: not JSON.*; write one object a line"),
        ("labels.jsonl", '{"label": "new", "text": ["x"]}\n', r"line 1, column 'text': no text"),
        ("labels.toml", "labels = 3\n", r"labels is no table; write \[labels\]"),
        ("labels.toml", "[labels]\nnew = 3\n", r"\[labels\] new: write what it means"),
        ("labels.toml", "[words]\nnew = 'x'\n", r"has 'words', which is none of labels, examples"),
        ("labels.toml", "[labels]\nnew = 'x'\nnew = 'y'\n", r"is not TOML: .*line 3"),
        ("labels.toml", "[examples]\nnew = 'x'\n", r"\[examples\] new: no list of texts; write"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_to_do(
    name: str, content: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogError, match=r"(?s)\[topics\] .*" + says):
        labels_of(tmp_path, name, content)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('[topics]\nlabels = "no.csv"\n', r"\[topics\] cannot read .*no.csv .*; give a file"),
        ("[topics]\nlabels = 3\n", r"\[topics\] write the path of a file"),
        ('[topics]\nmodel = "x"\nmultiple = true\n', r"multiple: it concerns labels of your own"),
        ('[topics]\nlabels = ["new"]\nhypothesis = "so"\n', r"hypothesis: write \{\} where"),
        ('[topics]\nlabels = ["new"]\nnone_below = 3\n', r"none_below: Input should be less"),
        ('[topics]\nlabels = ["new"]\nmultiple = 1\n', r"multiple: write true or false"),
        ('[topics]\nlabels = ["a, b c d"]\nmultiple = true\n', r"has a comma or semicolon"),
        ('[topics]\nlabels = ["new"]\n[classify.topics]\nmodel = "x"\n', r"keep one"),
        ('[topics]\nown_labels = ["new"]\n', r"own_labels: write it as labels"),
    ],
)
def test_a_catalog_that_cannot_be_used_says_why(lines: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(lines, "utf-8")
    with pytest.raises(CatalogError, match=says):
        load_catalog(str(path))


def test_a_text_may_stand_under_several_labels(tmp_path: Path) -> None:
    content = "label,text\nnew,x\nnew,y\nold,x\nold,z\n"
    found = labels_of(tmp_path, "labels.csv", content, "multiple = true\n")
    assert [one.examples for one in found.labels] == [("x", "y"), ("x", "z")]
