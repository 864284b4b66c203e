"""An encoder as an ONNX file, for ONNX Runtime."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from schema.catalog import Precision

_OPSET = 18


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter and the quantiser tell long stories, on both streams."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


class _Logits(torch.nn.Module):
    """The model with two inputs and one output: (rows, classes), or (rows, tokens, classes)."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The logits of a padded batch."""
        output = self._model(input_ids=input_ids, attention_mask=attention_mask)
        if hasattr(output, "start_logits"):
            return torch.stack((output.start_logits, output.end_logits), dim=-1)
        logits: Tensor = output.logits
        return logits


def export(model: Any, tokenizer: Any, checkpoint: Path, precision: Precision) -> Path:
    """The file of a model at a precision, made if it is not there.

    Args:
        model: Of Transformers.
        tokenizer: Its own.
        checkpoint: Folder in which the file is kept.
        precision: `fp32`, or `int8` for dynamic quantisation.
    """
    exact, coarse = checkpoint / "onnx" / "fp32.onnx", checkpoint / "onnx" / "int8.onnx"
    exact.parent.mkdir(exist_ok=True)
    if not exact.is_file():
        _fuse(_export(model, tokenizer, exact.parent / "raw.onnx"), model, exact)
    if precision == "int8" and not coarse.is_file():
        _quantise(exact, coarse)
    return exact if precision == "fp32" else coarse


def _export(model: Any, tokenizer: Any, path: Path) -> Path:
    model.set_attn_implementation("eager")
    inputs = tokenizer(["one text", "a longer one than that"], padding=True, return_tensors="pt")
    rows, tokens = torch.export.Dim("rows", min=1), torch.export.Dim("tokens", min=2, max=512)
    shapes = {name: {0: rows, 1: tokens} for name in ("input_ids", "attention_mask")}
    with _quiet():
        torch.onnx.export(
            _Logits(model).eval(),
            (inputs["input_ids"], inputs["attention_mask"]),
            path,
            input_names=list(shapes),
            output_names=["logits"],
            dynamic_shapes=shapes,
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    return path


def _fuse(raw: Path, model: Any, path: Path) -> None:
    """Attention, GELU and layer norms as one node each."""
    from onnxruntime.transformers import optimizer

    config = model.config
    fused = optimizer.optimize_model(
        str(raw),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=1,
    )
    fused.save_model_to_file(str(path), use_external_data_format=False)
    for left in raw.parent.glob("raw.onnx*"):
        left.unlink()


def _quantise(exact: Path, coarse: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    bare = coarse.with_name("bare.onnx")
    graph = onnx.load(exact)
    # Shapes that fusing has left behind contradict those that quantising infers.
    del graph.graph.value_info[:]
    onnx.save(graph, bare)
    with _quiet():
        quantize_dynamic(
            bare,
            coarse,
            weight_type=QuantType.QInt8,
            # What fusing has made is of ONNX Runtime's own domain, where nobody infers types.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    bare.unlink()
