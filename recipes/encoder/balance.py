"""Set how readily the model says "neutral", on texts that it was not trained on.

Run `python -m recipes.encoder.balance --model FOLDER --data FOLDER` on what `train` has written. It
learned from sets in which neutral is far more common than among reviews, so that it says it too
often there. One number is chosen, added to the logit of neutral: the one with the best mean of the
scores of all sets that it was trained on parts of; sets that are away from home have no say.
"""

from __future__ import annotations

import argparse
import logging
import math
import random
from pathlib import Path
from statistics import fmean

import torch

from recipes.encoder.data.sentiment import NEUTRAL
from recipes.encoder.model import load, save
from recipes.encoder.score import macro_f1, polarities, sentiment_sets

log = logging.getLogger("recipes.encoder.balance")
#: What the probability of neutral may be multiplied by.
FACTORS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
TEXTS = 300


def main() -> None:
    """Choose, save and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="what `train` has written")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    model, tokenizer = load(options.model)
    rng = random.Random(1)
    scores: dict[float, list[float]] = {factor: [] for factor in FACTORS}
    for name, texts in sentiment_sets(options.data).items():
        if name.startswith("away"):
            continue
        some = rng.sample(texts, min(TEXTS, len(texts)))
        likely = polarities(model, tokenizer, [text.text for text in some])
        wanted = [text.label for text in some]
        for factor, of_sets in scores.items():
            weights = torch.ones(likely.shape[1])
            weights[NEUTRAL] = factor
            of_sets.append(macro_f1(wanted, (likely * weights).argmax(1).tolist()))
    best = max(FACTORS, key=lambda factor: fmean(scores[factor]))
    with torch.no_grad():
        model.sentiment.bias[NEUTRAL] += math.log(best)
    save(model, tokenizer, options.model)
    log.info(
        "neutral times %s: mean of macro-F1 %.3f, before %.3f",
        best,
        fmean(scores[best]),
        fmean(scores[1.0]),
    )


if __name__ == "__main__":
    main()
