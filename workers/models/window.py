"""The window of a model: how many tokens it reads at once."""

from __future__ import annotations

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from schema.catalog import CatalogEntry

#: The window of a model that states none, neither in its configuration nor in its tokenizer's.
_USUAL_WINDOW = 512


def window_of(
    entry: CatalogEntry, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> int:
    """Tokens of the window, special tokens included: the least of what the tokenizer, the position
    embeddings and the catalog allow.
    """
    limits = [entry.options.max_length] if entry.options.max_length else []
    # XLNet, whose positions are distances, has -1 there.
    config = getattr(model.config, "text_config", model.config)
    positions = getattr(config, "max_position_embeddings", None)
    if positions and positions > 0:
        limits.append(positions - _unused_positions(model))
    told = _number(tokenizer.model_max_length)
    # A tokenizer that was told no limit says 1e30; 0 and -1 are none either.
    if told is not None and 0 < told < 1_000_000:
        limits.append(told)
    return min(limits, default=_USUAL_WINDOW)


def _number(limit: object) -> int | None:
    """A limit as a number, which a file may have as text; None if it is none."""
    try:
        return int(limit)  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError, OverflowError):
        return None


def _unused_positions(model: PreTrainedModel) -> int:
    """RoBERTa and its kin count positions from behind the padding index."""
    embeddings = getattr(model.base_model, "embeddings", None)
    padding = getattr(getattr(embeddings, "position_embeddings", None), "padding_idx", None)
    return 0 if padding is None else padding + 1
