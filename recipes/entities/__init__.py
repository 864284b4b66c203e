"""How the built-in entities model was made."""
