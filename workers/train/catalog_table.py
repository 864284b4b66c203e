"""What to write into a catalog, so that it serves a model that was trained."""

from __future__ import annotations

import json
import os
from pathlib import Path

from schema.analyses import BUILT_IN
from schema.catalog import EntryOptions


def catalog_table(analysis: str, output: Path, options: EntryOptions) -> str:
    """The table of a catalog, as TOML.

    Args:
        output: Of the model; below the working folder it is named from there, as from a catalog
            that lies in it.
        options: How the model has to be read.
    """
    table = analysis if analysis in BUILT_IN else f"classify.{analysis}"
    whole = output.absolute()
    beside = Path(os.path.relpath(whole))
    model = str(whole) if beside.parts[0] == ".." else f"./{beside}"
    lines = [f"[{table}]", f"model = {json.dumps(model, ensure_ascii=False)}"]
    said = options.model_dump(exclude_defaults=True)
    if said:
        each = ", ".join(f"{name} = {json.dumps(value)}" for name, value in said.items())
        lines.append(f"options = {{ {each} }}")
    return "\n".join(lines)
