"""The chat template of a checkpoint: how what people and models say in turn is written for it."""

from __future__ import annotations

from pathlib import Path

from workers.tokenizers.settings import TokenizerFilesError, read_object

#: The file that Transformers keeps a template in since 4.50, …
FILE = "chat_template.jinja"
#: … and the key in `tokenizer_config.json` that it had before.
_KEY = "chat_template"
#: Of several templates the one for chats without tools.
_DEFAULT = "default"


def read_chat_template(folder: Path) -> str | None:
    """The template, in the language of Jinja; None where the checkpoint was trained on no chats.

    Raises:
        TokenizerFilesError: If a file cannot be read, or has no template where one should be.
    """
    file = folder / FILE
    if file.is_file():
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise TokenizerFilesError(f"{file} cannot be read as text") from None
    said = read_object(folder / "tokenizer_config.json").get(_KEY)
    if isinstance(said, list):
        # Several, each with its name.
        named = [one for one in said if isinstance(one, dict)]
        said = {one.get("name"): one.get("template") for one in named}.get(_DEFAULT)
    if said is not None and not isinstance(said, str):
        raise TokenizerFilesError(f"{folder / 'tokenizer_config.json'}: {_KEY} is no text")
    return said
