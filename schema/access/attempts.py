"""Attempts to log in: how many may fail before further ones are refused for a while.

They are counted in the database, so that it holds over processes. Each is written down and
committed before the password is looked at, and taken back when it was right: so of many attempts at
the same moment no more get through than of those one after the other.
"""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Engine, delete, func, insert, select

from schema.database import reading, writing
from schema.database.clock import after, now
from schema.tables import LoginAttempt

#: Seconds that a failed attempt counts.
WINDOW = 900
#: Attempts in that time with one name from one address, …
MOST_OF_BOTH = 5
#: … from one address with any names, …
MOST_OF_ADDRESS = 20
#: … and with one name from anywhere: more, or anybody could lock a user out.
MOST_OF_NAME = 100


def begin_attempt(engine: Engine, name: str, address: str) -> int | None:
    """Write down an attempt before the password is looked at.

    Args:
        engine: The database.
        name: That was typed, whether there is such a user or not.
        address: Of the network that it came from.

    Returns:
        Its number; None if there were too many, and the password must not be looked at.
    """
    network = network_of(address)
    key = hashlib.sha256(name.encode()).digest()
    with writing(engine) as connection:
        connection.execute(delete(LoginAttempt).where(LoginAttempt.at <= after(-WINDOW)))
        row = insert(LoginAttempt).values(name_hash=key, address=network, at=now())
        (number,) = connection.execute(row).inserted_primary_key or (0,)
    same_name, same_place = LoginAttempt.name_hash == key, LoginAttempt.address == network
    counts = select(
        func.count().filter(same_name & same_place),
        func.count().filter(same_place),
        func.count().filter(same_name),
    ).where(LoginAttempt.at > after(-WINDOW))
    with reading(engine) as connection:
        found = connection.execute(counts).one()
    most = (MOST_OF_BOTH, MOST_OF_ADDRESS, MOST_OF_NAME)
    if all(count <= limit for count, limit in zip(found, most, strict=True)):
        return int(number)
    # What was refused does not count: the wait ends, however often somebody tries.
    take_back(engine, int(number))
    return None


def take_back(engine: Engine, number: int) -> None:
    """Forget an attempt that did not fail."""
    with writing(engine) as connection:
        connection.execute(delete(LoginAttempt).where(LoginAttempt.id == number))


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, which one host has to itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)
