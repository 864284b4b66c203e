"""Which task an analysis is, made of the texts that people labelled for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from schema.intents import NO_INTENT
from workers.calibrate.examples import DataError
from workers.train.sources import Source
from workers.train.tasks.answers import AnswerTask, as_answers
from workers.train.tasks.classification import (
    ClassificationTask,
    as_classes,
    as_polarities,
    check_classes,
)
from workers.train.tasks.entities import EntityTask, check_entities
from workers.train.tasks.intents import IntentTask, as_intents, check_intents
from workers.train.tasks.task import Task


class Chosen(NamedTuple):
    """A task, and the labelled texts as it takes them."""

    task: Task
    sources: Sequence[Source]


def choose_task(analysis: str, sources: Sequence[Source], allowed: Sequence[str]) -> Chosen:
    """Check labelled texts, and make the task of them.

    Args:
        analysis: That learns.
        sources: Each with its own way of writing labels.
        allowed: The only labels that there may be; none for whatever there is.

    Raises:
        DataError: Names the row, the column and what to do.
    """
    if analysis == "entities":
        return Chosen(EntityTask(check_entities(sources)), sources)
    if analysis == "qa":
        sources = [as_answers(one) for one in sources]
        return Chosen(AnswerTask([one for each in sources for one in each.examples]), sources)
    if analysis == "intent":
        sources = [as_intents(one) for one in sources]
        return Chosen(IntentTask(check_intents(sources)), sources)
    if analysis == "sentiment":
        sources = [as_polarities(one) for one in sources]
        return Chosen(ClassificationTask(check_classes(sources)), sources)
    sources = as_classes(sources, allowed)
    return Chosen(ClassificationTask(check_classes(sources)), sources)


def check_known(task: Task, source: Source) -> None:
    """Make sure that texts to validate with have no label that the model never gives.

    Raises:
        DataError: Names the row.
    """
    for one in source.examples:
        for label in task.labels_of(one):
            if label not in (*task.names, NO_INTENT):
                raise DataError(
                    f"{source.where(one)}: the label is none of those to learn from: "
                    f"{', '.join(task.names)}; correct it, or add such texts to --data"
                )
