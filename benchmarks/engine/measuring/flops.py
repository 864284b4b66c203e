"""What a model cannot do without: its own multiplications and additions, no padding among them.

Matrix products only, two operations for each weight and token; norms and activations are below one
percent. With beams, each beam takes as many steps as the text that wins: a little too few.
"""

from __future__ import annotations

from benchmarks.engine.synthetic.shapes import Shape


def encoder(shape: Shape, tokens: int) -> float:
    """Of an encoder with one row of so many tokens, its head included."""
    width = shape.width
    linear = 2 * tokens * (4 * width * width + 2 * width * shape.hidden)
    attention = 4 * tokens * tokens * width
    return float(shape.layers * (linear + attention) + _head(shape, tokens))


def causal(shape: Shape, prompt: int, steps: int) -> float:
    """Of a decoder alone that goes on from a prompt with so many steps; of the prompt, its last
    token alone is scored.
    """
    width, tokens = shape.width, prompt + steps - 1
    linear = tokens * (8 * width * width + 4 * width * shape.hidden)
    attention = 4 * width * (tokens * (tokens + 1) // 2)
    vocabulary = 2 * steps * width * shape.vocabulary
    return float(shape.decoder_layers * (linear + attention) + vocabulary)


def _head(shape: Shape, tokens: int) -> int:
    if shape.decoder_layers:
        return 0
    if shape.architecture == "distilbert-classification":
        return 2 * shape.width * (shape.width + shape.classes)
    return 2 * tokens * shape.width * shape.classes


def decoder(shape: Shape, source: int, steps: int, beams: int = 1) -> float:
    """Of a decoder that reads a source once and takes so many steps with each beam."""
    width = shape.width
    keys_and_values = 4 * source * width * width
    linear = steps * (8 * width * width + 4 * width * width + 4 * width * shape.hidden)
    attention = 4 * width * (steps * (steps + 1) // 2 + steps * source)
    vocabulary = 2 * steps * width * shape.vocabulary
    layers = shape.decoder_layers * (keys_and_values + beams * (linear + attention))
    return float(layers + beams * vocabulary)
