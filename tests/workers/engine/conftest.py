"""An analysis that counts, for tests of the engine."""

from __future__ import annotations

import pytest

from tests.support.engine_analysis import CountingAnalysis


@pytest.fixture
def analysis() -> CountingAnalysis:
    return CountingAnalysis()
