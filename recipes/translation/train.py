"""Train the pocket translation model (English to German) from nothing.

    python -m recipes.translation.train --data DIR --output DIR [--minutes M] [--start CHECKPOINT]

DIR holds the sets in `parallel/` and `topics/`. With `--start`, an earlier one of these models is
trained on, with its vocabulary. The run goes: joint SentencePiece unigram vocabulary,
training on noisy, partly joined pairs with sampled segmentations, a running average of the
weights, export in half precision, evaluation of the exported checkpoint, model card. The
learning rate follows the clock, so that it reaches zero when `--minutes` are over on any
machine. Data order, initialisation and dropout follow `--seed`. A run that was interrupted
goes on from `--state`.

Sources: Vaswani et al. 2017, "Attention Is All You Need" (model); Junczys-Dowmunt et al. 2018,
"Marian: Fast Neural Machine Translation in C++" (checkpoint format); Kudo 2018, "Subword
Regularization" (unigram vocabulary, sampled segmentations); Kudo and Richardson 2018,
"SentencePiece"; Sennrich and Zhang 2019, "Revisiting Low-Resource Neural Machine Translation"
(small vocabulary and batches for small data).
"""

import argparse
import logging
import random
import shutil
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import sentencepiece
import torch
from torch import Tensor
from torch.multiprocessing.spawn import spawn as start_processes
from transformers import MarianMTModel

from recipes.translation.card import evaluate, read_feedback, score, translate, write_card
from recipes.translation.checkpoint import (
    export,
    load_pieces,
    marian_config,
    train_vocabulary,
    with_weights,
)
from recipes.translation.fit import Example, Fit, Recipe, Team, averaged_weights, epochs_done
from recipes.translation.pairs import TATOEBA, Pair, Split, joined, noisy, read_tatoeba
from recipes.translation.sources import training_pairs
from recipes.translation.templates import Feedback

logger = logging.getLogger(__name__)

VOCABULARY = 6000
HELD_BACK = 1000
FILLINGS = 16
JOINED = 0.15
FEEDBACK_JOINED = 0.4
SAMPLED = 0.25
LONGEST_TOKENS = 120
SAMPLES = 10


def epoch_pairs(data: Split, feedback: Feedback, draw: random.Random) -> list[Pair]:
    """One epoch of sentence pairs: Tatoeba and fresh feedback, partly joined, some noisy."""
    customer = data.allowed(feedback.draw(FILLINGS, draw))
    others = joined(data.others, JOINED, draw)
    pairs = joined(data.training, JOINED, draw) + joined(customer, FEEDBACK_JOINED, draw) + others
    return [noisy(pair, draw) for pair in pairs]


def epoch_examples(data: Split, feedback: Feedback, tokens: Path, fit: Fit) -> list[Example]:
    """One epoch as token ids.

    A quarter of the sources is segmented by sampling (Kudo 2018), which stands in for a larger
    training set; the targets always have their best segmentation.
    """
    seed = fit.recipe.seed * 7919 + fit.epoch
    draw = random.Random(seed)
    sentencepiece.set_random_generator_seed(seed)
    pieces = load_pieces(tokens / "source.spm")
    pairs = epoch_pairs(data, feedback, draw)
    sources = [
        pieces.encode(p.english, add_eos=True, enable_sampling=True, alpha=0.2, nbest_size=-1)
        if draw.random() < SAMPLED
        else pieces.encode(p.english, add_eos=True)
        for p in pairs
    ]
    targets = pieces.encode([p.german for p in pairs], add_eos=True)
    return [
        (source, target)
        for source, target in zip(sources, targets, strict=True)
        # What the vocabulary cannot write is not to be learned.
        if max(len(source), len(target)) <= LONGEST_TOKENS and pieces.unk_id() not in target
    ]


def read(arguments: argparse.Namespace) -> Split:
    """The pairs of `--data`, split."""
    others = training_pairs(arguments.data)
    return Split(read_tatoeba(arguments.data / "parallel" / TATOEBA), HELD_BACK, others)


def begun(start: Path | None) -> MarianMTModel:
    """A fresh model, or an earlier one in float32."""
    if start is None:
        return MarianMTModel(marian_config(VOCABULARY))
    model: MarianMTModel = MarianMTModel.from_pretrained(start, dtype=torch.float32)
    return model


def train(rank: int, arguments: argparse.Namespace, gradients: Tensor, barrier: Barrier) -> None:
    """What each of the processes does: the whole training, in step with the others."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    model = begun(arguments.start)
    recipe = Recipe(arguments.minutes, arguments.seed, peak_rate=arguments.rate)
    team = Team(gradients, barrier, rank)
    fit = Fit(model, recipe, team, arguments.state / "fit.pt")
    data, feedback = read(arguments), Feedback()
    fit.run(
        lambda f: epoch_examples(data, feedback, arguments.state, f),
        lambda f: check(f, data, arguments.state),
    )


def publish(state: Path, output: Path, data: Split) -> None:
    """Export the averaged weights, evaluate the exported checkpoint and write its card."""
    config = marian_config(VOCABULARY)
    weights = averaged_weights(state / "fit.pt", MarianMTModel(config))
    export(weights, config, state, output)
    tatoeba, translations = evaluate(output, data.held_back)
    feedback = read_feedback()
    german = translate(output, [pair.english for pair in feedback])
    write_card(
        output,
        parameters=sum(weight.numel() for weight in weights.values()),
        pairs=len(data.training),
        templates=len(Feedback().templates),
        epochs=epochs_done(state / "fit.pt"),
        tatoeba=tatoeba,
        feedback=score(german, [[pair.german] for pair in feedback]),
        samples=[
            *list(zip(data.held_back, translations, strict=True))[:SAMPLES],
            *list(zip([pair.english for pair in feedback], german, strict=True))[:SAMPLES],
        ],
    )
    logger.info("%s", tatoeba)


def main() -> None:
    """Read the arguments, train, export and evaluate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--start", type=Path, help="an earlier checkpoint of this model")
    parser.add_argument("--rate", type=float, default=1e-3, help="highest learning rate")
    parser.add_argument("--output", type=Path, required=True, help="where the checkpoint goes")
    parser.add_argument("--state", type=Path, help="working folder (default: OUTPUT/state)")
    parser.add_argument("--minutes", type=float, default=100.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    arguments.state = arguments.state or arguments.output / "state"
    arguments.state.mkdir(parents=True, exist_ok=True)

    data = read(arguments)
    logger.info("%d training pairs, %d held back", len(data.training), len(data.held_back))
    if arguments.start:
        for name in ("vocab.json", "source.spm", "target.spm"):
            shutil.copyfile(arguments.start / name, arguments.state / name)
    elif not (arguments.state / "vocab.json").exists():
        pairs = epoch_pairs(data, Feedback(), random.Random(arguments.seed))
        sentences = (side for pair in pairs for side in pair)
        train_vocabulary(sentences, VOCABULARY, arguments.state)
    model = MarianMTModel(marian_config(VOCABULARY))
    parameters = sum(p.numel() for p in model.parameters() if p.requires_grad)
    logger.info("%d parameters", parameters)
    gradients = torch.zeros(2, arguments.processes, parameters + 1)
    barrier = get_context("spawn").Barrier(arguments.processes)
    start_processes(train, (arguments, gradients, barrier), nprocs=arguments.processes, join=True)
    publish(arguments.state, arguments.output, data)


def check(fit: Fit, data: Split, tokens: Path) -> None:
    """Log the loss of the averaged weights on the held-back pairs (first reference)."""
    started = time.monotonic()
    pieces = load_pieces(tokens / "source.spm")
    model = with_weights(fit.averaged_weights(), fit.model.config)
    total = count = 0.0
    with torch.inference_mode():
        for english, germans in data.held_back.items():
            ids = torch.tensor([pieces.encode(english, add_eos=True)])
            labels = torch.tensor([pieces.encode(germans[0], add_eos=True)])
            total += model(input_ids=ids, labels=labels).loss.item() * labels.numel()
            count += labels.numel()
    logger.info(
        "epoch %d step %d held-back loss %.4f (%.0f s)",
        fit.epoch, fit.step, total / count, time.monotonic() - started,
    )  # fmt: skip


if __name__ == "__main__":
    main()
