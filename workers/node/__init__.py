"""The parent process of a node; free of torch, and of everything of a child."""
