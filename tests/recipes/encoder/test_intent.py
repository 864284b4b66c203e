"""The head of intent: what is unknown is not learned, and an older model gets a new head."""

from __future__ import annotations

import random
from pathlib import Path

import torch

from recipes.encoder.base import SPECIAL, unigram_tokenizer
from recipes.encoder.batches import intent_rows, loss_of
from recipes.encoder.data.intent import CLASSES, UNKNOWN, IntentText, labelled
from recipes.encoder.data.intent_phrases import IntentPhrases
from recipes.encoder.intent_head import first_states, fit_head
from recipes.encoder.intent_scores import FEWEST, by_hand, intents, of_class
from recipes.encoder.model import load, save
from tests.support.shared_checkpoints import tiny_joint_model

TOKENIZER = unigram_tokenizer([(piece, 0.0) for piece in (*SPECIAL, "▁", "a", "b")])


def test_what_a_source_does_not_say_has_no_gradient() -> None:
    model = tiny_joint_model(8)
    model.dropout.p = 0.0
    texts = [labelled("a", complaint=1, question=0), labelled("b", complaint=0)]
    rows = intent_rows(TOKENIZER, texts)
    loss_of(model, rows, [0, 1], 1).backward()
    gradient = model.intent.bias.grad
    assert gradient is not None
    moved = gradient.abs() > 0
    assert [CLASSES[i] for i in moved.nonzero().flatten()] == ["complaint", "question"]


def test_a_batch_of_which_nothing_is_known_costs_nothing() -> None:
    rows = intent_rows(TOKENIZER, [IntentText("a", (UNKNOWN,) * 5)])
    assert loss_of(tiny_joint_model(8), rows, [0], 1).item() == 0


def test_a_model_from_before_the_head_is_loaded_with_a_new_one(tmp_path: Path) -> None:
    model = tiny_joint_model(8)
    save(model, TOKENIZER, tmp_path)
    state = torch.load(tmp_path / "weights.pt", weights_only=True)
    kept = {name: weight for name, weight in state.items() if not name.startswith("intent")}
    assert len(kept) < len(state)
    torch.save(kept, tmp_path / "weights.pt")
    again, tokenizer = load(tmp_path)
    assert torch.equal(again.sentiment.weight, model.sentiment.weight)
    assert intents(again, tokenizer, ["a", "ab"]).shape == (2, len(CLASSES))


def test_the_head_is_fitted_to_an_encoder_that_stays_as_it_is() -> None:
    torch.manual_seed(1)
    model = tiny_joint_model(8)
    for weight in model.encoder.parameters():
        # So large that two letters are two states.
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=0.5)
    texts = [labelled(text, complaint=int("a" in text)) for text in ("a", "b", "ba", "bb")]
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    states = first_states(model, TOKENIZER, [text.text for text in texts])
    assert fit_head(model, states, texts, 600) < 0.3
    said = intents(model, TOKENIZER, [text.text for text in texts])[:, 0] > 0.5
    assert said.tolist() == [True, False, True, False]
    after = model.state_dict()
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert changed == {
        f"{part}.{kind}" for part in ("intent", "intent_pooler") for kind in ("weight", "bias")
    }


def test_texts_by_hand_know_all_classes_and_are_no_texts_of_templates() -> None:
    rows = by_hand()
    assert len(rows) > 140 and all(UNKNOWN not in row.labels for row in rows)
    for number in range(len(CLASSES)):
        assert sum(row.labels[number] for row in rows) >= FEWEST
    phrases = IntentPhrases()
    rng = random.Random(2)
    made = {phrases.draw(rng).text.casefold() for _ in range(3000)}
    assert not made & {row.text.casefold() for row in rows}


def test_a_class_is_measured_on_what_is_known_of_it() -> None:
    rows = [IntentText("", (1,) * 5)] * 30 + [IntentText("", (0,) * 5)] * 30
    rows += [IntentText("", (UNKNOWN,) * 5)] * 40
    probabilities = torch.zeros(100, 5)
    probabilities[:20] = 0.9  # 20 of 30 found
    probabilities[30:40] = 0.9  # 10 that are not
    probabilities[60:] = 0.9
    measures = of_class(rows, probabilities, 2)
    assert measures is not None
    assert [round(measure, 3) for measure in measures] == [0.667, 0.667, 0.667]
    assert of_class(rows[:45], probabilities, 2) is None, "too few of one kind"
