"""`triage models pull` from a hub on this machine, in processes of its own."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkpoints import build_entities, build_sentiment
from tests.support.hub_server import Hub, Repository, files_of, hub_server

pytestmark = pytest.mark.slow

CARD = b"---\nlicense: mit\nlanguage:\n- en\n- de\n---\n# A model\n"
WEIGHTS = "model.safetensors"
PATIENCE = 300


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_server() as server:
        yield server


@pytest.fixture
def model(hub: Hub, tmp_path: Path) -> Repository:
    """A model that classifies, with its card."""
    repository = hub.repositories["shop/feelings"] = Repository()
    files = files_of(build_sentiment(tmp_path / "feelings"))
    repository.commit("main", files | {"README.md": CARD, "pytorch_model.bin": b"pickled"})
    return repository


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.toml"
    path.write_text('[sentiment]\nmodel = "shop/feelings"\n', "utf-8")
    return path


def environment(hub: Hub, tmp_path: Path, **more: str) -> dict[str, str]:
    """Of a machine that has nothing of the hub yet, and reaches ours alone."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    own = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hf"), "NO_PROXY": "127.0.0.1"}
    return clean | own | more


def begin(catalog: Path, env: dict[str, str], verb: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "workers.inventory", verb, "--models", str(catalog), *more]
    return subprocess.Popen(
        command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(catalog: Path, env: dict[str, str], verb: str, *more: str) -> tuple[int, Any]:
    """The exit code, and of each model what was said of it."""
    with begin(catalog, env, verb, "--json", *more) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 1), err
    return process.returncode, {one["name"]: one for one in json.loads(out)}


def test_what_is_missing_is_fetched_and_then_needs_no_hub(
    hub: Hub, model: Repository, catalog: Path, tmp_path: Path
) -> None:
    env = environment(hub, tmp_path)
    code, listed = run(catalog, env, "list")
    assert (code, listed["sentiment"]["here"], hub.requests) == (0, False, [])
    code, pulled = run(catalog, env, "pull")
    assert (code, pulled["sentiment"]["status"]) == (0, "fetched")
    assert pulled["language"]["status"] == "none"
    commit = model.branches["main"][0]
    assert pulled["sentiment"]["revision"] == commit
    assert not any("pytorch_model.bin" in path for path in hub.requests)

    hub.requests.clear()
    offline = environment(hub, tmp_path, HF_HUB_OFFLINE="1")
    code, again = run(catalog, offline, "pull")
    assert (code, again["sentiment"]["status"], hub.requests) == (0, "here", [])
    _, listed = run(catalog, offline, "list")
    one = listed["sentiment"]
    assert (one["here"], one["licence"], one["revision"]) == (True, "mit", commit)
    assert one["languages"] == ["en", "de"] and one["way"] == "packed"
    assert one["labels"] == [
        {"name": "NEGATIVE", "means": "negative"},
        {"name": "POSITIVE", "means": "positive"},
    ]
    assert one["bytes"] > len(model.files[commit][WEIGHTS])


def test_a_download_that_was_killed_goes_on_where_it_was(
    hub: Hub, model: Repository, catalog: Path, tmp_path: Path
) -> None:
    weights = model.files[model.branches["main"][0]][WEIGHTS]
    half, etag = len(weights) // 2, hashlib.sha256(weights).hexdigest()
    hub.stops[WEIGHTS] = half
    env = environment(hub, tmp_path)
    with begin(catalog, env, "pull") as process:
        assert hub.stopped.wait(PATIENCE)
        blobs = tmp_path / "hf" / "hub" / "models--shop--feelings" / "blobs"
        partial = next(blobs.glob(f"{etag}.*.incomplete"))
        process.kill()
        process.communicate()
    had = partial.stat().st_size
    with partial.open("ab") as file:
        # As far as it had come: a buffer may have held back the rest.
        file.write(weights[had:half])
    hub.goes_on.set()
    hub.ranges.clear()
    code, pulled = run(catalog, env, "pull")
    assert (code, pulled["sentiment"]["status"]) == (0, "fetched")
    assert [start for path, start in hub.ranges if path == WEIGHTS] == [half]
    assert not list(blobs.glob("*.incomplete"))
    folder = next((blobs.parent / "snapshots").iterdir())
    assert (folder / WEIGHTS).read_bytes() == weights


def test_a_part_that_is_not_the_files_beginning_is_fetched_anew(
    hub: Hub, model: Repository, catalog: Path, tmp_path: Path
) -> None:
    weights = model.files[model.branches["main"][0]][WEIGHTS]
    blobs = tmp_path / "hf" / "hub" / "models--shop--feelings" / "blobs"
    blobs.mkdir(parents=True)
    etag = hashlib.sha256(weights).hexdigest()
    (blobs / f"{etag}.0123abcd.incomplete").write_bytes(b"\0" * 1000)
    code, _ = run(catalog, environment(hub, tmp_path), "pull")
    folder = next((blobs.parent / "snapshots").iterdir())
    assert code == 0 and (folder / WEIGHTS).read_bytes() == weights
    assert not list(blobs.glob("*.incomplete"))


def test_what_fails_is_said_by_model_and_keeps_none_of_the_others(
    hub: Hub, model: Repository, catalog: Path, tmp_path: Path
) -> None:
    files = files_of(build_entities(tmp_path / "names"))
    hub.repositories["shop/gated"] = Repository(gated=True)
    hub.repositories["shop/pickled"] = pickled = Repository()
    pickled.commit("main", {"config.json": b"{}", "pytorch_model.bin": b""})
    hub.repositories["shop/own"] = own = Repository(token="hf_secret")
    own.commit("main", files)
    catalog.write_text(
        '[sentiment]\nmodel = "shop/gated"\n[entities]\nmodel = "shop/own"\n'
        '[qa]\nmodel = "shop/pickled"\n[intent]\nmodel = "shop/nowhere"\n'
        '[classify.mood]\nmodel = "shop/feelings"\n[classify.calm]\nmodel = "./calm"\n',
        "utf-8",
    )
    code, pulled = run(catalog, environment(hub, tmp_path), "pull")
    assert code == 1 and pulled["mood"]["status"] == "fetched"
    reasons = {
        "sentiment": "is gated: accept its terms on the hub and set HF_TOKEN",
        "entities": "set HF_TOKEN if it is private",
        "qa": "has no safetensors weights",
        "intent": "is not on the hub",
        "calm": "does not exist",
    }
    for name, reason in reasons.items():
        assert pulled[name]["status"] == "failed" and reason in pulled[name]["said"], name
    env = environment(hub, tmp_path, HF_TOKEN="hf_secret")
    code, pulled = run(catalog, env, "pull", "entities", "mood")
    assert code == 0
    assert [one["status"] for one in pulled.values()] == ["fetched", "here"]


@pytest.mark.parametrize("offline", [True, False])
def test_without_the_hub_the_reason_is_said(
    hub: Hub, catalog: Path, tmp_path: Path, offline: bool
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
    more = {"HF_HUB_OFFLINE": "1"} if offline else {"HF_ENDPOINT": nobody}
    code, pulled = run(catalog, environment(hub, tmp_path, **more), "pull", "sentiment")
    said = pulled["sentiment"]["said"]
    assert code == 1
    assert ("HF_HUB_OFFLINE is set" if offline else "the hub is out of reach") in said


def test_a_damaged_file_of_the_cache_is_found(
    hub: Hub, model: Repository, catalog: Path, tmp_path: Path
) -> None:
    env = environment(hub, tmp_path, OMP_NUM_THREADS="1", TRIAGE_DEVICE="cpu")
    run(catalog, env, "pull")
    code, checked = run(catalog, env, "check", "sentiment")
    assert code == 0 and checked["sentiment"]["hash"] == "hashes as on the hub"
    folder = tmp_path / "hf" / "hub" / "models--shop--feelings" / "snapshots"
    weights = (next(folder.iterdir()) / WEIGHTS).resolve()
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    code, checked = run(catalog, env, "check", "sentiment")
    assert code == 1 and "is not the file that the hub has" in checked["sentiment"]["said"]
