"""Decoding with encoder-decoder models: documents come and go, and every step computes only those
that still write (continuous batching, Orca, Yu et al. 2022).
"""

from workers.decoding.families import take_apart
from workers.decoding.generate import GenerateDecoder
from workers.decoding.loop import Decoder

__all__ = ["Decoder", "GenerateDecoder", "take_apart"]
