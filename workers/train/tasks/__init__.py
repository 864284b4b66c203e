"""What a model may learn, one task a file: its labels, the tokens that it sees, its loss."""
