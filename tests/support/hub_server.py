"""A model hub on this machine: of the real one's HTTP interface, what fetching a model needs."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

#: Bytes from which on a file is stored apart from Git.
_LARGE = 20_000
_DATE = "2026-01-01T00:00:00.000Z"


@dataclass
class Repository:
    """Attributes:
    branches: Commits by branch or pull request, newest first.
    files: Contents by commit and name.
    offers: Discussions of the hub's kind.
    token: Without which nobody gets in; None where all do.
    gated: Whether its terms have to be accepted.
    """

    branches: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    offers: list[dict[str, Any]] = field(default_factory=list)
    token: str | None = None
    gated: bool = False

    def commit(self, branch: str, files: dict[str, bytes], *, on: str | None = None) -> str:
        """A new commit of these files, on top of another branch if `on` names one."""
        below = self.branches.get(on or branch, [])
        commit = hashlib.sha1(repr((branch, sorted(files), len(below))).encode()).hexdigest()
        self.branches[branch] = [commit, *below]
        self.files[commit] = files
        return commit

    def offer(self, name: str, number: int, author: str, title: str) -> None:
        """A pull request that was opened."""
        self.offers.append(
            {
                "num": number,
                "title": title,
                "author": {"name": author},
                "createdAt": _DATE,
                "status": "open",
                "isPullRequest": True,
                "repo": {"name": name, "type": "model"},
            }
        )

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, or the beginning of a commit, stands for."""
        if revision in self.branches:
            return self.branches[revision][0]
        return next((commit for commit in self.files if commit.startswith(revision)), None)


@dataclass
class Hub:
    """Repositories by name, and what was asked for.

    Attributes:
        requests: Paths.
        ranges: Bytes from which on a file was asked for, by path; 0 for the whole.
        stops: Bytes of a file behind which it says no more until `goes_on`; for one request.
        stopped: Set when it has sent so many.
    """

    endpoint: str
    repositories: dict[str, Repository] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    ranges: list[tuple[str, int]] = field(default_factory=list)
    stops: dict[str, int] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@contextmanager
def hub_server() -> Iterator[Hub]:
    """A hub without repositories on a free port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}")
    server.hub = hub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield hub
    hub.goes_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that were killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub: Hub = self.server.hub  # type: ignore[attr-defined]
        path = unquote(urlsplit(self.path).path).strip("/")
        hub.requests.append(path)
        api = path.startswith("api/models/")
        owner, name, *rest = path.removeprefix("api/models/").split("/")
        repository = hub.repositories.get(f"{owner}/{name}")
        if repository is None:
            self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})
        elif repository.gated:
            self._answer(403, b"", {"X-Error-Code": "GatedRepo"})
        elif repository.token and self.headers["Authorization"] != f"Bearer {repository.token}":
            self._answer(401, b"", {"X-Error-Code": "RepoNotFound"})
        elif api:
            self._api(repository, f"{owner}/{name}", rest)
        else:
            # A pull request's reference has slashes, as a file in a folder has.
            revision = 4 if rest[1] == "refs" else 2
            self._file(repository, "/".join(rest[1:revision]), "/".join(rest[revision:]))

    def _api(self, repository: Repository, name: str, rest: list[str]) -> None:
        kind, revision = (rest[0], "/".join(rest[1:])) if rest else ("revision", "main")
        if kind == "discussions":
            offers = repository.offers
            self._json({"discussions": offers, "count": len(offers), "start": 0})
            return
        commit = repository.resolve(revision)
        if commit is None:
            self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        elif kind == "commits":
            history = repository.branches[revision]
            about = {"authors": [], "date": _DATE, "title": "", "message": ""}
            self._json([{"id": commit} | about for commit in history])
        elif kind == "tree":
            files = repository.files[commit].items()
            self._json(
                [
                    {"type": "file", "path": path, "size": len(content), "oid": _etag(content)}
                    for path, content in files
                ]
            )
        else:
            siblings = [{"rfilename": path} for path in repository.files[commit]]
            self._json({"id": name, "sha": commit, "siblings": siblings})

    def _file(self, repository: Repository, revision: str, path: str) -> None:
        commit = repository.resolve(revision)
        assert commit is not None
        content = repository.files[commit].get(path)
        if content is None:
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        headers = {"ETag": f'"{_etag(content)}"', "X-Repo-Commit": commit}
        if self.command == "HEAD":
            self._answer(200, content, headers)
            return
        hub: Hub = self.server.hub  # type: ignore[attr-defined]
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        start = int(asked[1]) if asked else 0
        hub.ranges.append((path, start))
        stop = hub.stops.pop(path, None)
        if asked:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._answer(206 if asked else 200, content[start:], headers, stop)

    def _json(self, content: Any) -> None:
        self._answer(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str], stop: int | None = None
    ) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "GET":
            return
        if stop is not None:
            hub: Hub = self.server.hub  # type: ignore[attr-defined]
            self.wfile.write(body[:stop])
            self.wfile.flush()
            hub.stopped.set()
            hub.goes_on.wait()
            body = body[stop:]
        # Whoever asked may have been killed.
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _etag(content: bytes) -> str:
    """As the hub has it: SHA-256 of a large file, Git's hash of others."""
    if len(content) >= _LARGE:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
