"""Which device a node sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from producer.errors import UsageError
from producer.nodes.devices import count_gpus, parse_devices
from producer.nodes.node_command import node_environment
from schema.settings import Settings

REDIS = "redis://127.0.0.1:6379/0"


def test_two_nodes_see_a_device_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    seen = [node_environment(Settings(), place, REDIS) for place in parse_devices("0,1")]
    assert [environment["CUDA_VISIBLE_DEVICES"] for environment in seen] == ["0", "1"]
    # The one device that a node sees is its first, whichever it is.
    assert [environment["TRIAGE_DEVICE"] for environment in seen] == ["cuda:0", "cuda:0"]


def test_pins_count_within_what_is_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,GPU-7a")
    assert count_gpus() == 2
    assert parse_devices("all") == ["cuda:0", "cuda:1"]
    environment = node_environment(Settings(), "cuda:1", REDIS)
    assert environment["CUDA_VISIBLE_DEVICES"] == "GPU-7a"
    with pytest.raises(UsageError, match="shows 2 GPUs"):
        node_environment(Settings(), "cuda:2", REDIS)


def test_a_cpu_node_sees_no_gpu() -> None:
    environment = node_environment(Settings(), "cpu", REDIS)
    assert (environment["CUDA_VISIBLE_DEVICES"], environment["TRIAGE_DEVICE"]) == ("", "cpu")


def test_all_means_the_cpu_where_there_is_no_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert parse_devices("all") == ["cpu"]


def test_gpus_are_counted_by_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H200 (UUID: GPU-1)'\necho 'GPU 1: x'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert parse_devices("all") == ["cuda:0", "cuda:1"]


@pytest.mark.parametrize("devices", ["0,0", "gpu", "", "0,x", "cuda:0"])
def test_wrong_devices_say_what_to_give(devices: str) -> None:
    with pytest.raises(UsageError, match="give all, cpu, or the numbers of GPUs"):
        parse_devices(devices)


def test_wrong_device_says_what_to_give() -> None:
    with pytest.raises(UsageError, match="give cpu or cuda:0"):
        node_environment(Settings(), "gpu0", REDIS)
