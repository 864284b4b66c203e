"""Train the shared encoder of the built-in models: sentiment, entities, answers, vectors at once.

Run `python -m recipes.encoder.train --base e5 --weights FILE --teacher FOLDER --data FOLDER
--output FOLDER`. Begin it anew with the same words and it goes on where it was: every
`--save-every` steps it writes down all that it needs, and the batches of an epoch are drawn from
its number alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast

from recipes.encoder.base import load_e5, load_minilm, prune
from recipes.encoder.batches import TOKENS, loss_of
from recipes.encoder.data.entities import EntityData
from recipes.encoder.data.files import json_lines, lines
from recipes.encoder.data.questions import QuestionData
from recipes.encoder.data.sentiment import SentimentData
from recipes.encoder.e5_file import read_e5
from recipes.encoder.epochs import Epochs
from recipes.encoder.model import JointModel, load, save
from recipes.encoder.score import report
from recipes.encoder.teacher import Teacher

log = logging.getLogger("recipes.encoder.train")
#: Pieces that stay of 250,000.
VOCABULARY = 36_000
#: Steps in which the rate rises.
WARM_UP = 150
EUROPEAN = [
    "ces",
    "dan",
    "deu",
    "ell",
    "eng",
    "est",
    "fin",
    "fra",
    "hrv",
    "hun",
    "ita",
    "lav",
    "lit",
    "nld",
    "nob",
    "pol",
    "por",
    "ron",
    "slk",
    "slv",
    "spa",
    "swe",
    "tur",
    "ukr",
    "rus",
]


def make_base(options: argparse.Namespace) -> tuple[JointModel, PreTrainedTokenizerFast]:
    """The base with fresh heads; of e5, with fewer pieces and, if so asked, fewer layers."""
    if options.base == "minilm":
        encoder, tokenizer = load_minilm(options.weights)
    else:
        encoder, tokenizer = load_e5(options.weights)
        pieces = read_e5(options.weights).pieces
        encoder, tokenizer = prune(
            encoder, tokenizer, pieces, vocabulary_texts(options.data), VOCABULARY
        )
    if options.layers:
        total = encoder.config.num_hidden_layers
        chosen = [round(n * (total - 1) / (options.layers - 1)) for n in range(options.layers)]
        encoder.encoder.layer = torch.nn.ModuleList(encoder.encoder.layer[n] for n in chosen)
        encoder.config.num_hidden_layers = options.layers
    return JointModel(encoder), tokenizer


def vocabulary_texts(data: Path) -> Iterator[str]:
    """Texts in the languages that the vocabulary is to know."""
    yield from SentimentData(data).texts()
    yield from EntityData(data).texts()
    yield from QuestionData(data).texts()
    for row in json_lines(data / "langid/tatoeba_langid.jsonl.gz"):
        if row["lang"] in EUROPEAN:
            yield row["text"]
    for row in json_lines(data / "topics/massive_16_languages.jsonl.zst"):
        yield from (
            row[code] for code in ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
        )
    for name in ("tatoeba_eng_deu", "software_strings_en_de", "ntrex_news_en_de"):
        for line in itertools.islice(lines(data / f"parallel/{name}.tsv.gz"), 60_000):
            yield from line.split("\t")[:2]


def freeze(model: JointModel, layers: int) -> None:
    """Leave the embeddings and the first layers as the base has them: a quarter quicker, and
    languages that the data hardly has stay where they are beside those that it has.
    """
    frozen = [model.encoder.embeddings, *model.encoder.encoder.layer[:layers]] if layers else []
    for module in frozen:
        module.requires_grad_(False)


def optimizer_of(model: JointModel, rate: float) -> torch.optim.AdamW:
    """AdamW over what is not frozen, with ten times the rate for what is new."""
    encoder = set(model.encoder.parameters())
    heads = [p for p in model.parameters() if p not in encoder]
    return torch.optim.AdamW(
        [
            {
                "params": [p for p in model.encoder.parameters() if p.requires_grad],
                "lr": rate,
                "top": rate,
            },
            {"params": heads, "lr": 10 * rate, "top": 10 * rate},
        ],
        weight_decay=0.01,
    )


def train(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, options: argparse.Namespace
) -> None:
    """Train for so many epochs, or so many steps; goes on where a run before it was."""
    state_file = options.output / "training.pt"
    freeze(model, options.frozen)
    optimizer = optimizer_of(model, options.rate)
    done = 0
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
        log.info("goes on after step %d", done)
    teacher = Teacher(options.teacher, options.output)
    focus = (options.focus, options.focus_ratio) if options.focus else None
    epochs = Epochs(options.data, tokenizer, teacher, options.seed, focus)
    step, total, began = 0, options.steps, time.monotonic()
    losses: dict[str, list[float]] = {}
    for number in itertools.count():
        batches = epochs.epoch(number)
        total = total or len(batches) * options.epochs
        if step + len(batches) <= done:
            step += len(batches)
            continue
        for rows, batch in batches:
            step += 1
            if step <= done:
                continue
            share = min(1.0, step / WARM_UP) * max(0.0, 1 - step / total)
            for group in optimizer.param_groups:
                group["lr"] = group["top"] * share
            model.train()
            loss = loss_of(model, rows, batch, tokenizer.pad_token_id)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.setdefault(rows.task, []).append(loss.item())
            if step % 50 == 0:
                means = {task: round(sum(some) / len(some), 3) for task, some in losses.items()}
                log.info("step %d of %d, %.0f s, %s", step, total, time.monotonic() - began, means)
                losses.clear()
            if step % options.save_every == 0 or step >= total:
                _save(model, optimizer, step, state_file)
            if step % options.score_every == 0:
                log.info(
                    "step %d: %s", step, json.dumps(report(model, tokenizer, options.data, 200))
                )
            if step >= total:
                return


def _save(model: JointModel, optimizer: torch.optim.AdamW, step: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    torch.save(state, new)
    new.replace(path)


def main() -> None:
    """Train, save and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", choices=["e5", "minilm"], default="e5")
    parser.add_argument("--weights", type=Path, required=True, help="of the base")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    parser.add_argument("--layers", type=int, default=0, help="keep so many of the base's")
    parser.add_argument("--frozen", type=int, default=0, help="leave so many as they are")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--steps", type=int, default=0, help="in place of epochs")
    parser.add_argument("--rate", type=float, default=5e-5, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--focus", choices=list(TOKENS), help="a task to see more of")
    parser.add_argument("--focus-ratio", type=float, default=1.5, help="to a batch of the others")
    parser.add_argument("--save-every", type=int, default=100)
    parser.add_argument("--score-every", type=int, default=500)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    start = options.output / "start"
    if not (start / "weights.pt").exists():
        save(*make_base(options), start)
    model, tokenizer = load(start)
    log.info("%.1f million parameters", sum(p.numel() for p in model.parameters()) / 1e6)
    train(model, tokenizer, options)
    save(model, tokenizer, options.output / "final")
    log.info("%s", json.dumps(report(model, tokenizer, options.data), indent=1))


if __name__ == "__main__":
    main()
