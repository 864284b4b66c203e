"""How the built-in vectors are made: the base's own means, and a linear layer fitted to them."""
