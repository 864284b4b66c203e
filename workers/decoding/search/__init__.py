"""Search: greedy and beam search choose the next tokens."""
