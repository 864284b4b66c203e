"""What a model computes in where the catalog leaves it to us: fp32, or bf16 where that is measured
to be quicker and to say the same.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import torch

from schema.catalog import CatalogEntry, Precision
from schema.results.outcome import Provenance
from workers.errors import ModelError
from workers.runtime.tuning_cache import TuningCache

logger = logging.getLogger(__name__)

#: Smaller models gain milliseconds, if anything: they stay exact, and load at once.
LARGE = 10_000_000
#: bf16 has to be so many times as fast.
FASTER = 1.1
#: And this share of its labels has to be those of fp32.
AGREEMENT = 0.995


@dataclass(frozen=True, slots=True)
class PrecisionTrial:
    """What a comparison of bf16 with fp32 gave.

    Attributes:
        speedup: Time of fp32 by time of bf16.
        agreement: Share of labels (or tokens, of a model that writes) that are equal, 0 to 1.
    """

    speedup: float
    agreement: float

    @property
    def precision(self) -> Precision:
        """The better one."""
        well = self.speedup >= FASTER and self.agreement >= AGREEMENT
        return "bf16" if well else "fp32"


def check(entry: CatalogEntry, device: torch.device) -> None:
    """Whether the device computes in what the catalog asks for.

    Raises:
        ModelError: If it does not.
    """
    asked = entry.options.precision
    wrong = None
    if asked == "int8" and device.type != "cpu":
        wrong = "int8 is for CPUs; on a GPU take bf16 or fp16"
    elif asked == "fp16" and device.type == "cpu" and not _cpu_has("fp16"):
        wrong = "this CPU has no fp16; take fp32, bf16 or int8"
    if wrong:
        raise ModelError(
            f"model {entry.model!r} with precision = {asked!r} on {device}: {wrong}, in the "
            "options of the catalog that TRIAGE_MODELS names"
        )


def resolve(
    model: Provenance,
    device: torch.device,
    parameters: int,
    trial: Callable[[], PrecisionTrial],
    decisions: TuningCache,
) -> Precision:
    """Choose between fp32 and bf16.

    Args:
        model: Name and revision; its options do not matter.
        device: Where it computes.
        parameters: Of its layers, embeddings not counted.
        trial: Compares the two; called only if the answer is not known or clear.
        decisions: Where answers are kept.
    """
    if parameters < LARGE or not has_bf16(device):
        return "fp32"
    key = {
        "model": model.name,
        "revision": model.revision,
        "device": _name(device),
        "torch": torch.__version__,
    }
    if kept := decisions.read(key, _precision_of):
        logger.info("%s computes in %s, as measured before", model.name, kept)
        return kept
    outcome = trial()
    logger.info(
        "%s: bf16 is %.2f times as fast as fp32, and %.2f %% of its labels are the same: %s",
        model.name,
        outcome.speedup,
        100 * outcome.agreement,
        outcome.precision,
    )
    # Of several children that measured at once, all do as the first.
    kept = decisions.keep(key, {"precision": outcome.precision} | asdict(outcome), _precision_of)
    return kept or outcome.precision


def _precision_of(decision: dict[str, object]) -> Precision:
    precision = decision["precision"]
    if precision == "fp32":
        return "fp32"
    if precision == "bf16":
        return "bf16"
    raise ValueError(f"precision {precision!r}")


def has_bf16(device: torch.device) -> bool:
    """Whether the device has instructions for it."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and _cpu_has("bf16")


def _cpu_has(precision: Precision) -> bool:
    """Whether oneDNN has kernels for it here. Some are slow: only a measurement tells."""
    supported = getattr(torch.ops.mkldnn, f"_is_mkldnn_{precision}_supported", None)
    return supported is not None and bool(supported())


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()


@lru_cache(maxsize=1)
def _processor() -> str:
    """Linux knows the model; `platform` often just the architecture."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return f"{value.strip()}, {platform.machine()}"
    return platform.processor() or platform.machine()
