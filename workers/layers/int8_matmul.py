"""Chooses the quickest library for int8 products on this machine. Each is checked against the plain
product of integers before it is relied on.
"""

from __future__ import annotations

import logging
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from workers.layers.int8_check import is_exact, is_exact_here
from workers.layers.int8_kernels import (
    FbgemmProduct,
    FloatProduct,
    Int8Matmul,
    NarrowFbgemmProduct,
    OneDnnProduct,
    PairedFbgemmProduct,
    TorchProduct,
    has_fbgemm,
    has_onednn,
    has_vnni,
)
from workers.layers.vnni_product import VnniProduct, has_compiled

logger = logging.getLogger(__name__)


class NoProductError(Exception):
    """No library here has the product, or none computes it rightly."""


def byte_product(quantised: Tensor, scale: Tensor, *, few_rows: bool = False) -> Int8Matmul:
    """Make the quickest product with a weight that is right on this machine.

    Args:
        quantised: (outputs, inputs) in int8, without -128.
        scale: Scale of each output, (outputs), in float32.
        few_rows: Whether it mostly multiplies few rows; all kinds give the same.
    """
    if quantised.device.type != "cpu":
        return TorchProduct(quantised, scale)
    for kind in cpu_kinds(few_rows=few_rows):
        if not kind.takes(quantised):
            continue
        if is_exact_here(kind):
            product = kind(quantised, scale)
            if is_exact(product, quantised, scale):
                return product
        _warn_once(kind.name)
    return FloatProduct(quantised, scale)


def widened_product(
    quantised: Tensor, scale: Tensor, outputs: int, *, one_thread: bool = False
) -> FbgemmProduct | VnniProduct:
    """Make a quick product for few rows, widened by outputs that are always -inf.

    Args:
        quantised: (fewer outputs, inputs) in int8, without -128.
        scale: Scale of each of these, in float32.
        outputs: Number of outputs of the product.
        one_thread: Whether one thread had better compute it, and read the weight only once.

    Raises:
        NoProductError: If no library that adds a bias is there, or right.
    """
    missing = outputs - len(quantised)
    kinds: list[type[FbgemmProduct] | type[VnniProduct]] = [*fbgemm_kinds()]
    for kind in [*vnni_kinds(), *kinds] if one_thread else kinds:
        if is_exact_here(kind):
            product = kind(
                functional.pad(quantised, (0, 0, 0, missing)),
                functional.pad(scale, (0, missing), value=1.0),
                functional.pad(torch.zeros_like(scale), (0, missing), value=-torch.inf),
            )
            if is_exact(product, quantised, scale):
                return product
        _warn_once(kind.name)
    raise NoProductError


def cpu_kinds(*, few_rows: bool = False) -> list[type[Int8Matmul]]:
    """The products that claim to work on this processor, the quickest first. With VNNI, FBGEMM
    takes half of oneDNN's time for 8 rows, as much for some 100, and 1.15 times as much for 2,000
    (one thread of Zen 4). What Numba compiles takes half of FBGEMM's for one row.
    """
    if has_vnni():
        one_dnn = [OneDnnProduct] if has_onednn() else []
        if few_rows:
            return [*vnni_kinds(), *fbgemm_kinds(), *one_dnn]
        return [*one_dnn, *fbgemm_kinds()]
    return [*([PairedFbgemmProduct] if has_fbgemm() else []), *fbgemm_kinds()]


def largest_pair() -> int | None:
    """What a weight had better keep to, for the quickest product to take it; see `Int8Matmul`."""
    for kind in cpu_kinds():
        if is_exact_here(kind):
            return kind.largest_pair
        _warn_once(kind.name)
    return None


def vnni_kinds() -> list[type[VnniProduct]]:
    """The product that Numba compiles, which can add a bias too; none where it does not pay."""
    return [VnniProduct] if has_compiled() else []


def fbgemm_kinds() -> list[type[FbgemmProduct]]:
    """The products of FBGEMM, which can add a bias too, the quickest first."""
    if not has_fbgemm():
        return []
    return [FbgemmProduct, NarrowFbgemmProduct] if has_vnni() else [NarrowFbgemmProduct]


@cache
def _warn_once(name: str) -> None:
    """Warn once in a process, however many layers it concerns."""
    logger.warning(
        "%s multiplies int8 wrongly on this machine: another product is used, as exact and perhaps "
        "slower; nothing needs to be done",
        name,
    )
