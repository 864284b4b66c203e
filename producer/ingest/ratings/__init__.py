"""Ratings: the numbers that customers give beside their words."""
