"""Models as the decoding loop sees them."""
