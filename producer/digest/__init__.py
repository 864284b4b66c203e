"""The digest: the few things that changed most in some days, for a mail.

`read_digest` reads the facts; `text` and `html` write them, and ask the database nothing.
"""
