"""A reply library: the answers that a team has written once, to be sent many times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class Macro(BaseModel):
    """An answer of the library.

    Attributes:
        line: Where it stands in the file; the row's number in a file without lines.
        title: What people call it.
        when: What a customer says whom it answers: a description, or examples; never empty.
        reply: The answer, with places such as `{name}` for what differs from customer to customer.
        language: It is written in, e.g. `de`; None where the file does not say it.
        sentiment: Of customers whom it answers, `negative` or `positive`; None for any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int
    title: str
    when: tuple[str, ...]
    reply: str
    language: str | None = None
    sentiment: str | None = None


class ReplyLibrary(BaseModel):
    """The library of a run. Runs keep name and hash, the table `reply_libraries` what is in it.

    Attributes:
        name: Of the file, for people.
        sha256: Over all that is in it, wherever the file lies: equal libraries have equal hashes.
        macros: In the order of the file; empty where only name and hash are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    macros: tuple[Macro, ...] = ()

    @classmethod
    def of(cls, name: str, macros: Sequence[Macro]) -> ReplyLibrary:
        """The library of a file of this name."""
        content = [macro.model_dump(mode="json") for macro in macros]
        said = json.dumps(content, ensure_ascii=True, sort_keys=True)
        sha256 = hashlib.sha256(said.encode("ascii")).hexdigest()
        return cls(name=name, sha256=sha256, macros=tuple(macros))
