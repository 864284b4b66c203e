"""Starting processes: nodes, Redis, and what they need."""
