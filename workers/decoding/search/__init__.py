"""Search: which token comes next."""
