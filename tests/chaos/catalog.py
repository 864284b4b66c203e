"""The models of a chaos run."""

from __future__ import annotations

from pathlib import Path

from tests.support.checkpoints import build_sentiment

_ENGLISH = 'languages = ["en"]'


def write_catalog(folder: Path) -> Path:
    """The built-in models, but for sentiment, whose real one would take most of the time."""
    path = folder / "catalog.toml"
    sentiment = build_sentiment(folder / "sentiment")
    path.write_text(
        f'[language]\nmodel = "py3langid"\n[sentiment]\nmodel = "{sentiment}"\n{_ENGLISH}\n'
        f'[entities]\nmodel = "pocket/entities"\n{_ENGLISH}\n'
        f'[qa]\nmodel = "pocket/qa"\n{_ENGLISH}\n',
        "utf-8",
    )
    return path
