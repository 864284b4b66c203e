"""How the pocket models were trained: one script a model, run by hand to make it anew."""
