"""The Dockerfile: its targets, none of them root, and torch in workers alone."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.docker.console import parse
from tests.docker.dockerfile import DOCKERFILE, Stage, reached, read_stages

ROOT = Path(__file__).parents[2]
TARGETS = ("producer", "worker", "worker-cuda", "flower", "metrics", "serve")
#: Those with packages of their own; `metrics` is the producer with another command.
INSTALLED = tuple(target for target in TARGETS if target != "metrics")
WORKERS = ("worker", "worker-cuda")
EXTRAS = re.compile(r"'\.\[([\w,]+)\]'")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    return read_stages()


def extras(stages: dict[str, Stage], target: str) -> set[str]:
    """The extras of the project that are installed in a target."""
    runs = [run for stage in reached(stages, target) for run in stage.all("RUN")]
    return {extra for run in runs for names in EXTRAS.findall(run) for extra in names.split(",")}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("producer", {"postgres"}),
        ("metrics", {"postgres"}),
        ("worker", {"postgres", "worker"}),
        ("worker-cuda", {"postgres", "worker"}),
        ("flower", {"postgres", "flower"}),
        ("serve", {"postgres", "serve"}),
    ],
)
def test_each_target_has_its_extras_and_torch_is_in_the_worker_alone(
    stages: dict[str, Stage], target: str, expected: set[str]
) -> None:
    assert extras(stages, target) == expected
    assert expected <= set(PROJECT["project"]["optional-dependencies"])
    runs = " ".join(run for stage in reached(stages, target) for run in stage.all("RUN"))
    assert "install torch" not in runs, (
        "torch comes with the extra, at the version of constraints.txt"
    )


@pytest.mark.parametrize("target", TARGETS)
def test_no_target_runs_as_root(stages: dict[str, Stage], target: str) -> None:
    user, group = stages[target].last("USER").split(":")
    assert int(user) > 0 and int(group) > 0
    creation = next(run for run in stages["base"].all("RUN") if "useradd" in run)
    assert f"--uid {user} " in creation and f"--gid {group} " in creation
    after = [word for word, _ in stages[target].whole]
    assert "RUN" not in after[after.index("USER") :]


@pytest.mark.parametrize("target", TARGETS)
def test_its_home_is_a_folder_of_that_user(stages: dict[str, Stage], target: str) -> None:
    assert stages[target].last("WORKDIR") == "/data"
    environment = dict(
        pair.split("=", 1) for line in stages["base"].all("ENV") for pair in line.split()
    )
    assert environment["TRIAGE_HOME"] == "/data"
    assert environment["HF_HOME"].startswith("/data/")


def test_a_change_of_code_leaves_the_dependencies_where_they_are(stages: dict[str, Stage]) -> None:
    """Docker builds a layer again when what it copies has changed."""
    for name in (f"{target}-dependencies" for target in INSTALLED):
        for stage in reached(stages, name):
            assert set(stage.copied_from_context()) <= {"pyproject.toml", "constraints.txt"}
    for target in INSTALLED:
        dependencies, code = stages[target].all("COPY")
        assert dependencies == f"--from={target}-dependencies /opt/venv /opt/venv"
        of_whom = "project" if target in WORKERS else "console"
        assert code == f"--from={of_whom} /opt/triage /opt/triage"
    assert "--no-deps --target /opt/triage ." in stages["project"].last("RUN")


def test_models_are_in_workers_alone(stages: dict[str, Stage]) -> None:
    assert stages["console"].parent == "project"
    assert stages["console"].last("RUN") == "rm -r /opt/triage/workers/pocket"
    assert (ROOT / "workers" / "pocket").is_dir()


def test_pip_and_what_tests_of_others_are_stay_out(stages: dict[str, Stage]) -> None:
    assert "venv --without-pip /opt/venv" in stages["environment"].last("RUN")
    for target in INSTALLED:
        run = stages[f"{target}-dependencies"].last("RUN")
        assert "-name tests -prune -exec rm -r" in run


def test_the_build_for_cpus_comes_by_pips_variables(stages: dict[str, Stage]) -> None:
    assert stages["worker-dependencies"].all("ARG") == ["PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"]
    assert "torch.version.cuda" in stages["worker-cuda-dependencies"].last("RUN")
    assert not any(stages[f"{target}-dependencies"].all("ARG") for target in INSTALLED[2:])


def test_dependencies_have_the_versions_of_the_constraints(stages: dict[str, Stage]) -> None:
    installs = [run for stage in stages.values() for run in stage.all("RUN") if EXTRAS.search(run)]
    assert len(installs) == len(INSTALLED)
    assert all("--constraint constraints.txt" in run for run in installs)


def test_the_packages_are_those_of_the_project(stages: dict[str, Stage]) -> None:
    include = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    packages = {pattern.removesuffix("*") for pattern in include}
    assert packages <= set(stages["project"].copied_from_context())
    (stand_ins,) = re.findall(r"mkdir ([\w ]+) &&", stages["producer-dependencies"].last("RUN"))
    assert set(stand_ins.split()) == packages


def test_the_pages_that_belong_to_the_package_are_there(stages: dict[str, Stage]) -> None:
    pages = {PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]}
    assert pages <= set(stages["project"].copied_from_context())
    (stand_ins,) = re.findall(r"touch ([\w. ]+) ", stages["producer-dependencies"].last("RUN"))
    assert set(stand_ins.split()) == pages


def test_what_is_copied_is_there_and_is_let_into_the_build(stages: dict[str, Stage]) -> None:
    copied = {path for stage in stages.values() for path in stage.copied_from_context()}
    ignore = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignore if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied
    assert all((ROOT / path).exists() for path in copied), copied


@pytest.mark.parametrize("target", TARGETS)
def test_what_it_runs_is_a_command_of_the_console(stages: dict[str, Stage], target: str) -> None:
    entry = json.loads(stages[target].last("ENTRYPOINT"))
    assert entry == list(PROJECT["project"]["scripts"])
    command = json.loads(stages[target].last("CMD"))
    if command != ["--help"]:
        parse(command)


def test_health_checks_look_at_the_node_and_the_pages(stages: dict[str, Stage]) -> None:
    """What they answer is seen where a node and Flower run: `end_to_end/test_flower.py`."""
    assert stages["producer"].last("HEALTHCHECK") == "NONE"
    for worker in WORKERS:
        name = parse(json.loads(stages[worker].last("CMD")))["name"]
        assert stages[worker].health_command() == f"python -m workers.node.health {name}"
    assert "/favicon.ico" in stages["metrics"].health_command()
    assert "/healthcheck" in stages["flower"].health_command()
    assert "/healthz" in stages["serve"].health_command()


def test_no_registry_and_no_secret_is_named(stages: dict[str, Stage]) -> None:
    text = DOCKERFILE.read_text("utf-8")
    (image,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", text, re.M)
    assert re.fullmatch(r"python:3\.\d+-slim", image)
    parents = {stage.parent for stage in stages.values()} - set(stages)
    assert parents == {"${PYTHON_IMAGE}"}
    assert not re.search(r"index-url|https?://(?!127\.0\.0\.1)", text)
    assert not re.search(r"^(ARG|ENV).*(PASSWORD|TOKEN|SECRET|AUTH)", text, re.M)
