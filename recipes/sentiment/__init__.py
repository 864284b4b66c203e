"""How the built-in sentiment model was made."""
