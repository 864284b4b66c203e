"""Attention of one decoding step."""
