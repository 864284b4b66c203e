"""Entities: those of Transformers 4.57.6, in any batch, and long texts whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import combining

import numpy as np
import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.results import Result
from schema.results.entity import Entity
from tests.support.checkpoints import WINDOW, fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse, reference
from tests.workers.reference.record_classification import ENTITIES
from workers.analyses import load_analysis
from workers.analysis import Analysis
from workers.spans.aggregation import EntityAggregation, TokenPredictions, merged

REFERENCE = reference("entities")
TEXTS = SHORT + long_texts(120, 6, seed=5)
Span = tuple[str, int, int]


def load(folder: Path, **options: Any) -> Analysis:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options))
    return load_analysis("entities", Catalog("test", {"entities": entry}), "cpu")


@pytest.fixture(scope="module")
def folder(tiny_checkpoints: dict[str, Path]) -> Path:
    return tiny_checkpoints["entities"]


def spans(results: list[Result]) -> list[Span]:
    found = []
    for result in results:
        assert isinstance(result, Entity)
        found.append((result.type, result.start, result.end))
    return found


def scores(results: list[Result]) -> list[float]:
    return [result.score for result in results if isinstance(result, Entity)]


@pytest.mark.parametrize("kind", ENTITIES)
def test_entities_are_those_of_the_pipeline(kind: str, tmp_path: Path) -> None:
    recorded = REFERENCE["checkpoints"][kind]
    checkpoint = ENTITIES[kind](tmp_path / kind)
    assert fingerprint(checkpoint) == recorded["fingerprint"]
    found = analyse(load(checkpoint), REFERENCE["texts"])
    for text, results, expected in zip(REFERENCE["texts"], found, recorded["results"], strict=True):
        assert (text, spans(results)) == (text, [(kind, a, b) for kind, a, b, _ in expected])
        assert scores(results) == pytest.approx([score for *_, score in expected], abs=1e-4)
        for result in results:
            assert isinstance(result, Entity)
            assert result.text == text[result.start : result.end]


@pytest.fixture(scope="module")
def alone(folder: Path) -> list[list[Result]]:
    """The results of each of `TEXTS` when it is the only one."""
    analysis = load(folder)
    return [analyse(analysis, [text])[0] for text in TEXTS]


@pytest.mark.parametrize("batch_tokens", [1, 70, 600, 100_000])
def test_batches_order_and_padding_change_nothing(
    folder: Path, alone: list[list[Result]], batch_tokens: int
) -> None:
    together = analyse(load(folder, batch_tokens=batch_tokens), TEXTS, shuffle=batch_tokens)
    for one, other in zip(alone, together, strict=True):
        assert spans(one) == spans(other)
        assert scores(one) == pytest.approx(scores(other), abs=1e-5)


class Token(NamedTuple):
    start: int
    end: int
    label: int
    score: float


def entities_of(tokens: list[Token], labels: list[str]) -> list[tuple[str, int, int, float]]:
    judged = TokenPredictions(
        np.array([token.label for token in tokens], dtype=np.int64),
        np.array([token.score for token in tokens], dtype=np.float32),
        np.empty((len(tokens), 0), np.float32),
    )
    return [
        (span.kind, tokens[span.first].start, tokens[span.last].end, span.score)
        for span in EntityAggregation(labels).spans(judged)
    ]


def by_hand(folder: Path, text: str) -> list[tuple[str, int, int, float]]:
    """Every token judged in the window where it has the most context on its poorer side."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForTokenClassification.from_pretrained(folder).eval()
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    room, overlap = WINDOW - 2, WINDOW // 4
    judged: dict[int, tuple[float, Token]] = {}
    starts = list(range(0, len(ids) - overlap, room - overlap))
    for start in starts:
        row = [tokenizer.cls_token_id, *ids[start : start + room], tokenizer.sep_token_id]
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([row])).logits[0]
        for place in range(len(row) - 2):
            score, best = logits[place + 1].softmax(-1).max(-1)
            left = place if start else float("inf")
            right = float("inf") if start == starts[-1] else len(row) - 3 - place
            begin, end = offsets[start + place]
            token = Token(begin, end, int(best), float(score))
            if min(left, right) > judged.get(start + place, (-1.0, token))[0]:
                judged[start + place] = (min(left, right), token)
    tokens = [judged[place][1] for place in range(len(ids))]
    names = model.config.id2label
    return entities_of(tokens, [names[number] for number in range(len(names))])


@pytest.mark.parametrize("words", [70, 150, 400])
def test_a_long_text_is_judged_token_by_token_where_context_is_richest(
    folder: Path, words: int
) -> None:
    for text in long_texts(words, 2, seed=words):
        expected = by_hand(folder, text)
        (results,) = analyse(load(folder), [text])
        assert spans(results) == [(kind, start, end) for kind, start, end, _ in expected]
        assert scores(results) == pytest.approx([score for *_, score in expected], abs=1e-4)
        for result in results:
            assert isinstance(result, Entity)
            assert result.text == text[result.start : result.end] != ""
        assert max(result.end for result in results if isinstance(result, Entity)) > len(text) / 2


def test_what_two_windows_share_comes_once() -> None:
    def window(first: int, last: int, label: int) -> TokenPredictions:
        # A score says which place it is of.
        places = np.arange(first, last, dtype=np.float32)
        return TokenPredictions(np.full(last - first, label), places, places[:, None])

    for shared in range(6):
        later = 10 - shared
        windows = [window(0, 10, 0), window(later, 20, 1), window(18, 25, 0)]
        labels, places, probabilities = merged([0, later, 18], windows)
        assert places.tolist() == probabilities[:, 0].tolist() == list(range(25))
        assert labels[:19].tolist().count(0) == 10 - shared // 2
        assert labels[19:].tolist() == [0] * 6


@pytest.mark.parametrize(
    ("labels", "groups"),
    [
        ("B-PER I-PER O I-PER", [("PER", 0, 2), ("PER", 3, 4)]),
        ("B-PER B-PER I-PER", [("PER", 0, 1), ("PER", 1, 3)]),
        ("I-PER I-ORG B-ORG", [("PER", 0, 1), ("ORG", 1, 2), ("ORG", 2, 3)]),
        ("PER PER B-PER I-PER PER", [("PER", 0, 2), ("PER", 2, 5)]),
        ("LOC-CITY LOC-CITY O", [("CITY", 0, 2)]),
        ("O O", []),
        ("", []),
    ],
)
def test_tokens_are_grouped_by_the_rules_of_the_pipeline(labels: str, groups: list[Span]) -> None:
    names = sorted({*labels.split(), "O"})
    tokens = [
        Token(place, place + 1, names.index(label), place / 10)
        for place, label in enumerate(labels.split())
    ]
    found = entities_of(tokens, names)
    assert [(kind, start, end) for kind, start, end, _ in found] == groups
    for _, start, end, score in found:
        assert score == pytest.approx(sum(range(start, end)) / 10 / (end - start))


def test_a_text_without_a_single_token_names_nothing(folder: Path) -> None:
    assert analyse(load(folder), ["\x07\u200b"]) == [[]]


def test_names_of_whole_words_end_where_their_letters_do(folder: Path) -> None:
    found = analyse(load(folder, aggregation="first"), TEXTS)
    names = [result.text for results in found for result in results if isinstance(result, Entity)]
    assert len(names) > 100
    ends = {end for name in names for end in (name[0], name[-1]) if not end.isalnum()}
    assert {end for end in ends if not combining(end)} <= {"_", "+", "#"}
    # By the rules of the pipeline the same model names the marks as well.
    simple = analyse(load(folder), TEXTS)
    assert any(not result.text[-1].isalnum() for results in simple for result in results)  # type: ignore[attr-defined]
