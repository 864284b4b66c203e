"""Scores as the field's own libraries have them, and intervals that hold what they promise."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from seqeval import metrics as seqeval
from sklearn import metrics as sklearn

from schema.insights import wilson
from workers.evaluate.answers import best_f1, exact_match, normalized, score_answers
from workers.evaluate.classes import score_label_sets, score_labels
from workers.evaluate.score import Scored, scores_with_intervals
from workers.evaluate.spans import Span, score_spans, tags_of, tokens_of
from workers.evaluate.texts import score_summaries, score_translations

WORDS = ["the", "parcel", "came", "late", "and", "kettle", "leaks", "again,", "but", "was", "kind"]


def drawn(names: list[str], seed: int, count: int = 200) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(names) for _ in range(count)]


def test_labels_are_scored_as_by_scikit_learn() -> None:
    wanted = drawn(["a", "b", "c"], 1)
    said = [one if n % 3 else "b" for n, one in enumerate(wanted)]
    found = score_labels(wanted, said, [True] * len(said)).scores()
    assert found["accuracy"] == pytest.approx(sklearn.accuracy_score(wanted, said))
    assert found["macro F1"] == pytest.approx(sklearn.f1_score(wanted, said, average="macro"))
    rows = sklearn.precision_recall_fscore_support(wanted, said, labels=["b"])
    for name, (value,) in zip(("precision", "recall", "F1"), rows[:3], strict=True):
        assert found[f"b: {name}"] == pytest.approx(value)
    assert "share unsure" not in found
    unsure = score_labels(["a", "a"], ["a", "b"], [True, False]).scores()
    assert (unsure["share unsure"], unsure["accuracy where sure"]) == (0.5, 1.0)


def test_several_labels_are_scored_as_by_scikit_learn() -> None:
    names = ["a", "b", "c"]
    chance = random.Random(2)
    wanted, said = (
        [{name for name in names if chance.random() < 0.4} for _ in range(150)] for _ in "xy"
    )
    found = score_label_sets(wanted, said).scores()
    gold, other = (np.array([[n in one for n in names] for one in x]) for x in (wanted, said))
    for average in ("micro", "macro"):
        value = sklearn.f1_score(gold, other, average=average)
        assert found[f"{average} F1"] == pytest.approx(value)
    assert found["exact match"] == pytest.approx(sklearn.accuracy_score(gold, other))


def test_entities_are_scored_as_by_seqeval() -> None:
    chance = random.Random(3)
    texts, wanted, said = [], [], []
    for _ in range(60):
        words = [chance.choice(WORDS) for _ in range(8)]
        texts.append(" ".join(words))
        starts = [len(" ".join(words[:n])) + bool(n) for n in range(8)]
        two: list[list[Span]] = []
        for _ in "xy":
            first = chance.randrange(6)
            end = starts[first + 1] + len(words[first + 1])
            two.append([(chance.choice(["ORG", "LOC"]), starts[first], end)])
        wanted.append(two[0])
        said.append(two[0] if chance.random() < 0.5 else two[1])
    found = score_spans(texts, wanted, said).scores()
    tokens = [
        tokens_of(text, [*gold, *other])
        for text, gold, other in zip(texts, wanted, said, strict=True)
    ]
    gold, other = (
        [tags_of(one, spans) for one, spans in zip(tokens, x, strict=True)] for x in (wanted, said)
    )
    assert found["F1"] == pytest.approx(seqeval.f1_score(gold, other))
    assert found["precision"] == pytest.approx(seqeval.precision_score(gold, other))
    report = seqeval.classification_report(gold, other, output_dict=True)
    assert found["ORG: recall"] == pytest.approx(report["ORG"]["recall"])


def test_a_span_within_a_word_is_not_the_whole_word() -> None:
    text = "Leeds-based Nimbus."
    found = score_spans([text], [[("LOC", 0, 5)]], [[("LOC", 0, 11)]]).scores()
    assert found["F1"] == 0
    assert score_spans([text], [[("LOC", 0, 5)]], [[("LOC", 0, 5)]]).scores()["F1"] == 1


def test_answers_are_compared_as_by_the_script_of_squad() -> None:
    assert normalized(' The  U.S. Navy\'s, an "old" one!') == "us navys old one"
    # Worked by hand along evaluate-v2.0.py.
    assert exact_match(["a refund", "money"], "Refund.") == 1
    assert best_f1(["a new lid"], "the lid and a cup") == pytest.approx(2 * 1 / (2 + 3))
    assert (best_f1([], ""), best_f1([], "a lid"), best_f1(["lid"], "")) == (1, 0, 0)
    found = score_answers([["refund"], [], ["lid"]], ["a refund", "", "new lid"]).scores()
    assert found["exact match"] == pytest.approx(2 / 3)
    assert found["F1 with an answer"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["accuracy without an answer"] == 1


def test_translations_are_scored_as_by_sacrebleu() -> None:
    said = [" ".join(drawn(WORDS, n, 12)) for n in range(20)]
    wanted = [
        [f"{one.replace('kettle', 'lamp')} today", *([one] if n % 2 else [])]
        for n, one in enumerate(said)
    ]
    found = score_translations(wanted, said).scores()
    references: Any = [[one[0] for one in wanted], [one[1] if one[1:] else None for one in wanted]]
    assert found["BLEU"] == pytest.approx(BLEU().corpus_score(said, references).score)
    assert found["chrF"] == pytest.approx(CHRF().corpus_score(said, references).score)


def test_summaries_are_scored_as_by_rouge_score_and_in_any_alphabet() -> None:
    wanted = [[" ".join(drawn(WORDS, n, 9))] for n in range(20)]
    said = [" ".join(drawn(WORDS, 100 + n, 7)) for n in range(20)]
    found = score_summaries(wanted, said).scores()
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"])
    pairs = zip(wanted, said, strict=True)
    scores = [scorer.score(gold, other) for (gold,), other in pairs]
    for name, kind in (("ROUGE-1", "rouge1"), ("ROUGE-2", "rouge2"), ("ROUGE-L", "rougeL")):
        assert found[name] == pytest.approx(np.mean([one[kind].fmeasure for one in scores]))
    assert score_summaries([["Чайник течёт"]], ["чайник течёт"]).scores()["ROUGE-2"] == 1


def test_an_interval_holds_what_it_promises_and_pairs_are_drawn_together() -> None:
    chance = np.random.default_rng(5)
    inside = 0
    for _ in range(60):
        hits = chance.random(120) < 0.7
        wanted, said = ["a"] * 120, ["a" if hit else "b" for hit in hits]
        accuracy = scores_with_intervals(score_labels(wanted, said, [True] * 120))[0]
        inside += accuracy.interval.low <= 0.7 <= accuracy.interval.high
    assert 51 <= inside <= 60
    # Both are wrong about the same texts, but for one: the difference is far surer than either.
    easy = chance.random(120) < 0.5
    two = [np.column_stack([np.ones(120), hits]).astype(float) for hits in (easy, easy.copy())]
    two[1][0, 1] = 1 - two[1][0, 1]
    first, second = (Scored(one, lambda sums: {"share": sums[1] / sums[0]}) for one in two)
    (share,) = scores_with_intervals(first, second)
    assert share.difference is not None
    assert share.difference.high - share.difference.low < 0.03
    assert share.interval.high - share.interval.low > 0.15


def test_a_score_that_no_draw_changes_is_as_unsure_as_its_texts_are_few() -> None:
    wanted = ["late"] * 3 + ["broken"] * 20
    found = {
        one.name: one for one in scores_with_intervals(score_labels(wanted, wanted, [True] * 23))
    }
    assert {one.value for one in found.values()} == {1.0}
    assert found["late: recall"].interval == wilson(3, 3)
    assert found["broken: F1"].interval == wilson(20, 20)
    assert found["accuracy"].interval == found["macro F1"].interval == wilson(23, 23)
    sets = score_label_sets([{"late"}, set()], [{"late"}, set()])
    both = {one.name: one for one in scores_with_intervals(sets)}
    assert both["exact match"].interval == wilson(2, 2)
