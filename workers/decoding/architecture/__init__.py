"""Architectures: the parts of a model that the decoding loop computes with."""
