"""The Dockerfile as a graph of stages."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

DOCKERFILE = Path(__file__).parents[2] / "docker" / "Dockerfile"


@dataclass
class Stage:
    """One `FROM … AS name` with its instructions, each as (keyword, rest).

    Attributes:
        base: The stage that it goes on from; None where that is an image.
    """

    name: str
    parent: str
    base: Stage | None = None
    instructions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def whole(self) -> list[tuple[str, str]]:
        """Its instructions behind those of what it goes on from."""
        return [*(self.base.whole if self.base else []), *self.instructions]

    def all(self, keyword: str) -> list[str]:
        return [rest for word, rest in self.instructions if word == keyword]

    def last(self, keyword: str) -> str:
        """The one that counts, its own or that of what it goes on from."""
        return [rest for word, rest in self.whole if word == keyword][-1]

    def copied_from(self) -> list[str]:
        """Names of the stages that files come from."""
        text = " ".join(rest for _, rest in self.instructions)
        return re.findall(r"--from=([\w-]+)", text)

    def copied_from_context(self) -> list[str]:
        """Paths of the repository that are copied in."""
        paths = []
        for rest in self.all("COPY"):
            if "--from=" not in rest:
                paths += shlex.split(rest)[:-1]
        return paths

    def health_command(self) -> str:
        """What the health check runs in a shell."""
        return self.last("HEALTHCHECK").split(" CMD ", 1)[1].strip()


def read_stages(text: str | None = None) -> dict[str, Stage]:
    """The stages by name, in order; what stands before the first is left out."""
    text = DOCKERFILE.read_text("utf-8") if text is None else text
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    stages: dict[str, Stage] = {}
    current: Stage | None = None
    for line in filter(str.strip, joined.splitlines()):
        keyword, rest = line.split(None, 1)
        if keyword == "FROM":
            parent, _, name = rest.split()
            current = stages[name] = Stage(name, parent, stages.get(parent))
        elif current is not None:
            current.instructions.append((keyword, rest.strip()))
    return stages


def reached(stages: dict[str, Stage], target: str) -> list[Stage]:
    """The stages whose files end up in a target: itself, its parents, what it copies from."""
    found: list[Stage] = []
    waiting = [target]
    while waiting:
        name = waiting.pop()
        if name in stages and stages[name] not in found:
            found.append(stages[name])
            waiting += [stages[name].parent, *stages[name].copied_from()]
    return found
