"""Out of memory, for real: a process whose address space is limited runs a batch far too large."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

#: So many that a batch of half of them does not fit either, however the memory lies.
DOCUMENTS = 800


def test_a_batch_that_does_not_fit_is_halved_until_it_does() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.small_machine", str(DOCUMENTS)],
        # Whatever is freed leaves the address space, by which the process is limited.
        env=os.environ | {"MALLOC_MMAP_THRESHOLD_": "131072"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert (said["results"], said["different"]) == (DOCUMENTS, 0)
    assert said["ceiling"] < DOCUMENTS * 100
    assert said["forwards"] > 2
