"""Layers of transformers over packed documents: one after the other in one tensor, no padding."""
