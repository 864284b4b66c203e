"""From the logits of a question-answering model to the likeliest answer spans."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: Tokens of an answer.
MAX_ANSWER = 15

#: Spans of a window that are considered, before whole words and equal texts make them fewer.
CANDIDATES = 12

Logits = npt.NDArray[np.float32]
