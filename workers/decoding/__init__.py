"""Decoding: models write texts token by token. Documents come and go, and every step computes only
those that still write (continuous batching, Orca, Yu et al. 2022).
"""

from workers.decoding.conversion import convert
from workers.decoding.decoder import Decoder
from workers.decoding.generate_fallback import TransformersDecoder

__all__ = ["Decoder", "TransformersDecoder", "convert"]
