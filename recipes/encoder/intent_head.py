"""Fit the head of intent to the encoder as it is.

A joint training has few steps for each task, and rare classes, as churn risk, need more. What the
encoder says of a text's first token is computed once, and the head is fitted to that for as long as
it takes, which is seconds; nothing else of the model changes.

`python -m recipes.encoder.intent_head --model FOLDER --data FOLDER --output FOLDER`.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from recipes.batching import padded_batches
from recipes.encoder.batches import LONGEST, intent_loss
from recipes.encoder.data.intent import IntentText
from recipes.encoder.data.intent_data import IntentData
from recipes.encoder.data.intent_phrases import of_letter
from recipes.encoder.data.letters import Letters
from recipes.encoder.data.sentiment import NEGATIVE, NEUTRAL, POSITIVE
from recipes.encoder.model import JointModel, load, save

log = logging.getLogger("recipes.encoder.intent_head")
#: Rows of a forward, and of a step of the head.
ROWS, STEP_ROWS = 32, 256
#: Letters of each polarity beside the texts.
LETTERS = 300
RATE = 1e-3


@torch.inference_mode()
def first_states(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> Tensor:
    """What the encoder says of each text's first token, (texts, width)."""
    model.eval()
    ids = tokenizer(list(texts), truncation=True, max_length=LONGEST)["input_ids"]
    found = torch.zeros(len(ids), model.intent.in_features)
    for number, batch in enumerate(padded_batches(ids, tokenizer.pad_token_id, ROWS)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model.states(batch.ids, batch.attention)
        found[batch.places] = states[:, 0].float()
        if number % 100 == 0:
            log.info("%d of %d texts", number * ROWS, len(ids))
    return found


def fit_head(
    model: JointModel, states: Tensor, texts: Sequence[IntentText], steps: int, seed: int = 0
) -> float:
    """Fit the pooler and the classifier of intent; returns the mean loss of the last tenth.

    Args:
        model: Its head is changed, from where it is.
        states: Of the texts, (texts, width).
        texts: With what is known of each.
        steps: Of `STEP_ROWS` texts.
        seed: Of their order.
    """
    generator = torch.Generator().manual_seed(seed)
    parts = [*model.intent_pooler.parameters(), *model.intent.parameters()]
    optimizer = torch.optim.AdamW(parts, lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    labels, losses = [text.labels for text in texts], []
    model.train()
    for _ in range(steps):
        chosen = torch.randint(len(texts), (STEP_ROWS,), generator=generator)
        logits = model.intent_logits(states[chosen].unsqueeze(1))
        loss = intent_loss(logits, [labels[number] for number in chosen.tolist()])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    last = losses[-max(1, steps // 10) :]
    return sum(last) / len(last)


def examples(data: Path, most: int, seed: int) -> list[IntentText]:
    """Texts of an epoch, `most` of them or all, and letters."""
    rng = random.Random(seed)
    letters = Letters()
    drawn = IntentData(data).epoch(rng)
    drawn = drawn[:most] if most else drawn
    made = [
        letters.draw(rng, label) for label in (NEGATIVE, NEUTRAL, POSITIVE) for _ in range(LETTERS)
    ]
    return [*drawn, *(of_letter(letter) for letter in made)]


def main() -> None:
    """Fit the head of a model that `recipes.encoder.train` has saved, and save the whole."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="as training has saved it")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    parser.add_argument("--most", type=int, default=0, help="texts of public sets; 0 for all")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    model, tokenizer = load(options.model)
    texts = examples(options.data, options.most, options.seed)
    states = first_states(model, tokenizer, [text.text for text in texts])
    log.info("loss %.3f", fit_head(model, states, texts, options.steps, options.seed))
    save(model, tokenizer, options.output)


if __name__ == "__main__":
    main()
