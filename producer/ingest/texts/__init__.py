"""Texts: whether one says anything, and what of it a customer wrote."""
