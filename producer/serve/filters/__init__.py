"""Which documents a request is about: filters in its address, and what is behind a figure."""
