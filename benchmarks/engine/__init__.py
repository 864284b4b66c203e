"""The engine against what a user would pick instead, and against the machine: `make bench`."""
