"""Passwords: hashed by argon2id, and compared in the same time whether there is the user or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Characters of a password, …
LEAST_LENGTH = 12
#: … and at the most: to hash a longer one would only cost time.
LONGEST = 1_000


class PasswordError(ValueError):
    """A password cannot be taken. One sentence, with the fix."""


def hash_password(password: str) -> str:
    """The hash that is kept, with its parameters and salt.

    Raises:
        PasswordError: If the password is too short or too long.
    """
    if not LEAST_LENGTH <= len(password) <= LONGEST:
        raise PasswordError(
            f"a password has {LEAST_LENGTH} to {LONGEST:,} characters, this one {len(password):,}"
        )
    return _hasher().hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether a password is that of a hash.

    Args:
        password_hash: Of the user; None where there is no such user, which takes as long to say.
        password: What was typed.
    """
    try:
        return _hasher().verify(password_hash or _hash_of_nobody(), password[:LONGEST]) and (
            password_hash is not None
        )
    except (InvalidHashError, VerificationError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the library would hash with other parameters by now."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def _hasher() -> PasswordHasher:
    # The library's defaults: those of RFC 9106 for machines with little memory, 64 MiB.
    return PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("nobody has this password")
