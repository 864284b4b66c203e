"""Downloads that a killed process left behind: finished, in place of begun anew.

`huggingface_hub` goes on with a file while its process lives. From version 2 on what a process
leaves is called `<etag>.<8 hex digits>.incomplete`, and no other process takes it up: a gigabyte
that was nearly there is fetched again, and the first one stays on the disk.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from huggingface_hub import constants, hf_hub_url
from huggingface_hub.file_download import get_hf_file_metadata, http_get
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    WeakFileLock,
    build_hf_headers,
)

logger = logging.getLogger(__name__)

_PARTIAL = re.compile(r"(?P<etag>[0-9a-f]{40}|[0-9a-f]{64})\.[0-9a-f]{8}\.incomplete")
#: Digits of a SHA-256, which is the etag of a large file.
_SHA256 = 64
#: Seconds to wait for whoever fetches the same file at this moment: they will finish it.
_LOCK_SECONDS = 0.1


def finish_partials(model: str, revision: str, names: list[str]) -> None:
    """Fetch what is missing of files of which a part is there; what cannot be used is deleted.

    Nothing is raised: the download that follows fetches whatever is not whole then.

    Args:
        model: Id on the hub.
        revision: A commit.
        names: Files of it that are not in the cache.
    """
    repository = Path(constants.HF_HUB_CACHE) / f"models--{model.replace('/', '--')}"
    if not any(_partials(repository)):
        return
    for name in names:
        try:
            _finish(repository, hf_hub_url(model, name, revision=revision))
        except Exception as error:
            logger.info("%s: the part of %s is of no use: %s", model, name, type(error).__name__)


def _partials(repository: Path, etag: str | None = None) -> Iterator[Path]:
    for file in (repository / "blobs").glob("*.incomplete"):
        found = _PARTIAL.fullmatch(file.name)
        if found and etag in (None, found["etag"]):
            yield file


def _finish(repository: Path, url: str) -> None:
    headers = build_hf_headers()
    about = get_hf_file_metadata(url, headers=headers)
    if about.etag is None or about.size is None:
        return
    locks = repository.parent / ".locks" / repository.name
    locks.mkdir(parents=True, exist_ok=True)
    # Whoever downloads the file holds this lock, so what it is about to move is not touched.
    with WeakFileLock(locks / f"{about.etag}.lock", timeout=_LOCK_SECONDS):
        parts = sorted(_partials(repository, about.etag), key=lambda one: one.stat().st_size)
        if not parts:
            return
        largest = parts.pop()
        for other in parts:
            other.unlink()
        # Xet writes a file in no order, so its part is not its beginning.
        if about.xet_file_data is not None or largest.stat().st_size > about.size:
            largest.unlink()
            return
        if urlsplit(about.location).netloc != urlsplit(url).netloc:
            headers = {key: value for key, value in headers.items() if key != "authorization"}
        with largest.open("ab") as part:
            had = part.tell()
            logger.info("%s goes on behind %d bytes", url, had)
            http_get(
                about.location, part, resume_size=had, headers=headers, expected_size=about.size
            )
        if _is(largest, about.etag, about.size):
            largest.replace(repository / "blobs" / about.etag)
        else:
            largest.unlink()


def _is(file: Path, etag: str, size: int) -> bool:
    """Whether a file is the one that the hub has by this etag: SHA-256, or Git's hash of a blob."""
    if file.stat().st_size != size:
        return False
    digest = hashlib.sha256() if len(etag) == _SHA256 else hashlib.sha1(b"blob %d\0" % size)
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == etag
