"""Whether small runs are soon through beside a large one, and what many runs cost; see __main__."""
