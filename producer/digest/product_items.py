"""Products that turned worse, or better."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from producer.digest.item import Item
from producer.digest.request import DigestRequest
from producer.digest.theme_items import group_item, is_worse
from schema.questions.examples import newest_part, segment_examples
from schema.questions.group_changes import read_product_changes


def product_items(request: DigestRequest) -> Iterator[Item]:
    """Products that are surely felt worse or better about than in the period before."""
    changes = read_product_changes(request.connection, request.scope, request.now)
    sure = [one for one in changes if one.is_sure]
    scopes = (newest_part(request.connection, request.scope), request.scope) if sure else ()
    examples = {
        side: segment_examples(
            request.connection,
            scopes,
            "product",
            f"d.polarity = '{side}'",
            {one.name: getattr(one.now, side).count for one in sure},
        )
        for side in ("negative", "positive")
        if sure
    }
    for one in sure:
        side = "negative" if is_worse(one) else "positive"
        yield replace(
            group_item(request, one, "Product"),
            command=request.texts(f"{shlex.quote(f'product={one.name}')} --where polarity={side}"),
            key="segments",
            examples=examples[side].get(one.name, ()),
        )
