"""The shared encoder: a pretrained base, fine-tuned for several analyses at once."""
