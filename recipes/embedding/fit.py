"""Make the built-in vectors: the base as it is, and a linear layer that turns its means into what
all-MiniLM-L6-v2 says of the same text, or of its English translation.

`python -m recipes.embedding.fit --start FOLDER --teacher FOLDER --data FOLDER --output
workers/pocket`. The base is not trained further: sentiment, entities and answers make an encoder
forget what texts are about (banking77 by themes: ARI .35 with one encoder for all, .48 so).
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig

from recipes.embedding.layout import write_modules
from recipes.embedding.meanings import Meaning, MeaningData
from recipes.embedding.means import means_of
from recipes.embedding.teacher import Teacher
from recipes.encoder.export import write_encoder, write_reference
from recipes.encoder.model import load

#: What the base was trained to have before a text; the catalog's [embedding] says the same.
PREFIX = "query: "
ENCODER, HEAD = "sentence_encoder", "embedding"
#: Weight of the penalty, as a share of the means' variance.
RIDGE = 1e-3
#: Share of the texts that the layer is not fitted to, to say how near it comes.
MEASURED = 0.02


def drawn(data: Path, count: int, seed: int) -> list[Meaning]:
    """So many texts of all kinds."""
    rng, meanings = random.Random(seed), MeaningData(data)
    found: dict[str, Meaning] = {}
    while len(found) < count:
        before = len(found)
        found |= {one.text: one for one in meanings.epoch(rng)}
        if len(found) == before:
            break
    return list(found.values())[:count]


def fit(means: Tensor, wanted: Tensor) -> nn.Linear:
    """The linear layer from means (texts, width) to vectors (texts, width) of least squared error,
    with a penalty on its weights.
    """
    centre = means.double().mean(0)
    centred, goal = means.double() - centre, wanted.double()
    scatter = centred.T @ centred / len(means)
    penalty = RIDGE * scatter.diagonal().mean() * torch.eye(len(scatter), dtype=torch.double)
    weights = torch.linalg.solve(scatter + penalty, centred.T @ goal / len(means))
    layer = nn.Linear(*weights.shape)
    with torch.no_grad():
        layer.weight.copy_(weights.T)
        layer.bias.copy_(goal.mean(0) - centre @ weights)
    return layer


def main() -> None:
    """Fit, write the encoder and its head, and print how near the vectors are to the teacher's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--start", type=Path, required=True, help="`start` of an encoder's training"
    )
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="folder of the folders")
    parser.add_argument("--texts", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    model, tokenizer = load(options.start)
    # First of all, so that the layer is fitted to what was stored.
    sha256 = write_encoder(model.encoder, tokenizer, options.output / ENCODER)
    meanings = drawn(options.data, options.texts, options.seed)
    wanted = Teacher(options.teacher, options.start).vectors([m.english for m in meanings]).float()
    means = means_of(model.encoder, tokenizer, [m.text for m in meanings], PREFIX)
    apart = round(len(meanings) * MEASURED)
    layer = fit(means[apart:], wanted[apart:])
    head = options.output / HEAD
    config = BertConfig.from_dict(model.encoder.config.to_dict())
    config.architectures = ["BertModel"]
    head.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(head)
    write_reference(head, ENCODER, sha256)
    write_modules(head, layer)
    with torch.inference_mode():
        near = functional.cosine_similarity(layer(means[:apart]), wanted[:apart]).mean()
    print(f"cosine with the teacher's, of {apart:,} texts that were left out: {near:.3f}")


if __name__ == "__main__":
    main()
