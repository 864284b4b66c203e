"""Settings that Transformers 5 reads otherwise than 4.57.6 come out as 4.57.6 had them. What is
expected was printed by 4.57.6.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from workers.models.older_settings import as_read_before
from workers.models.stored_configuration import stored_configuration

_SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 512,
    "vocab_size": 60,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
_LONG = {"short_factor": [1.0, 1.1, 1.2, 1.3], "long_factor": [2.0, 3.0, 4.0, 5.0]}


def config(folder: Path, model_type: str, **said: Any) -> Any:
    told = _SIZES | {"model_type": model_type} | said
    (folder / "config.json").write_text(json.dumps(told), "utf-8")
    return stored_configuration(folder)


def model(folder: Path, model_type: str, **said: Any) -> Any:
    return AutoModelForCausalLM.from_config(config(folder, model_type, **said)).model


@pytest.mark.parametrize(
    ("said", "before", "scaling"),
    [
        # One within did not count: the text is never longer than the model reads.
        ({"factor": 4.0, "original_max_position_embeddings": 64}, None, 1.1055),
        ({"factor": 4.0}, None, 1.1055),
        # Beside it, it made the factor: 512 / 64.
        ({"factor": 4.0}, 64, 1.2247),
        ({}, 64, 1.2247),
    ],
)
def test_the_length_before_longrope_stands_beside_it(
    tmp_path: Path, said: dict[str, Any], before: int | None, scaling: float
) -> None:
    beside = {} if before is None else {"original_max_position_embeddings": before}
    rotary = model(
        tmp_path, "llama", rope_scaling={"rope_type": "longrope"} | _LONG | said, **beside
    ).rotary_emb
    assert rotary.attention_scaling == pytest.approx(scaling, abs=1e-4)
    positions = torch.arange(100)[None]
    rotary(torch.zeros(1, 100, 32), positions)
    # The second speed of a head of 8, divided by what is for short texts or by what is for long.
    stretched = 3.0 if before is not None else 1.1
    assert float(rotary.inv_freq[1]) == pytest.approx(0.1 / stretched, rel=1e-5)


def test_phi_called_longrope_otherwise(tmp_path: Path) -> None:
    stretched = {"type": "su"} | _LONG
    said = {"original_max_position_embeddings": 64, "rope_scaling": stretched}
    assert config(tmp_path, "phi3", **said).rope_parameters["rope_type"] == "longrope"


def test_layers_of_olmo_with_a_window_have_the_base_of_the_others(tmp_path: Path) -> None:
    kinds = ["sliding_attention", "full_attention"]
    scaling = {"rope_type": "linear", "factor": 2.0}
    told = config(tmp_path, "olmo3", layer_types=kinds, rope_theta=1234.0, rope_scaling=scaling)
    assert {one["rope_theta"] for one in told.rope_parameters.values()} == {1234.0}
    assert [told.rope_parameters[kind]["rope_type"] for kind in kinds] == ["default", "linear"]


def test_no_stretching_is_said_by_null(tmp_path: Path) -> None:
    layers = ["sliding_attention", "full_attention"]
    told = config(tmp_path, "gpt_oss", rope_scaling=None, layer_types=layers)
    assert told.rope_parameters["rope_type"] == "default"
    # Where nothing is said, it is stretched.
    assert config(tmp_path, "gpt_oss", layer_types=layers).rope_parameters["rope_type"] == "yarn"


def test_the_window_of_modernbert_as_a_decoder_is_half_of_local_attention(tmp_path: Path) -> None:
    told = config(tmp_path, "modernbert-decoder", sliding_window=4, global_rope_theta=1234.0)
    assert told.sliding_window == 64
    assert {one["rope_theta"] for one in told.rope_parameters.values()} == {1234.0}
    told = config(tmp_path, "modernbert-decoder", local_attention=16)
    assert told.sliding_window == 8


def test_what_it_is_given_stays_as_it_is() -> None:
    said = {"model_type": "phi3", "rope_scaling": {"type": "su"} | _LONG}
    before = json.dumps(said)
    as_read_before(said)
    assert json.dumps(said) == before
