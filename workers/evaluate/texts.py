"""Metrics of texts that a model writes: sacrebleu's of translations, rouge-score's of summaries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workers.evaluate.library import library
from workers.evaluate.score import Doubles, Scored, ratio

_ROUGE = ("rouge1", "rouge2", "rougeL")
_WORDS = re.compile(r"[^\W_]+")


def score_translations(wanted: Sequence[Sequence[str]], said: Sequence[str]) -> Scored:
    """BLEU and chrF of sacrebleu with its usual settings, both 0…100.

    Args:
        wanted: Of each text its translations by people, one or several.
        said: What the model writes.
    """
    metrics: Any = library("sacrebleu.metrics")
    bleu, chrf = metrics.BLEU(), metrics.CHRF()
    most = max(len(one) for one in wanted)
    references = [
        [one[place] if place < len(one) else None for one in wanted] for place in range(most)
    ]
    parts = [
        np.array(one._extract_corpus_statistics(list(said), references), dtype=np.float64)
        for one in (bleu, chrf)
    ]
    split = parts[0].shape[1]

    def scores_of(sums: Doubles) -> Mapping[str, float]:
        whole = [round(one) for one in sums.tolist()]
        return {
            "BLEU": bleu._compute_score_from_stats(whole[:split]).score,
            "chrF": chrf._compute_score_from_stats(whole[split:]).score,
        }

    return Scored(np.column_stack(parts), scores_of)


class _AnyWords:
    """Words in any alphabet; of ASCII those that rouge-score has, which knows no other letters."""

    def tokenize(self, text: str) -> list[str]:
        """The words in lower case."""
        return _WORDS.findall(text.lower())


def score_summaries(wanted: Sequence[Sequence[str]], said: Sequence[str]) -> Scored:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L, each the mean over texts; the best of several people."""
    scorer: Any = library("rouge_score.rouge_scorer").RougeScorer(
        list(_ROUGE), use_stemmer=False, tokenizer=_AnyWords()
    )
    rows = []
    for references, summary in zip(wanted, said, strict=True):
        found = scorer.score_multi(list(references), summary)
        rows.append([1.0, *(found[name].fmeasure for name in _ROUGE)])

    def scores_of(sums: Doubles) -> Mapping[str, float]:
        names = ("ROUGE-1", "ROUGE-2", "ROUGE-L")
        return {name: ratio(one, sums[0]) for name, one in zip(names, sums[1:], strict=True)}

    return Scored(np.array(rows, dtype=np.float64), scores_of)
