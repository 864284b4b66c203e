"""Encoders: rows of tokens in, logits out; packed where the architecture allows, else padded."""
