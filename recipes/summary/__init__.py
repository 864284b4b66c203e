"""How the built-in summary model was made."""
