"""How the pocket models were trained: one script a model, run by hand when one is to be made anew."""
