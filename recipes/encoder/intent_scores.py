"""Scores of the head of intent on texts that it was not trained on: precision, recall and F1 of
each class at a probability of one half.

`python -m recipes.encoder.intent_scores --model FOLDER --data FOLDER`; `recipes.encoder.score` has
them, too. A class is measured on the texts of which a set says whether they are of it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from recipes.batching import padded_batches
from recipes.encoder.data.files import json_lines
from recipes.encoder.data.intent import CLASSES, UNKNOWN, IntentText, labelled
from recipes.encoder.data.intent_data import measured
from recipes.encoder.data.intent_phrases import IntentPhrases
from recipes.encoder.data.intent_sources import SOURCES
from recipes.encoder.data.reader_reviews import ReaderReviews
from recipes.encoder.data.tickets import Tickets
from recipes.encoder.model import JointModel, load

#: In the form that `triage calibrate intent` reads, too.
BY_HAND = Path(__file__).parent / "data" / "intent_check.jsonl"
#: Texts made of templates that are not trained on.
MADE = 1000
#: Texts of a class, and of none, that a set has at least if it is measured on it.
FEWEST = 20


@torch.inference_mode()
def intents(model: JointModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]) -> Tensor:
    """Probabilities (texts, classes)."""
    model.eval()
    ids = tokenizer(list(texts), truncation=True, max_length=256)["input_ids"]
    found = torch.zeros(len(texts), len(CLASSES))
    for batch in padded_batches(ids, tokenizer.pad_token_id):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model.intent_logits(model.states(batch.ids, batch.attention))
        found[batch.places] = logits.float().sigmoid()
    return found


def by_hand() -> list[IntentText]:
    """Texts in seven languages, written and labelled by hand without a look at the templates'
    words; all classes are known of each.
    """
    rows = json_lines(BY_HAND)
    return [
        labelled(row["text"], **{name: int(name in row["intents"].split(", ")) for name in CLASSES})
        for row in rows
    ]


def of_class(
    rows: Sequence[IntentText], probabilities: Tensor, number: int
) -> tuple[float, float, float] | None:
    """Precision, recall and F1 of a class; None where the set has too few texts of it, or not."""
    known = [i for i, row in enumerate(rows) if row.labels[number] != UNKNOWN]
    wanted = [rows[i].labels[number] == 1 for i in known]
    if min(sum(wanted), len(wanted) - sum(wanted)) < FEWEST:
        return None
    said = [bool(probabilities[i, number] > 0.5) for i in known]
    right = sum(w and s for w, s in zip(wanted, said, strict=True))
    precision, recall = right / max(1, sum(said)), right / sum(wanted)
    return precision, recall, 2 * right / (sum(said) + sum(wanted))


def intent_report(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, data: Path, most: int = 0
) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of each class on each set, of `most` texts of it, or of all."""
    rng = random.Random(9)
    phrases, tickets = IntentPhrases(measured=True), Tickets(measured=True)
    for_readers = ReaderReviews(measured=True)
    sets: dict[str, Sequence[IntentText]] = {
        "by hand": by_hand(),
        "templates": [phrases.draw(rng) for _ in range(most or MADE)],
        "tickets": [tickets.draw(rng) for _ in range(most or MADE)],
        "reader reviews": [for_readers.draw(rng) for _ in range(most or MADE)],
    }
    for source in SOURCES:
        texts = measured(source, data)
        sets[source.name] = rng.sample(texts, min(most or len(texts), len(texts)))
    scores = {}
    for name, rows in sets.items():
        probabilities = intents(model, tokenizer, [row.text for row in rows])
        for number, label in enumerate(CLASSES):
            if measures := of_class(rows, probabilities, number):
                p, r, f1 = (round(measure, 3) for measure in measures)
                scores[f"intent {name} {label}"] = (p, r, f1)
    return scores


def main() -> None:
    """Print the scores of a model as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=0, help="texts of each set; 0 for all")
    options = parser.parse_args()
    model, tokenizer = load(options.model)
    scores = intent_report(model, tokenizer, options.data, options.most)
    print("\n".join(f"{name}: {json.dumps(measures)}" for name, measures in scores.items()))


if __name__ == "__main__":
    main()
