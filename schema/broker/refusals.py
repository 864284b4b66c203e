"""Refusals: why Redis cannot be used, in words that an operator can act on.

Redis's own text is never repeated, since it may quote a command, and with it a message; only the
code that the text begins with is (`READONLY`, `OOM`, …).
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

import redis
import redis.sentinel

WRONG_TYPE = "WRONGTYPE"
#: Words that redis-py puts before the text of a command that failed in a pipeline.
IN_A_PIPELINE = "of pipeline caused error: "
CODE = re.compile(r"[A-Z]{2,20}\b")
#: Redis 6 wraps what a script met into an error of the script's.
IN_A_SCRIPT = re.compile(r"-([A-Z]{2,20}) ")
PASSWORD = "correct TRIAGE_REDIS_URL and start again, or give Redis that password back"
NO_PRIMARY = (
    "no Sentinel names a primary that works (a failover that goes on, or the hosts or the "
    "master_name in TRIAGE_REDIS_URL are wrong; triage doctor says which)"
)
#: What a code means, and what to do about it.
MEANING = {
    "READONLY": "it is a replica that takes no writes; name the primary in TRIAGE_REDIS_URL, or "
    "wait for the failover to end",
    "OOM": "its memory is full; raise its maxmemory, or remove what others keep there",
    "NOREPLICAS": "fewer replicas are connected than its min-replicas-to-write asks for",
    "MISCONF": "it cannot save to its disk; make room there, and see Redis's own log",
    "LOADING": "it is still loading its data",
    "BUSY": "a script has been running there for too long; SCRIPT KILL ends it",
    "MASTERDOWN": "it is a replica, and has lost its primary",
    "CLUSTERDOWN": "its cluster is down",
    "NOPERM": "this user may not do all that is needed; allow ~triage:* &* +@all in Redis's ACL",
    WRONG_TYPE: "one of our keys (triage:…) holds something else; it is moved aside",
}


def reason_of(error: BaseException) -> str:
    """Say why Redis cannot be used. Of the errors that kombu and redis-py have wrapped in each
    other it names the one that an operator can mend.

    Returns:
        Words that are fit for a log, the same for the same cause.
    """
    for link in _chain(error):
        if isinstance(link, redis.AuthenticationError):
            named = f" ({link.status_code})" if link.status_code else ""
            return f"Redis refuses the user or the password{named}: {PASSWORD}"
        if isinstance(link, redis.sentinel.MasterNotFoundError):
            return NO_PRIMARY
        if isinstance(link, ssl.SSLCertVerificationError):
            return f"the certificate of Redis is not trusted ({link.verify_message})"
        if isinstance(link, ssl.SSLError):
            return "Redis does not speak TLS as we do"
        if isinstance(link, FileNotFoundError):
            return "a file that the options of the URL name is not there"
        if isinstance(link, socket.gaierror):
            return "nobody knows the host name of Redis"
    if code := refusal_code(error):
        meaning = MEANING.get(code)
        return f"Redis refuses ({code})" + (f": {meaning}" if meaning else "; see Redis's own log")
    kind = next((link for link in _chain(error) if isinstance(link, OSError)), error)
    return f"Redis does not answer ({type(kind).__name__})"


def refusal_code(error: BaseException) -> str | None:
    """The code of Redis's error reply that is behind an error; None if it did not reply."""
    for link in _chain(error):
        if isinstance(link, redis.ResponseError | redis.BusyLoadingError):
            return _code(link)
    return None


def _code(error: redis.RedisError) -> str:
    """The code that a reply begins with; `ERR` if there is none, as when a proxy has answered."""
    text = str(error).rpartition(IN_A_PIPELINE)[2]
    if error.status_code == "ERR" and (inner := IN_A_SCRIPT.search(text)):
        return inner[1]
    found = CODE.match(text)
    return error.status_code or (found[0] if found else "ERR")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen:
        seen.append(link)
        yield link
        link = link.__cause__ or link.__context__
