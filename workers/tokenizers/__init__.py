"""The tokenizer of a checkpoint, by the rules that it had in Transformers 4.57.6."""
