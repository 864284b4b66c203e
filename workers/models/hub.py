"""Checkpoints on the model hub: out of the local cache where they are there, else fetched into it.

What is in the cache is used without a word to the network, so a machine that is warm needs no hub
and a model never changes under a run.
"""

from __future__ import annotations

import logging
from pathlib import Path

from huggingface_hub import HfApi, constants, snapshot_download
from huggingface_hub.hf_api import ModelInfo

from schema.catalog import CatalogEntry
from workers.errors import ModelError
from workers.models.checkpoint_files import MissingShardError, has_tokenizer, weight_files
from workers.models.hub_errors import CATALOG, explained, named
from workers.models.partial_downloads import finish_partials
from workers.models.sentence_layout import module_files

logger = logging.getLogger(__name__)

_ASK_SECONDS = 5
#: What of a repository a model may need: none of its other weight formats, none of its folders.
PATTERNS = [
    *("*.json", "*.txt", "*.model", "*.spm", "*.tokenizer", "*.codes", "*.safetensors"),
    "chat_template.jinja",
]
ELSEWHERE = ["*/*"]
#: The hub's converter opens such a pull request on a model that has pickled weights only.
_CONVERTER = "SFconvertbot"
_CONVERTED = "Adding `safetensors` variant of this model"


def hub_folder(entry: CatalogEntry) -> Path:
    """The snapshot folder of a hub model; its name is the commit.

    A model whose default branch has no safetensors weights is taken from the pull request in which
    the hub's converter offers them, if that stands on the newest commit.

    Raises:
        ModelError: If the model is neither in the cache nor to be had from the hub.
    """
    folder = cached_folder(entry) or _fetched(entry)
    _fetch_modules(entry, folder)
    return folder


def cached_folder(entry: CatalogEntry) -> Path | None:
    """The snapshot folder of a hub model that is in the local cache, whole; None if it is not."""
    repository = Path(constants.HF_HUB_CACHE) / f"models--{entry.model.replace('/', '--')}"
    refs, snapshots = repository / "refs", repository / "snapshots"
    named = [refs / (entry.revision or constants.DEFAULT_REVISION)]
    if entry.revision is None:
        named += sorted(refs.glob("refs/pr/*"))
    folders = [snapshots / ref.read_text("ascii").strip() for ref in named if ref.is_file()]
    if entry.revision is not None:
        # The commit may have come in under the name of a branch, and be shortened in the catalog.
        folders += sorted(snapshots.glob(f"{entry.revision}*"))
    return next((folder for folder in folders if _is_whole(folder)), None)


def _fetch_modules(entry: CatalogEntry, folder: Path) -> None:
    """What sentence-transformers keeps in folders behind the encoder, where that is not there yet.

    Without it the encoder is whole all the same: who needs it says that it is missing.
    """
    lacking = [file for file in module_files(folder) if not file.is_file()]
    if not lacking:
        return
    names = [file.relative_to(folder).as_posix() for file in lacking]
    try:
        # Asked first, once and briefly, as below.
        HfApi().model_info(entry.model, revision=folder.name, timeout=_ASK_SECONDS)
        snapshot_download(entry.model, revision=folder.name, allow_patterns=names)
    except Exception as error:
        logger.info("%s: %s cannot be fetched: %s", entry.model, names, type(error).__name__)


def _is_whole(folder: Path) -> bool:
    try:
        has_weights = bool(weight_files(folder))
    except MissingShardError:
        return False
    return (folder / "config.json").is_file() and has_weights and has_tokenizer(folder)


def _fetched(entry: CatalogEntry) -> Path:
    with explained(entry):
        api = HfApi()
        # Asked first, once and briefly: a download keeps trying for minutes before it gives up.
        info = api.model_info(entry.model, revision=entry.revision, timeout=_ASK_SECONDS)
        revision, commit = entry.revision, info.sha
        if not _has_safetensors(info):
            revision = commit = _converted(api, entry)
            if revision is None:
                raise ModelError(
                    f"{named(entry)} has no safetensors weights, and no other format is loaded; "
                    f"name another model, or a `revision` that has them, {CATALOG}"
                )
        if commit is not None:
            names = [file.rfilename for file in info.siblings or () if "/" not in file.rfilename]
            finish_partials(entry.model, commit, names)
        return Path(
            snapshot_download(
                entry.model,
                revision=revision,
                allow_patterns=PATTERNS,
                ignore_patterns=ELSEWHERE,
            )
        )


def _has_safetensors(info: ModelInfo) -> bool:
    return any(file.rfilename.endswith(".safetensors") for file in info.siblings or ())


def _converted(api: HfApi, entry: CatalogEntry) -> str | None:
    """The reference of the converter's pull request, if it stands on the newest commit."""
    if entry.revision is not None:
        return None
    newest = api.list_repo_commits(entry.model)[0].commit_id
    for offer in api.get_repo_discussions(entry.model, author=_CONVERTER):
        by_converter = offer.author == _CONVERTER and offer.title == _CONVERTED
        if by_converter and offer.is_pull_request and offer.status == "open":
            commits = api.list_repo_commits(entry.model, revision=offer.git_reference)
            if len(commits) > 1 and commits[1].commit_id == newest:
                return offer.git_reference
    return None
