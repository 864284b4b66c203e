"""The shared encoder of the built-in models: a pretrained base, fine-tuned for all of them at once."""
