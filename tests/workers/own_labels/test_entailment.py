"""Labels by natural language inference: what Transformers 4.57.6 gives, in any batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.catalog.own_labels import NONE, OwnLabel, OwnLabels
from schema.results import Result
from schema.results.base import Label
from tests.support.checkpoints import fingerprint
from tests.support.entailment_checkpoints import ENTAILMENT, ENTAILMENT_WINDOW, build_bert
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse, reference
from tests.workers.reference.record_entailment import ASKED, LABELS
from workers.analyses import load_analysis
from workers.analysis import Analysis
from workers.errors import ModelError

REFERENCE = reference("entailment")
TEXTS = SHORT[:12] + long_texts(200, 3, seed=4)


def load(
    folder: Path, labels: tuple[str, ...] = LABELS, max_length: int | None = None, **own: Any
) -> Analysis:
    said = OwnLabels(labels=tuple(OwnLabel(name=one) for one in labels), **own)
    entry = CatalogEntry(
        model=str(folder), own_labels=said, options=EntryOptions(max_length=max_length)
    )
    return load_analysis("topics", Catalog("test", {"topics": entry}), "cpu")


def scores(results: list[Result], labels: tuple[str, ...] = LABELS) -> list[float]:
    first = results[0]
    assert isinstance(first, Label) and first.probabilities is not None
    return [first.probabilities[label] for label in labels]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_bert(tmp_path_factory.mktemp("bert"))


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("kind", ENTAILMENT)
def test_scores_are_those_of_the_pipeline(kind: str, asked: str, tmp_path: Path) -> None:
    recorded = REFERENCE["checkpoints"][kind]
    checkpoint = ENTAILMENT[kind](tmp_path / kind)
    assert fingerprint(checkpoint) == recorded["fingerprint"]
    labels, hypothesis, multiple = ASKED[asked]
    # A comma stands between labels where there may be several.
    names = tuple(label.replace(",", " -") for label in labels)
    said = OwnLabels(
        labels=tuple(
            OwnLabel(name=name, description=label)
            for name, label in zip(names, labels, strict=True)
        ),
        hypothesis=hypothesis,
        multiple=multiple,
    )
    entry = CatalogEntry(model=str(checkpoint), own_labels=said)
    analysis = load_analysis("topics", Catalog("test", {"topics": entry}), "cpu")
    assert analysis.packs == (kind != "bart")
    found = analyse(analysis, REFERENCE["texts"], shuffle=1)
    spread = []
    for text, results, expected in zip(
        REFERENCE["texts"], found, recorded["results"][asked], strict=True
    ):
        assert scores(results, names) == pytest.approx(expected, abs=1e-4), text
        above = [name for name, one in zip(names, expected, strict=True) if one >= 0.5]
        if multiple or len(labels) == 1:
            assert [one.label for one in results if isinstance(one, Label)] == sorted(
                above, key=lambda name: -expected[names.index(name)]
            ) or [NONE]
        else:
            assert isinstance(results[0], Label)
            assert results[0].label == names[int(np.argmax(expected))]
        spread.append(max(expected))
    assert np.std(spread) > 0.01


@pytest.mark.parametrize("batch", [1, 3])
def test_neighbours_change_nothing(bert: Path, batch: int) -> None:
    analysis = load(bert)
    alone = [analyse(analysis, [text])[0] for text in TEXTS]
    together = analyse(analysis, TEXTS, shuffle=batch)
    for one, other in zip(alone, together, strict=True):
        assert scores(one) == pytest.approx(scores(other), abs=1e-5)


@pytest.mark.parametrize("multiple", [False, True])
def test_a_long_text_is_read_in_pieces(bert: Path, multiple: bool) -> None:
    tokenizer = AutoTokenizer.from_pretrained(bert)
    model = AutoModelForSequenceClassification.from_pretrained(bert).eval()
    labels = LABELS[:1] + LABELS[2:]
    hypotheses = [
        tokenizer(f"This example is {label}.", add_special_tokens=False)["input_ids"]
        for label in labels
    ]
    room = ENTAILMENT_WINDOW - 3 - max(map(len, hypotheses))
    for text in long_texts(300, 2, seed=8):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        parts = [ids[start : start + room] for start in range(0, len(ids), room)]
        expected = []
        for part in parts:
            logits = []
            for hypothesis in hypotheses:
                row = [tokenizer.cls_token_id, *part, tokenizer.sep_token_id]
                types = [0] * len(row) + [1] * (len(hypothesis) + 1)
                row += [*hypothesis, tokenizer.sep_token_id]
                with torch.inference_mode():
                    output = model(
                        input_ids=torch.tensor([row]), token_type_ids=torch.tensor([types])
                    )
                logits.append(output.logits[0])
            stacked = torch.stack(logits)
            if multiple:
                expected.append(stacked[:, [2, 0]].softmax(-1)[:, 1].numpy())
            else:
                expected.append(stacked[:, 0].softmax(-1).numpy())
        if multiple:
            whole = np.max(expected, axis=0)
        else:
            whole = np.average(expected, axis=0, weights=[len(part) for part in parts])
        (results,) = analyse(load(bert, labels, multiple=multiple), [text])
        assert isinstance(results[0], Label)
        assert results[0].windows == len(parts) > 2
        assert scores(results, labels) == pytest.approx(whole.tolist(), abs=1e-5)


def test_a_text_may_have_none(bert: Path) -> None:
    (results,) = analyse(load(bert, none_below=1.0), [SHORT[4]])
    (result,) = results
    assert isinstance(result, Label)
    assert (result.label, result.unsure) == (NONE, False)
    assert result.score == pytest.approx(1 - max(scores(results)))


def test_its_identity_is_made_of_labels_and_hypothesis(bert: Path) -> None:
    def options(*args: Any, **said: Any) -> dict[str, Any]:
        (model,) = load(bert, *args, **said).provenance()
        return model.options

    plain = options()
    assert plain == options()
    others = [
        options(LABELS[:4]),
        options(LABELS[::-1]),
        options(hypothesis="It is about {}."),
        options(multiple=True),
        options(none_below=0.3),
    ]
    assert all(one != plain for one in others)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("no", "maybe", "yes"), r"no class called entailment.*'no', 'maybe', 'yes'"),
        (("entailment",), r"no class called entailment"),
    ],
)
def test_a_model_without_entailment_is_refused(
    names: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=says):
        load(build_bert(tmp_path / "bert", names))


def test_a_hypothesis_that_leaves_no_room_is_refused(bert: Path) -> None:
    with pytest.raises(ModelError, match="'good good.*describe it in fewer words"):
        load(bert, ("good " * 20, "bad"), max_length=40)
