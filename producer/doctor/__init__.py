"""The doctor: checks what has to be there and set up, a sentence each."""
