"""How the built-in question-answering model was made."""
