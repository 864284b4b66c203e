"""How the built-in translation model was made."""
