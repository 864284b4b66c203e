"""Chaos: real servers and real workers under random faults; nothing is lost, doubled or changed.

`python -m tests.chaos --faults 1000 --seed 7`, or `make chaos FAULTS=1000 SEED=7`.
"""
