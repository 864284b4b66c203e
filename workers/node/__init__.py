"""The parent process of a node: it imports neither torch nor anything of a child."""
