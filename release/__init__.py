"""How a release is made: versions, the changelog, what is built, what ships with it.

It is no part of what is built, imports none of the packages, and is called by the Makefile:
`make release`, `make dist`, `make lock`, `make licences`. See docs/release.md.
"""
