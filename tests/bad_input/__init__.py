"""Bad input: generated files and rows through `triage ingest` and `triage analyze`.

Whatever comes in, no traceback reaches the user, every row is stored, a duplicate, or rejected with
a reason, and where the generator knows which rows are good, exactly those are stored, unchanged.

With the other tests some hundred examples run, the same ones every time. To run many more, others
each time, and see how many of each kind there were:

    BAD_INPUT_EXAMPLES=10000 python -m pytest tests/bad_input --hypothesis-seed=1

The seed makes it the same ones again. Where one fails, hypothesis shrinks and prints it.
"""
