"""Scores the pocket entity and QA models on the sample's rows, annotated by hand.

`python -m recipes.sample_score --sample FILE [--entities DIR] [--qa DIR]`. The annotations
(`sample_annotations.jsonl`) are character offsets into the text column; nothing is trained on them.
"""

import argparse
import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

from transformers import (
    AutoModelForQuestionAnswering,
    AutoModelForTokenClassification,
    AutoTokenizer,
)

from recipes.entities.score import predict
from recipes.qa.score import answer, is_right
from recipes.text.grammar import Span

ANNOTATIONS = Path(__file__).with_name("sample_annotations.jsonl")
QUESTION = "What does the customer want?"


class Row(NamedTuple):
    """An annotated row: names, and what the customer wants where the text says it."""

    identifier: str
    language: str
    text: str
    entities: list[Span]
    want: str | None


def read_rows(sample: Path) -> list[Row]:
    """The annotated rows of the sample, in the order of the annotations."""
    with sample.open(encoding="utf-8", newline="") as file:
        texts = {row["id"]: row for row in csv.DictReader(file)}
    rows = []
    for line in ANNOTATIONS.read_text(encoding="utf-8").splitlines():
        note: dict[str, Any] = json.loads(line)
        text = texts[note["id"]]["text"]
        spans = [Span(one["type"], one["start"], one["end"]) for one in note["entities"]]
        want = text[note["want"]["start"] : note["want"]["end"]] if "want" in note else None
        rows.append(Row(note["id"], texts[note["id"]]["language"], text, spans, want))
    return rows


def score_entities(rows: list[Row], directory: Path) -> None:
    """Print how many names are found, and the rows where one is missed."""
    model = AutoModelForTokenClassification.from_pretrained(directory).float().eval()
    named = [row for row in rows if row.entities]
    found = predict(model, AutoTokenizer.from_pretrained(directory), [row.text for row in named])
    whole, exact, typed, total, given = 0, 0, 0, 0, 0
    for row, spans in zip(named, found, strict=True):
        places = {(span.start, span.end) for span in spans}
        hits = [(span.start, span.end) in places for span in row.entities]
        whole += all(hits)
        exact += sum(hits)
        typed += len(set(row.entities) & set(spans))
        total += len(hits)
        given += len(spans)
        if not all(hits):
            print(row.identifier, _names(row.text, row.entities), "!=", _names(row.text, spans))
    print(f"rows with every name found: {whole} of {len(named)}")
    print(f"names found: {exact} of {total}, {typed} with the right type; {given} given")


def score_qa(rows: list[Row], directory: Path) -> None:
    """Print in how many of the wanting rows the answer says the want, and the other rows."""
    model = AutoModelForQuestionAnswering.from_pretrained(directory).float().eval()
    asking = [row for row in rows if row.want]
    texts = [row.text for row in asking]
    answers = answer(
        model, AutoTokenizer.from_pretrained(directory), [QUESTION] * len(texts), texts
    )
    right = {"en": 0, "other": 0}
    for row, given in zip(asking, answers, strict=True):
        if is_right(given.text, row.want or ""):
            right["en" if row.language == "en" else "other"] += 1
        else:
            print(row.identifier, repr(row.want), "!=", repr(given.text), f"{given.score:.2f}")
    english = sum(row.language == "en" for row in asking)
    print(f"wants answered: {sum(right.values())} of {len(asking)}")
    print(f"English ones: {right['en']} of {english}")


def _names(text: str, spans: list[Span]) -> list[str]:
    return [f"{text[span.start : span.end]}/{span.label}" for span in spans]


def main() -> None:
    """Score the models that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=Path, required=True, help="producer/demo/feedback.csv")
    parser.add_argument("--entities", type=Path, help="folder of the entity model")
    parser.add_argument("--qa", type=Path, help="folder of the QA model")
    arguments = parser.parse_args()
    rows = read_rows(arguments.sample)
    if arguments.entities:
        score_entities(rows, arguments.entities)
    if arguments.qa:
        score_qa(rows, arguments.qa)


if __name__ == "__main__":
    main()
