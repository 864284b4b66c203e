"""The encoders that several heads of this process stand on: each is in memory once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from schema.catalog import Precision
from workers.encoders.packed import Body


@dataclass(frozen=True, slots=True)
class BodyKey:
    """What makes two packed encoders the same.

    Attributes:
        sha256: Of the file of weights.
        precision: In which they are computed.
        device: Where they are.
    """

    sha256: str
    precision: Precision
    device: str


class SharedBodies:
    """Packed encoders by their keys, as long as somebody computes with them."""

    def __init__(self) -> None:
        self._bodies: WeakValueDictionary[BodyKey, Body] = WeakValueDictionary()
        self._lock = threading.Lock()

    def get(self, key: BodyKey | None, make: Callable[[], Body]) -> Body:
        """The encoder of a key, made if nobody has it.

        Args:
            key: None for one that nobody shares.
            make: Packs the weights.
        """
        if key is None:
            return make()
        with self._lock:
            body = self._bodies.get(key)
            if body is None:
                body = self._bodies[key] = make()
            return body


#: Of this process.
shared_bodies = SharedBodies()
