"""Judging what a model says by what people say: by analysis, with the field's metrics."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from schema.catalog.own_labels import NONE
from schema.languages import read_language
from schema.polarity import Polarity
from schema.results import Result
from schema.results.answer import Answer
from schema.results.base import Label
from schema.results.entity import Entity
from schema.results.intent import FoundIntent
from schema.results.language import DetectedLanguage
from schema.results.sentiment import Sentiment
from schema.results.summary import Summary
from schema.results.translation import Translation
from workers.analyses.intent import IntentAnalysis
from workers.analyses.sentiment import SentimentAnalysis
from workers.analysis import Analysis
from workers.calibrate.examples import DataError, Example
from workers.calibrate.intent_sample import intents_of
from workers.calibrate.truths import truths
from workers.classification.analysis import ClassificationAnalysis
from workers.evaluate.answers import exact_match, score_answers
from workers.evaluate.classes import confusion, score_label_sets, score_labels
from workers.evaluate.score import Scored
from workers.evaluate.spans import score_spans
from workers.evaluate.texts import score_summaries, score_translations
from workers.own_labels.labelled import LabelledAnalysis


@dataclass(frozen=True, slots=True)
class Verdict:
    """An example, what people say of it, what the model says, and whether that is the same."""

    line: int
    wanted: str
    said: str
    right: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Attributes: scored: The scores. verdicts: By example; none for texts that a model writes, of
    which none is wholly right. confusion: Of labels, as (people, model, texts).
    """

    scored: Scored
    verdicts: Sequence[Verdict] = ()
    confusion: Sequence[tuple[str, str, int]] = ()


_Results = Sequence[Sequence[Result]]


def judge(analysis: Analysis, examples: Sequence[Example], results: _Results) -> Evaluation:
    """Judge the results of examples.

    Raises:
        DataError: If what people say cannot be compared with them, or a library is missing.
    """
    if isinstance(analysis, IntentAnalysis):
        return _intents(examples, results)
    if isinstance(analysis, LabelledAnalysis) and analysis.own.multiple:
        return _label_sets(analysis, examples, results)
    if isinstance(analysis, ClassificationAnalysis):
        return _labels(_people(analysis, examples), examples, results)
    judges: dict[str, Callable[[Sequence[Example], _Results], Evaluation]] = {
        "language": _languages,
        "entities": _entities,
        "qa": _answers,
        "summary": _summaries,
        "translation": _translations,
    }
    if analysis.name not in judges:
        raise DataError(f"{analysis.name} gives nothing that a label could be compared with")
    return judges[analysis.name](examples, results)


def _people(analysis: ClassificationAnalysis, examples: Sequence[Example]) -> list[str]:
    """The labels of people, as the model writes them, where it knows them."""
    if isinstance(analysis, SentimentAnalysis):
        found = [str(analysis.classes[place]) for place in truths(analysis, examples)]
        # A polarity is one for every model, whatever the catalog says that its label means.
        given = [str(example.label).casefold() for example in examples]
        return [
            one if one in set(Polarity) else named for one, named in zip(given, found, strict=True)
        ]
    own = {label.casefold(): label for label in analysis.classes}
    said = [str(example.label) for example in examples]
    if not any(label.casefold() in own for label in said):
        raise DataError(
            f"line {examples[0].line}, and all others: the label names none of "
            f"{', '.join(analysis.classes)}; name the column of the labels with --label"
        )
    return [own.get(label.casefold(), label) for label in said]


def _labels(wanted: Sequence[str], examples: Sequence[Example], results: _Results) -> Evaluation:
    said, sure = [], []
    for (result,) in results:
        if isinstance(result, DetectedLanguage):
            said.append(result.language)
        else:
            assert isinstance(result, Label)
            polarity = result.polarity if isinstance(result, Sentiment) else None
            said.append(str(polarity or result.label))
        sure.append(not getattr(result, "unsure", False))
    verdicts = [
        Verdict(example.line, gold, label, gold == label)
        for example, gold, label in zip(examples, wanted, said, strict=True)
    ]
    return Evaluation(score_labels(wanted, said, sure), verdicts, confusion(wanted, said))


def _languages(examples: Sequence[Example], results: _Results) -> Evaluation:
    wanted = [read_language(str(one.label)) or str(one.label) for one in examples]
    return _labels(wanted, examples, results)


def _intents(examples: Sequence[Example], results: _Results) -> Evaluation:
    wanted = [{str(one) for one in intents_of(example)} or {"none"} for example in examples]
    said = []
    for found in results:
        sure = [one for one in found if isinstance(one, FoundIntent) and not one.unsure]
        said.append({str(one.intent) for one in sure} or {"none"})
    return _of_sets(examples, wanted, said)


def _label_sets(
    analysis: LabelledAnalysis, examples: Sequence[Example], results: _Results
) -> Evaluation:
    own = {name.casefold(): name for name in analysis.own.names}
    wanted = []
    for example in examples:
        given = example.label if isinstance(example.label, list) else [example.label]
        names = [one.strip() for part in given for one in re.split("[,;]", str(part))]
        wanted.append({own.get(one.casefold(), one) for one in names if one} or {NONE})
    said = []
    for found in results:
        sure = [one for one in found if isinstance(one, Label) and not one.unsure]
        said.append({one.label for one in sure} or {NONE})
    return _of_sets(examples, wanted, said)


def _of_sets(
    examples: Sequence[Example], wanted: Sequence[set[str]], said: Sequence[set[str]]
) -> Evaluation:
    verdicts = [
        Verdict(example.line, ", ".join(sorted(gold)), ", ".join(sorted(one)), gold == one)
        for example, gold, one in zip(examples, wanted, said, strict=True)
    ]
    return Evaluation(score_label_sets(wanted, said), verdicts)


def _entities(examples: Sequence[Example], results: _Results) -> Evaluation:
    wanted, said = [], []
    for example, found in zip(examples, results, strict=True):
        wanted.append([(one["type"], one["start"], one["end"]) for one in example.label])
        sure = [one for one in found if isinstance(one, Entity) and not one.unsure]
        said.append([(one.type, one.start, one.end) for one in sure])
    verdicts = [
        Verdict(example.line, _spans(gold), _spans(one), set(gold) == set(one))
        for example, gold, one in zip(examples, wanted, said, strict=True)
    ]
    return Evaluation(score_spans([one.text for one in examples], wanted, said), verdicts)


def _spans(spans: Sequence[tuple[str, int, int]]) -> str:
    return ", ".join(f"{kind} {start}-{end}" for kind, start, end in sorted(spans, key=_start))


def _start(span: tuple[str, int, int]) -> int:
    return span[1]


def _answers(examples: Sequence[Example], results: _Results) -> Evaluation:
    wanted = [_several(example.label) for example in examples]
    said = [next((one.answer for one in found if isinstance(one, Answer)), "") for found in results]
    verdicts = [
        Verdict(example.line, " / ".join(gold) or "(none)", answer or "(none)", bool(right))
        for example, gold, answer in zip(examples, wanted, said, strict=True)
        for right in [exact_match(gold, answer)]
    ]
    return Evaluation(score_answers(wanted, said), verdicts)


def _several(label: Any) -> list[str]:
    given = label if isinstance(label, list) else [label]
    return [str(one) for one in given if one not in (None, "")]


def _summaries(examples: Sequence[Example], results: _Results) -> Evaluation:
    said = [one.summary for (one,) in results if isinstance(one, Summary)]
    return Evaluation(score_summaries([_several(one.label) for one in examples], said))


def _translations(examples: Sequence[Example], results: _Results) -> Evaluation:
    said = [one.translation for (one,) in results if isinstance(one, Translation)]
    return Evaluation(score_translations([_several(one.label) for one in examples], said))
