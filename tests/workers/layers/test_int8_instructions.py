"""Products of bytes where a processor's instructions are not used, as on lesser processors: what is
chosen there is right, whether a library was wrong or not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

CHECK = """
import logging
import torch
from tests.support.byte_weights import LAYOUTS, rows_of, weights
from workers.layers.int8_matmul import byte_product, cpu_kinds

logging.basicConfig(format="%(message)s")
for layout in LAYOUTS.values():
    for outputs, inputs in ((5, 1), (3, 7), (33, 65), (40, 300), (130, 1100)):
        quantised = layout(weights(outputs, inputs))
        product = byte_product(quantised, torch.ones(outputs), few_rows={few_rows})
        for count in (1, 2, 16, 70):
            rows = rows_of(product.levels, count, inputs)
            assert torch.equal(product(rows), (rows.long() @ quantised.long().T).float())
print(product.name, *(kind.name for kind in cpu_kinds(few_rows={few_rows})), sep="|")
"""

NAMES = ("ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY")
LESSER = [
    {},
    {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    {"ONEDNN_MAX_CPU_ISA": "AVX2_VNNI"},
    {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
    {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI"},
    {"ATEN_CPU_CAPABILITY": "avx2"},
    {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "AVX2"},
]


@pytest.mark.parametrize("few_rows", [False, True])
@pytest.mark.parametrize("setting", LESSER, ids=lambda setting: " ".join(setting.values()) or "all")
def test_what_is_chosen_is_right_and_what_is_passed_over_is_told(
    setting: dict[str, str], few_rows: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECK.replace("{few_rows}", str(few_rows))],
        env={name: value for name, value in os.environ.items() if name not in NAMES} | setting,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    chosen, *kinds = done.stdout.strip().split("|")
    passed_over = kinds[: kinds.index(chosen)] if chosen in kinds else kinds
    told = re.findall("^(.+) multiplies int8 wrongly", done.stderr, re.MULTILINE)
    assert told == passed_over
    if not setting:
        assert not passed_over
