"""Sizes of the models: those of well-known checkpoints, and tiny ones for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Architecture = Literal[
    "distilbert-classification", "bert-tokens", "distilbert-answers", "marian", "bart", "gpt2"
]


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how much a model computes.

    Attributes:
        architecture: Of the model, with its head.
        vocabulary: Rows of the embedding matrix; a tokenizer may know fewer pieces.
        width: Of the residual stream (`d_model`).
        heads: Of every attention.
        hidden: Between the two linear layers of a feed-forward block.
        layers: Of the encoder; 0 for a decoder alone.
        decoder_layers: 0 for an encoder alone.
        window: Tokens that it reads at once.
        classes: Outputs of the head, for encoders.
    """

    architecture: Architecture
    vocabulary: int
    width: int
    heads: int
    hidden: int
    layers: int
    decoder_layers: int = 0
    window: int = 512
    classes: int = 2

    #: Tokens at which a reply is cut off.
    longest_reply: ClassVar[int] = 160


#: By the name of the checkpoint.
REAL = {
    # distilbert-base-uncased-finetuned-sst-2-english
    "sentiment": Shape("distilbert-classification", 30522, 768, 12, 3072, 6),
    # bert-base-NER
    "entities": Shape("bert-tokens", 28996, 768, 12, 3072, 12, classes=9),
    # bert-large-cased-finetuned-conll03-english
    "entities-large": Shape("bert-tokens", 28996, 1024, 16, 4096, 24, classes=9),
    # distilbert-base-cased-distilled-squad
    "qa": Shape("distilbert-answers", 28996, 768, 12, 3072, 6),
    # opus-mt-en-de
    "translation": Shape("marian", 58101, 512, 8, 2048, 6, 6),
    # distilbart-cnn-12-6
    "summary": Shape("bart", 50264, 1024, 16, 4096, 12, 6, window=1024),
    # gpt2
    "reply": Shape("gpt2", 50257, 768, 12, 3072, 0, 12, window=1024),
}

TINY = {
    "sentiment": Shape("distilbert-classification", 3000, 64, 2, 128, 2),
    "entities": Shape("bert-tokens", 3000, 64, 2, 128, 2, classes=9),
    "entities-large": Shape("bert-tokens", 3000, 64, 2, 128, 3, classes=9),
    "qa": Shape("distilbert-answers", 3000, 64, 2, 128, 2),
    "translation": Shape("marian", 3000, 128, 2, 256, 2, 2),
    "summary": Shape("bart", 3000, 128, 2, 256, 2, 2, window=1024),
    "reply": Shape("gpt2", 3000, 128, 2, 256, 0, 2, window=1024),
}

SHAPES = {"real": REAL, "tiny": TINY}
