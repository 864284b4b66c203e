"""The reviews that `triage demo` shows, made of sentences that were written for them.

python -m recipes.demo producer/demo/reviews.csv
"""
