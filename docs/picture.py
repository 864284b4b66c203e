"""Draws the README's picture: what `triage demo` prints, as an SVG.

python docs/picture.py docs/demo.svg
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 118


def main(target: Path) -> None:
    """Run the demo and write the picture."""
    environment = os.environ | {
        "COLUMNS": str(WIDTH),
        # Colours without a terminal, and no animation.
        "TTY_COMPATIBLE": "1",
        "TTY_INTERACTIVE": "0",
        "TERM": "xterm-256color",
    }
    done = subprocess.run(
        [sys.executable, "-m", "producer", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    # Where the picture was taken is nobody's business.
    said = done.stdout.replace(f"{sys.executable} -m producer", "triage")
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for line in said.rstrip().splitlines():
            console.print(Text.from_ansi(line), soft_wrap=True)
    svg = console.export_svg(title="make demo")
    # The font is whatever monospaced one the reader has; nothing is fetched.
    target.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
