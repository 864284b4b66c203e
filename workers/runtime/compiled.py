"""Functions that Numba compiles for the processor at hand: where they pay, and how they are made.

Numba may be missing, so nothing here imports it before a function is to be compiled. Importing a
module of such functions takes seconds on a machine's first time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, TypeVar, cast

import torch

logger = logging.getLogger(__name__)

Function = TypeVar("Function", bound=Callable[..., Any])

#: Threads from which torch's own operations are taken to be quicker than one thread that reads
#: memory once; with two they are not, more were not there to try.
_MANY_THREADS = 3
#: Sums may be taken in any order; infinities stay what they are.
ANY_ORDER = frozenset({"reassoc", "contract", "nsz", "arcp"})
#: A product and the sum it goes into are rounded once, as torch does where the processor can.
AS_TORCH = frozenset({"contract"})


def pays(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether this thread had better use compiled functions, if there are any."""
    few = torch.get_num_threads() < _MANY_THREADS
    return few and device.type == "cpu" and dtype == torch.float32


def load(module: str, functions: Sequence[str], instead: str) -> list[Callable[..., None]] | None:
    """Load compiled functions; None where Numba is not installed, or does not work with the other
    packages.

    Args:
        module: The module that defines them.
        functions: Their names.
        instead: What is done without them, for the log.
    """
    try:
        found = [getattr(import_module(module), function) for function in functions]
    except Exception as error:
        level = logging.INFO if isinstance(error, ImportError) else logging.WARNING
        logger.log(level, "%s: %r", instead, error)
        return None
    return found


def compiled(sums: frozenset[str]) -> Callable[[Function], Function]:
    """Compile a function when another one calls it.

    Args:
        sums: What the compiler may do with them: `ANY_ORDER` or `AS_TORCH`.
    """

    def compile_later(function: Function) -> Function:
        return cast(Function, _njit()(**_flags(sums))(function))

    return compile_later


def compiled_now(sums: frozenset[str], *signatures: str) -> Callable[[Function], Function]:
    """Compile a function at once, and cache it for other processes unless that fails.

    Args:
        sums: As above.
        signatures: Types of its arguments, by commas; one for each kind of arguments.
    """

    def compile_now(function: Function) -> Function:
        types = [f"void({signature})" for signature in signatures]
        try:
            return cast(Function, _njit()(types, cache=True, **_flags(sums))(function))
        except Exception as error:
            logger.warning("compiled again in each process, since it cannot be cached: %r", error)
            return cast(Function, _njit()(types, **_flags(sums))(function))

    return compile_now


def _flags(sums: frozenset[str]) -> dict[str, Any]:
    return {"nogil": True, "error_model": "numpy", "fastmath": set(sums)}


def _njit() -> Any:
    from numba import njit

    return njit
