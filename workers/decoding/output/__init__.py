"""Output: from hidden states to scores of tokens, and the largest of them."""
