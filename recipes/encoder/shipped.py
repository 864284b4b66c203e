"""Fit the head of intent anew to the encoder that the project ships, whose training is not at hand.

`python -m recipes.encoder.shipped --pocket workers/pocket --data FOLDER` writes the head alone;
`--score` says what the head that is there scores.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import random
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from recipes.encoder.data.reader_reviews import ReaderReviews
from recipes.encoder.data.tickets import Tickets
from recipes.encoder.export import ENCODER, HEADS, WEIGHTS, restored, write_head
from recipes.encoder.intent_head import examples, first_states, fit_head
from recipes.encoder.intent_scores import intent_report
from recipes.encoder.model import JointModel

log = logging.getLogger("recipes.encoder.shipped")
#: Tickets and reviews for other customers beside the other texts.
TICKETS, REVIEWS = 6000, 5000
(INTENT,) = [head for head in HEADS if head.folder == "intent"]


def load_shipped(pocket: Path) -> tuple[JointModel, PreTrainedTokenizerFast]:
    """The encoder of a folder as `recipes.encoder.export` wrote it, with its head of intent; the
    other heads are new.
    """
    encoder = BertModel(BertConfig.from_pretrained(pocket / ENCODER), add_pooling_layer=False)
    encoder.load_state_dict(restored(load_file(pocket / ENCODER / WEIGHTS)))
    model = JointModel(encoder)
    head = load_file(pocket / INTENT.folder / WEIGHTS)
    for theirs, ours in INTENT.modules.items():
        part = {name: head[f"{theirs}.{name}"] for name in ("weight", "bias")}
        getattr(model, ours).load_state_dict(part)
    return model, PreTrainedTokenizerFast.from_pretrained(pocket / ENCODER)


def main() -> None:
    """Fit the head of intent, and write it; or score it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pocket", type=Path, required=True, help="folder of the shipped models")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--score", action="store_true", help="say what it scores, and fit nothing")
    parser.add_argument("--most", type=int, default=0, help="texts of each set; 0 for all")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    model, tokenizer = load_shipped(options.pocket)
    if options.score:
        for name, found in intent_report(model, tokenizer, options.data, options.most).items():
            print(f"{name}:", *found)
        return
    rng, tickets, reviews = random.Random(options.seed), Tickets(), ReaderReviews()
    texts = examples(options.data, options.most, options.seed)
    texts += [tickets.draw(rng) for _ in range(TICKETS)]
    texts += [reviews.draw(rng) for _ in range(REVIEWS)]
    states = first_states(model, tokenizer, [text.text for text in texts])
    log.info("loss %.3f", fit_head(model, states, texts, options.steps, options.seed))
    sha256 = hashlib.sha256((options.pocket / ENCODER / WEIGHTS).read_bytes()).hexdigest()
    write_head(model, INTENT, options.pocket / INTENT.folder, sha256)


if __name__ == "__main__":
    main()
