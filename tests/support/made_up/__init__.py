"""What a new analysis takes: the two files that its author writes, copied to where they belong by
`tests/end_to_end/test_made_up_analysis.py`. Never imported from here.
"""
