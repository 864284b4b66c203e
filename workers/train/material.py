"""What a model is made of: a task, labelled texts in two parts, and a base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from accelerate import PartialState

from schema.catalog import Catalog
from workers.calibrate.examples import DataError, Example
from workers.train.base import Base, find_base
from workers.train.request import TrainingRequest
from workers.train.sources import GivenTexts, Merged, Source, digest, merge
from workers.train.split import split
from workers.train.tasks.choice import check_known, choose_task
from workers.train.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Material:
    """What a model is made of.

    Attributes:
        task: Made of all examples.
        learn: Texts to learn from.
        validate: Texts to choose the best checkpoint by, numbered from 1.
        base: To begin with.
        merged: What came of putting the texts together.
        record: What the weights depend on.
    """

    task: Task
    learn: Sequence[Example]
    validate: Sequence[Example]
    base: Base
    merged: Merged
    record: dict[str, Any]


def make_material(
    given: GivenTexts, request: TrainingRequest, base: str, catalog: Catalog
) -> Material:
    """Check all that is given, and put it together.

    Args:
        given: Labelled texts.
        request: What is asked for.
        base: As `--base` names it.
        catalog: Of `--models`.

    Raises:
        DataError: Names the row, the column and what to do.
        CatalogError: If the catalog has no such base.
        ModelError: If the base is not there.
    """
    processes = PartialState(cpu=request.device == "cpu").num_processes
    if request.recipe.batch_size % processes:
        raise DataError(
            f"--batch-size {request.recipe.batch_size} cannot be shared by {processes} processes; "
            f"give a multiple of {processes}"
        )
    chosen = choose_task(request.analysis, given.sources, given.allowed)
    found = find_base(base, catalog, chosen.task.auto_model_class)
    merged = merge(chosen.sources)
    if given.validation is None:
        assert given.share is not None
        learn, validate = split(
            merged.examples, given.share, request.recipe.seed, chosen.task.stratum
        )
    else:
        learn, validate = _beside(chosen.task, merged, _as(request, given, given.validation))
    validate = [replace(one, line=number) for number, one in enumerate(validate, start=1)]
    record = {"analysis": request.analysis, **asdict(request.recipe)}
    record |= {"base": base, "base_revision": found.checkpoint.revision, "processes": processes}
    record["examples"] = digest([*learn, *validate])
    return Material(chosen.task, learn, validate, found, merged, record)


def _as(request: TrainingRequest, given: GivenTexts, validation: Source) -> Source:
    """The file to validate with, its labels as those to learn from are written."""
    chosen = choose_task(request.analysis, [*given.sources, validation], given.allowed)
    return chosen.sources[-1]


def _beside(task: Task, merged: Merged, validation: Source) -> tuple[list[Example], list[Example]]:
    """What is learned from has no text of the file to validate with."""
    check_known(task, validation)
    texts = {one.text for one in validation.examples}
    learn = [one for one in merged.examples if one.text not in texts]
    if not learn:
        raise DataError(
            f"{validation.name} has all texts that there are to learn from; give others to "
            "--validation"
        )
    return learn, list(validation.examples)
