"""Faults of several hosts: a network that is cut, servers that restart, fail over or are full."""
