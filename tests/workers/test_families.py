"""Families: what is said of each is what is done with it, and what the docs say."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers.models.auto import modeling_auto as auto

from tests.support.packed_models import CONFIGS, model_of
from tests.support.padded_models import FAMILIES as PADDED_FAMILIES
from tests.support.padded_models import padded_model
from tests.support.seq2seq_models import MODELS, build_model
from workers.decoding import convert
from workers.decoding.families import bart, t5
from workers.encoders.conversion import _BODIES, pack
from workers.errors import UnsupportedModelError
from workers.families import FAMILIES, SEES_NO_PADDING, TASKS, Way, way_of
from workers.inventory.families_table import families_lines

MODELS_PAGE = Path(__file__).parents[2] / "docs" / "models.md"
_HEADS = {
    "labels": auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    "entities": auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES,
    "qa": auto.MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES,
    "summary": auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    "translation": auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
}


def types(reads: Way | None = None, writes: Way | None = None) -> set[str]:
    return {
        one.model_type
        for one in FAMILIES
        if (reads is None or one.reads is reads) and (writes is None or one.writes is writes)
    }


def test_what_is_packed_and_what_the_loop_knows_is_what_there_are_converters_for() -> None:
    assert types(reads=Way.PACKED) == _BODIES.keys()
    assert types(writes=Way.LOOP) == {*bart.FAMILY, *t5.FAMILY}
    assert len({one.model_type for one in FAMILIES}) == len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.model_type)
def test_a_task_is_served_where_transformers_has_the_head(family: object) -> None:
    served = {task for task in TASKS if family.serves(task) is not None}  # type: ignore[attr-defined]
    assert served == {task for task, heads in _HEADS.items() if family.model_type in heads}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", CONFIGS)
def test_packed_families_are_packed_in_every_precision(name: str) -> None:
    model = model_of(name, "SequenceClassification")
    (family,) = (one for one in FAMILIES if one.model_type == model.config.model_type)
    assert family.reads is Way.PACKED
    for precision in family.precisions:
        pack(model, precision, False)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PADDED_FAMILIES)
def test_others_are_not(name: str) -> None:
    model = padded_model(name)
    kind = model.config.model_type
    with pytest.raises(UnsupportedModelError):
        pack(model, "fp32", False)
    expected = Way.PADDED if kind in SEES_NO_PADDING else Way.BY_LENGTHS
    assert way_of(kind, writes=False) is expected


@pytest.mark.parametrize("name", MODELS)
def test_families_of_the_loop_are_converted_in_every_precision(name: str) -> None:
    model = build_model(name)
    (family,) = (one for one in FAMILIES if one.model_type == model.config.model_type)
    for precision in family.precisions:
        convert(model, precision)  # type: ignore[arg-type]


def test_what_nobody_has_tried_goes_through_transformers() -> None:
    assert way_of("nystromformer", writes=False) is Way.BY_LENGTHS
    assert way_of("nllb-moe", writes=True) is Way.GENERATE


def test_the_docs_have_the_table_that_the_command_prints() -> None:
    printed = "\n".join(families_lines())
    assert printed in MODELS_PAGE.read_text("utf-8"), (
        "put what `triage models families` prints into docs/models.md"
    )
