"""The head of intent: what is unknown is not learned, and an older model gets a new head."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from recipes.encoder.base import SPECIAL, unigram_tokenizer
from recipes.encoder.batches import intent_rows, loss_of
from recipes.encoder.data.intent import CLASSES, UNKNOWN, IntentText, labelled
from recipes.encoder.intent_scores import intents, of_class
from recipes.encoder.model import JointModel, load, save


def joint_model() -> JointModel:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=8,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=8,
        pad_token_id=1,
    )
    return JointModel(BertModel(config, add_pooling_layer=False))


TOKENIZER = unigram_tokenizer([(piece, 0.0) for piece in (*SPECIAL, "▁", "a", "b")])


def test_what_a_source_does_not_say_has_no_gradient() -> None:
    model = joint_model()
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
    assert loss_of(joint_model(), rows, [0], 1).item() == 0


def test_a_model_from_before_the_head_is_loaded_with_a_new_one(tmp_path: Path) -> None:
    model = joint_model()
    save(model, TOKENIZER, tmp_path)
    state = torch.load(tmp_path / "weights.pt", weights_only=True)
    kept = {name: weight for name, weight in state.items() if not name.startswith("intent")}
    assert len(kept) < len(state)
    torch.save(kept, tmp_path / "weights.pt")
    again, tokenizer = load(tmp_path)
    assert torch.equal(again.sentiment.weight, model.sentiment.weight)
    assert intents(again, tokenizer, ["a", "ab"]).shape == (2, len(CLASSES))


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
