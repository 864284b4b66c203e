"""Models of the hub: fetched once, from the cache ever after, and a clear sentence otherwise."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants
from safetensors.torch import load

from schema.catalog import CatalogEntry
from tests.support.checkpoints import fingerprint
from tests.support.hub_server import Hub, Repository, files_of, hub_server
from tests.support.sentence_checkpoints import (
    OUTPUTS,
    add_dense,
    add_modules,
    add_pooling,
    build_sentence_bert,
)
from workers.errors import ModelError
from workers.models.checkpoint import locate
from workers.models.sentence_layout import module_files, sentence_layout

NAME = "owner/model"
CONVERTED = "Adding `safetensors` variant of this model"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a hub that is out of reach."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    _reach(monkeypatch, f"http://127.0.0.1:{port}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub within reach."""
    with hub_server() as server:
        _reach(monkeypatch, server.endpoint)
        yield server


def _reach(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def model(hub: Hub, tiny_checkpoints: dict[str, Path]) -> Repository:
    """A model with one commit on its main branch."""
    repository = hub.repositories[NAME] = Repository()
    repository.commit("main", files_of(tiny_checkpoints["sentiment"]))
    return repository


def fail(entry: CatalogEntry) -> str:
    with pytest.raises(ModelError) as error:
        locate(entry)
    message = str(error.value)
    assert "\n" not in message and entry.model in message and "TRIAGE_MODELS" in message
    return message


def without_weights(folder: Path) -> dict[str, bytes]:
    files = files_of(folder)
    del files["model.safetensors"]
    return files | {"pytorch_model.bin": b"pickled"}


def test_modules_of_sentence_transformers_come_with_their_folders(
    hub: Hub, tmp_path: Path, cache: Path
) -> None:
    folder = add_dense(add_pooling(build_sentence_bert(tmp_path / "model"), mean_tokens=True))
    add_modules(folder, "Pooling", "Dense")
    model = hub.repositories[NAME] = Repository()
    nested = {str(file.relative_to(folder)): file.read_bytes() for file in module_files(folder)}
    model.commit("main", files_of(folder) | nested | {"onnx/model.safetensors": b"other"})
    fetched = locate(CatalogEntry(model=NAME))
    assert sentence_layout(fetched.folder).dense[0].outputs == OUTPUTS
    assert not (fetched.folder / "onnx").exists()
    hub.requests.clear()
    assert locate(CatalogEntry(model=NAME)) == fetched
    assert hub.requests == []
    (fetched.folder / "2_Dense" / "model.safetensors").unlink()
    hub.repositories.clear()
    assert locate(CatalogEntry(model=NAME)) == fetched


def test_a_model_is_fetched_once_and_then_needs_no_hub(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    fetched = locate(CatalogEntry(model=NAME))
    assert fetched.revision == model.branches["main"][0]
    assert fingerprint(fetched.folder) == fingerprint(tiny_checkpoints["sentiment"])
    hub.requests.clear()
    model.commit("main", {})
    assert locate(CatalogEntry(model=NAME)) == fetched
    assert hub.requests == []


def test_a_revision_may_be_a_short_commit_a_branch_or_a_pull_request(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    files = files_of(tiny_checkpoints["sentiment"])
    commits = {branch: model.commit(branch, files) for branch in ("main", "other", "refs/pr/3")}
    for revision in (*commits, commits["main"][:7], commits["other"]):
        expected = commits.get(revision) or model.resolve(revision)
        for _ in range(2):
            assert locate(CatalogEntry(model=NAME, revision=revision)).revision == expected
        hub.requests.clear()
        locate(CatalogEntry(model=NAME, revision=revision))
        assert hub.requests == []


def test_a_short_commit_is_found_in_a_cache_that_knows_it_under_another_name(
    hub: Hub, model: Repository
) -> None:
    commit = locate(CatalogEntry(model=NAME)).revision
    hub.requests.clear()
    assert locate(CatalogEntry(model=NAME, revision=commit[:7])).revision == commit
    assert hub.requests == []


def test_only_what_is_needed_is_fetched(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    files = files_of(tiny_checkpoints["sentiment"])
    model.commit("main", files | {"pytorch_model.bin": b"", "flax.msgpack": b"", "README.md": b""})
    folder = locate(CatalogEntry(model=NAME)).folder
    assert {file.name for file in folder.iterdir()} == set(files)


def sharded(folder: Path, shard: str) -> dict[str, bytes]:
    files = files_of(folder)
    weights = files.pop("model.safetensors")
    index = {"metadata": {}, "weight_map": dict.fromkeys(load(weights), shard)}
    return files | {
        "model-1.safetensors": weights,
        "model.safetensors.index.json": json.dumps(index).encode(),
    }


def test_shards_in_the_cache_are_links_to_where_it_keeps_them(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    model.commit("main", sharded(tiny_checkpoints["sentiment"], "model-1.safetensors"))
    fetched = locate(CatalogEntry(model=NAME))
    assert (fetched.folder / "model-1.safetensors").is_symlink()
    hub.requests.clear()
    assert locate(CatalogEntry(model=NAME)) == fetched
    assert hub.requests == []


def test_an_index_that_names_a_file_elsewhere_is_refused(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    weights = tiny_checkpoints["sentiment"] / "model.safetensors"
    model.commit("main", sharded(tiny_checkpoints["sentiment"], str(weights)))
    # When it has just been fetched, and when it is in the cache.
    for _ in range(2):
        assert "outside the model's folder" in fail(CatalogEntry(model=NAME))


def test_a_head_of_the_hub_is_refused(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    """Its encoder would lie beside the snapshot, where other revisions of the model are."""
    reference = b'{"encoder": "../encoder", "sha256": "%s"}' % (b"0" * 64)
    files = files_of(tiny_checkpoints["sentiment"])
    model.commit("main", files | {"encoder.json": reference})
    for _ in range(2):
        message = fail(CatalogEntry(model=NAME))
        assert "a head whose encoder the hub does not give with it" in message


def test_without_weights_the_converters_offer_is_taken(
    hub: Hub, model: Repository, tiny_checkpoints: dict[str, Path]
) -> None:
    files = files_of(tiny_checkpoints["sentiment"])
    model.commit("main", without_weights(tiny_checkpoints["sentiment"]))
    model.commit("refs/pr/1", files, on="main")
    model.offer(NAME, 1, "somebody", CONVERTED)
    commit = model.commit("refs/pr/2", files, on="main")
    model.offer(NAME, 2, "SFconvertbot", CONVERTED)
    assert locate(CatalogEntry(model=NAME)).revision == commit
    hub.requests.clear()
    assert locate(CatalogEntry(model=NAME)).revision == commit
    assert hub.requests == []


@pytest.mark.parametrize(
    ("author", "title", "stale"),
    [
        ("somebody", CONVERTED, False),
        ("SFconvertbot", "Better weights", False),
        ("SFconvertbot", CONVERTED, True),
    ],
)
def test_other_offers_are_not_taken(
    hub: Hub,
    model: Repository,
    tiny_checkpoints: dict[str, Path],
    author: str,
    title: str,
    stale: bool,
) -> None:
    model.commit("main", without_weights(tiny_checkpoints["sentiment"]))
    model.commit("refs/pr/1", files_of(tiny_checkpoints["sentiment"]), on="main")
    model.offer(NAME, 1, author, title)
    if stale:
        model.commit("main", without_weights(tiny_checkpoints["entities"]))
    assert "no safetensors weights" in fail(CatalogEntry(model=NAME))


def test_a_model_or_revision_that_is_not_there_is_said(hub: Hub, model: Repository) -> None:
    assert "is not on the hub" in fail(CatalogEntry(model="owner/other"))
    message = fail(CatalogEntry(model=NAME, revision="abcdef0"))
    assert "is not on the hub" in message and "abcdef0" in message


@pytest.mark.parametrize("name", ["a/b/c", "pocket", "models/with space"])
def test_what_is_neither_id_nor_path_is_said(name: str) -> None:
    message = fail(CatalogEntry(model=name))
    assert "neither a hub id" in message or "not in the cache" in message


def test_out_of_reach_and_not_in_the_cache_says_what_to_do(cache: Path) -> None:
    message = fail(CatalogEntry(model=NAME, revision="714eb0f"))
    for part in (NAME, "714eb0f", "not in the cache", str(cache), "out of reach", "HF_HOME"):
        assert part in message


@pytest.mark.parametrize("lost", ["model.safetensors", "config.json", "vocab.txt"])
def test_a_half_fetched_model_is_not_taken_for_whole(
    model: Repository, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    (locate(CatalogEntry(model=NAME)).folder / lost).unlink()
    with monkeypatch.context() as offline:
        offline.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
        assert "not in the cache" in fail(CatalogEntry(model=NAME))
    assert (locate(CatalogEntry(model=NAME)).folder / lost).is_file()
