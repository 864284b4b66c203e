"""Train the pocket summary model: a small BART that selects and copies what matters, from scratch.

The architecture is BART's (Lewis et al. 2020, arXiv:1910.13461) made smaller; see
`summary_copying` for how it starts and `summary_data` for what it learns.
Run `python -m recipes.summary.train --data DIR --output DIR`; DIR holds the sets named
in `summary_data`. Prints scores on reviews held out by hash, measured on the exported fp16 weights.
"""

import argparse
import logging
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    PreTrainedTokenizerBase,
)

from recipes.batching import bucketed_batches, pad
from recipes.export import export_checkpoint
from recipes.summary.copying import start_copying
from recipes.summary.data import PairSampler
from recipes.summary.score import generate, held_back_texts, held_out_reviews, score
from recipes.tokenizers.byte_level_bpe import train_byte_level_bpe

log = logging.getLogger("recipes.summary.train")
MAX_LENGTH = 512
VOCABULARY = 6000
BATCH_TOKENS = 1800
BLOCK = 3000
IGNORED = -100


def build_model(tokenizer: PreTrainedTokenizerBase) -> BartForConditionalGeneration:
    """A BART of 3 + 2 layers, 192 wide, that generates as distilbart-cnn does, but shorter."""
    special = {
        "bos_token_id": tokenizer.bos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "decoder_start_token_id": tokenizer.eos_token_id,
        "forced_bos_token_id": tokenizer.bos_token_id,
        "forced_eos_token_id": tokenizer.eos_token_id,
    }
    config = BartConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=MAX_LENGTH,
        d_model=192,
        encoder_layers=3,
        decoder_layers=2,
        encoder_ffn_dim=768,
        decoder_ffn_dim=768,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        dropout=0.05,
        init_std=0.05,
        **{key: value for key, value in special.items() if key != "forced_bos_token_id"},
    )
    model = BartForConditionalGeneration(config)
    model.set_attn_implementation("eager")  # on CPU faster than sdpa for short masked rows
    start_copying(model)
    model.generation_config = GenerationConfig(
        max_length=64,
        min_length=3,
        num_beams=3,
        length_penalty=1.0,
        early_stopping=True,
        no_repeat_ngram_size=3,
        **special,
    )
    return model


def batches(
    sampler: PairSampler,
    tokenizer: PreTrainedTokenizerBase,
    *,
    steps: int,
    rng: random.Random,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield `steps` batches of ids and labels; nine tenths are random words at first, one later."""
    done = 0
    while done < steps:
        pairs = [sampler.draw(max(0.1, 0.9 - 4 * done / steps)) for _ in range(BLOCK)]
        sources = tokenizer([p.text for p in pairs], truncation=True)["input_ids"]
        targets = tokenizer([p.summary for p in pairs], truncation=True, max_length=64)["input_ids"]
        lengths = [len(s) + len(t) for s, t in zip(sources, targets, strict=True)]
        for batch in bucketed_batches(lengths, tokens=BATCH_TOKENS, rng=rng):
            yield (
                pad([sources[i] for i in batch], tokenizer.pad_token_id),
                pad([targets[i] for i in batch], IGNORED),
            )
            done += 1
            if done == steps:
                return


def train(
    model: BartForConditionalGeneration,
    tokenizer: PreTrainedTokenizerBase,
    sampler: PairSampler,
    *,
    steps: int,
    rate: float,
    rng: random.Random,
) -> None:
    """Train with AdamW, a short warm-up and a linear decay of the rate."""
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    started, total, right, tokens = time.monotonic(), 0.0, 0, 0
    end: Any = model.config.eos_token_id
    model.train()
    drawn = batches(sampler, tokenizer, steps=steps, rng=rng)
    for step, (ids, labels) in enumerate(drawn, start=1):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(step / 100, 1 - step / (steps + 1))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            attention_mask = (ids != tokenizer.pad_token_id).long()
            decoder_ids = shift_right(labels, end, tokenizer.pad_token_id)
            logits = model(
                input_ids=ids, attention_mask=attention_mask, decoder_input_ids=decoder_ids
            ).logits
        known = labels != IGNORED
        loss = functional.cross_entropy(logits[known].float(), labels[known])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        total += loss.item()
        right += int((logits[known].argmax(-1) == labels[known]).sum())
        tokens += int(known.sum())
        if step % 50 == 0:
            log.info("step %d/%d loss %.4f token accuracy %.4f, %.0f s", step, steps, total / 50,
                     right / tokens, time.monotonic() - started)  # fmt: skip
            total, right, tokens = 0.0, 0, 0


def shift_right(labels: torch.Tensor, start: int, padding: int) -> torch.Tensor:
    """Decoder input ids (rows, length): `start`, then the labels without their last column."""
    shifted = labels.roll(1, dims=1)
    shifted[:, 0] = start
    return shifted.masked_fill(shifted == IGNORED, padding)


def report(
    model: BartForConditionalGeneration, tokenizer: PreTrainedTokenizerBase, data: Path, count: int
) -> None:
    """Log scores on `count` held-out reviews, and the summaries of the held-back texts."""
    pairs = held_out_reviews(data, count)
    scores = score(pairs, generate(model, tokenizer, [p.text for p in pairs]))
    texts = held_back_texts()
    for text, summary in zip(texts, generate(model, tokenizer, texts), strict=True):
        log.info("%s\n    => %s", text, summary)
    log.info("%d held-out reviews: %s", count, scores)


def main() -> None:
    """Train, export, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3300)
    parser.add_argument("--rate", type=float, default=1.2e-3, help="highest learning rate")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    sampler = PairSampler(options.data, rng)
    texts = [sampler.draw(copying=0.0).text for _ in range(20_000)]
    texts += sampler.spelling_texts()
    tokenizer = train_byte_level_bpe(texts, size=VOCABULARY, max_length=MAX_LENGTH)
    model = build_model(tokenizer)
    log.info("%d parameters", model.num_parameters())
    train(model, tokenizer, sampler, steps=options.steps, rate=options.rate, rng=rng)
    size = export_checkpoint(model, tokenizer, options.output)
    log.info("exported %.1f MB", size / 1e6)
    report(model, tokenizer, options.data, count=300)


if __name__ == "__main__":
    main()
