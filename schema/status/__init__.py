"""Questions about what is going on; nothing here writes."""
