"""Safe by default: what forged messages, texts and secrets must not do."""
