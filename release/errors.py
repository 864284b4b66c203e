"""What ends a release."""


class ReleaseError(Exception):
    """Ends a release before anything is committed. Says what is wrong, and what to do.

    Raised by every step; caught in `release.__main__`, which prints it and exits with 1.
    """
