"""From hidden states to scores of tokens."""
