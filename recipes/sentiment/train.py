"""Train the pocket sentiment model: a small DistilBERT classifier, from scratch.

The architecture is DistilBERT's (Sanh et al. 2019, arXiv:1910.01108) made smaller; there is no
distillation. Run `python -m recipes.sentiment.train --data DIR --output DIR`; DIR holds the
sets named in `sentiment_data` under `sentiment/` and `topics/`. Prints scores on reviews held out
by hash, and on the sentences in `held_back.tsv`, measured on the exported fp16 weights.
"""

import argparse
import logging
import random
import time
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerBase,
)
from transformers.models.distilbert.tokenization_distilbert import DistilBertTokenizer

from recipes.batching import bucketed_batches, pad
from recipes.data.feedback_texts import read_requests, read_turns
from recipes.data.labelled_reviews import (
    NEGATIVE,
    POSITIVE,
    Example,
    Review,
    read_bank_troubles,
    read_clothing_reviews,
    read_short_examples,
)
from recipes.export import export_checkpoint
from recipes.initialization.cooccurrence import embed_by_cooccurrence
from recipes.sentiment.templates import FeedbackWriter
from recipes.tokenizers.wordpiece import train_wordpiece

log = logging.getLogger("recipes.sentiment.train")
HELD_BACK = Path(__file__).with_name("held_back.tsv")
MAX_LENGTH = 256
VOCABULARY = 7000
BATCH_TOKENS = 4096
WORD_DROPOUT = 0.12
LABEL_SMOOTHING = 0.05
EMBEDDING_SCALE = 0.05
EMBEDDING_RATE = 0.3


class EpochSampler:
    """Draws each epoch anew, so that both labels weigh the same in every source of text."""

    def __init__(self, data: Path, rng: random.Random) -> None:
        self.data, self.rng = data, rng
        reviews = [review for review in read_clothing_reviews(data) if not review.held_out]
        self.reviews = {
            NEGATIVE: [review for review in reviews if review.stars <= 2],
            POSITIVE: [review for review in reviews if review.stars >= 4],
        }
        self.short = read_short_examples(data)
        self.troubles = read_bank_troubles(data)
        self.writer = FeedbackWriter(rng)

    def texts(self) -> list[str]:
        """Labelled text of people, for the vocabulary and the word vectors."""
        reviews = [f"{r.title} {r.body}" for rows in self.reviews.values() for r in rows]
        return reviews + [e.text for e in self.short + self.troubles]

    def templates(self, count: int) -> list[Example]:
        """Templated feedback, both labels in turn."""
        return [self.writer.write(i % 2) for i in range(count)]

    def epoch(self) -> list[Example]:
        """One epoch of about 74,000 examples."""
        negative = self.reviews[NEGATIVE] * 2
        positive = self.rng.sample(self.reviews[POSITIVE], len(negative))
        reviews = [self.present(review) for review in negative + positive]
        troubles = self.rng.sample(self.troubles, 300)
        return reviews + self.short + self.templates(14_000) + troubles

    def present(self, review: Review) -> Example:
        """The review as text: with its title, without it, or seldom the title alone."""
        text, kind = review.body, self.rng.random()
        if review.title and kind < 0.45:
            text = review.title if kind < 0.08 else f"{review.title}. {review.body}"
        return Example(text, int(review.stars >= 4))


def build_model(tokenizer: PreTrainedTokenizerBase) -> DistilBertForSequenceClassification:
    """A DistilBERT of 2 layers, 192 wide, with labels `NEGATIVE` and `POSITIVE`."""
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=MAX_LENGTH,
        dim=192,
        hidden_dim=768,
        n_layers=2,
        n_heads=4,
        dropout=0.2,
        attention_dropout=0.1,
        seq_classif_dropout=0.3,
        pad_token_id=tokenizer.pad_token_id,
        id2label={NEGATIVE: "NEGATIVE", POSITIVE: "POSITIVE"},
        label2id={"NEGATIVE": NEGATIVE, "POSITIVE": POSITIVE},
    )
    model = DistilBertForSequenceClassification(config)
    model.set_attn_implementation("eager")  # on CPU faster than sdpa for short masked rows
    return model


def train(
    model: DistilBertForSequenceClassification,
    tokenizer: PreTrainedTokenizerBase,
    sampler: EpochSampler,
    *,
    epochs: int,
    rate: float,
    rng: random.Random,
) -> None:
    """Train with AdamW, a linear decay of the rate, word dropout and label smoothing."""
    embeddings = model.distilbert.embeddings.word_embeddings.weight
    others = [p for p in model.parameters() if p is not embeddings]
    groups: list[dict[str, Any]] = [{"params": others}, {"params": [embeddings]}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.02)
    started = time.monotonic()
    for epoch in range(epochs):
        examples = sampler.epoch()
        encoded = tokenizer([e.text for e in examples], truncation=True)["input_ids"]
        labels = torch.tensor([e.label for e in examples])
        batches = list(bucketed_batches([len(e) for e in encoded], tokens=BATCH_TOKENS, rng=rng))
        model.train()
        total = 0.0
        for step, batch in enumerate(batches):
            progress = (epoch + step / len(batches)) / epochs
            for group, share in zip(optimizer.param_groups, (1.0, EMBEDDING_RATE), strict=True):
                group["lr"] = share * rate * min(1.0, progress * 20) * (1 - progress)
            ids = pad([encoded[i] for i in batch], tokenizer.pad_token_id)
            attention_mask = (ids != tokenizer.pad_token_id).long()
            dropped = (torch.rand(ids.shape) < WORD_DROPOUT) & (ids > tokenizer.sep_token_id)
            ids = ids.masked_fill(dropped, tokenizer.unk_token_id)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(input_ids=ids, attention_mask=attention_mask).logits
            loss = functional.cross_entropy(
                logits.float(), labels[batch], label_smoothing=LABEL_SMOOTHING
            )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item()
            if step % 200 == 0:
                log.info("epoch %d step %d/%d loss %.4f, %.0f s", epoch, step, len(batches),
                         total / (step + 1), time.monotonic() - started)  # fmt: skip
        log.info("epoch %d: %s", epoch, report(model, tokenizer, sampler.data))


@torch.inference_mode()
def accuracy(
    model: DistilBertForSequenceClassification,
    tokenizer: PreTrainedTokenizerBase,
    examples: list[Example],
) -> float:
    """Share of `examples` whose label the model gives back."""
    model.eval()
    right = 0
    for start in range(0, len(examples), 64):
        batch = examples[start : start + 64]
        inputs = tokenizer(
            [e.text for e in batch], truncation=True, padding=True, return_tensors="pt"
        )
        guess = model(**inputs).logits.argmax(-1)
        right += int((guess == torch.tensor([e.label for e in batch])).sum())
    return right / len(examples)


def held_out_reviews(data: Path) -> list[Example]:
    """Held-out clothing reviews, bodies only: 1–2 stars, and as many of 4–5 stars."""
    reviews = [review for review in read_clothing_reviews(data) if review.held_out]
    negative = [Example(r.body, NEGATIVE) for r in reviews if r.stars <= 2]
    positive = [Example(r.body, POSITIVE) for r in reviews if r.stars >= 4]
    return negative + random.Random(0).sample(positive, len(negative))


def held_back_sentences() -> list[Example]:
    """General customer feedback written for measuring only."""
    rows = (line.split("\t") for line in HELD_BACK.read_text(encoding="utf-8").splitlines())
    return [Example(text, int(label == "POSITIVE")) for label, text in rows]


def report(
    model: DistilBertForSequenceClassification, tokenizer: PreTrainedTokenizerBase, data: Path
) -> str:
    """Both accuracies, in words."""
    reviews, sentences = held_out_reviews(data), held_back_sentences()
    return (
        f"held-out clothing reviews {accuracy(model, tokenizer, reviews):.3f} of {len(reviews)}, "
        f"held-back sentences {accuracy(model, tokenizer, sentences):.3f} of {len(sentences)}"
    )


def main() -> None:
    """Train, export, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1.2e-3, help="highest learning rate")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    sampler = EpochSampler(options.data, rng)
    texts = sampler.texts()
    tokenizer = train_wordpiece(
        texts + [e.text for e in sampler.templates(20_000)],
        size=VOCABULARY,
        lowercase=True,
        max_length=MAX_LENGTH,
        tokenizer_class=DistilBertTokenizer,
    )
    model = build_model(tokenizer)
    log.info("%d parameters", model.num_parameters())
    vectors = embed_by_cooccurrence(
        tokenizer,
        texts + read_turns(options.data) + read_requests(options.data),
        model.config.dim,
        EMBEDDING_SCALE,
    )
    model.distilbert.embeddings.word_embeddings.weight.data.copy_(vectors)
    train(model, tokenizer, sampler, epochs=options.epochs, rate=options.rate, rng=rng)
    size = export_checkpoint(model, tokenizer, options.output)
    log.info("exported %.1f MB: %s", size / 1e6, report(model, tokenizer, options.data))


if __name__ == "__main__":
    main()
