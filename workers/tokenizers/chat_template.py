"""The chat template of a checkpoint: how what people and models say in turn is written for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workers.tokenizers.settings import TokenizerFilesError, read_object

#: The file that Transformers keeps a template in since 4.50, …
FILE = "chat_template.jinja"
#: … and the key in `tokenizer_config.json` that it had before.
_KEY = "chat_template"
#: Of several templates the one for chats without tools, …
_DEFAULT = "default"
#: … which all but that one are kept in.
_OTHERS = "additional_chat_templates"


def read_chat_template(folder: Path) -> str | None:
    """The template, in the language of Jinja; None where the checkpoint was trained on no chats.

    Raises:
        TokenizerFilesError: If a file cannot be read, or has no template where one should be, or
            there are several and none is the one for all.
    """
    file = folder / FILE
    if file.is_file():
        try:
            return _written(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            raise TokenizerFilesError(f"{file} cannot be read as text") from None
    said = read_object(folder / "tokenizer_config.json").get(_KEY)
    several: dict[Any, Any] = {path.stem: None for path in (folder / _OTHERS).glob("*.jinja")}
    if isinstance(said, list):
        # Several, each with its name.
        named = [one for one in said if isinstance(one, dict)]
        several |= {one.get("name"): one.get("template") for one in named}
        said = several.get(_DEFAULT)
    if said is None and several:
        raise TokenizerFilesError(
            f"its chat templates are {', '.join(map(str, several))}, and none of them is called "
            f"{_DEFAULT!r}, so nobody can tell which is meant"
        )
    if said is not None and not isinstance(said, str):
        raise TokenizerFilesError(f"{folder / 'tokenizer_config.json'}: {_KEY} is no text")
    return _written(said or "")


def _written(template: str) -> str | None:
    """A template; None where it is blank, which is as if there were none."""
    return template if template.strip() else None
