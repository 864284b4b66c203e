"""The compose file: what it starts, with which settings, commands, checks and secrets."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
import yaml
from sqlalchemy.engine import make_url

from producer.commands.flower import login
from schema.settings import Settings
from tests.docker.compose import (
    FOLDER,
    SECRETS,
    MissingVariableError,
    read_compose,
    variables,
)
from tests.docker.console import parse
from tests.docker.dockerfile import read_stages
from tests.docker.manifests import compose_schema

OURS = ("init", "worker", "flower", "metrics", "serve", "producer")
LONG_RUNNING = ("redis", "postgres", "worker", "flower", "metrics", "serve", "backup")
#: What the image or the file itself says: where things lie in a container, and its own ports.
FIXED = {"TRIAGE_HOME", "TRIAGE_FLOWER_PORT", "TRIAGE_METRICS_PORT", "TRIAGE_SERVE_PORT"}
#: Settings of one service alone.
OF_ONE = {
    "TRIAGE_GRACE": "worker",
    "TRIAGE_FLOWER_AUTH": "flower",
    "TRIAGE_READER_PASSWORD": "init",
}
OVERRIDES = ("compose.gpu.yaml", "compose.bi.yaml")


def settings_of(service: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in service["environment"].items():
        if value is not None:
            monkeypatch.setenv(name, str(value))
    return Settings()


@pytest.mark.parametrize("file", ["compose.yaml", *OVERRIDES])
def test_it_holds_the_specification(file: str) -> None:
    loaded = read_compose(SECRETS, FOLDER / file)
    schema = jsonschema.Draft7Validator(compose_schema())
    schema.validate(loaded)
    misspelt = {"services": {"worker": {**loaded["services"].get("worker", {}), "restrat": "no"}}}
    with pytest.raises(jsonschema.ValidationError, match="restrat"):
        schema.validate(misspelt)


def test_its_services(services: dict[str, Any]) -> None:
    assert set(services) == {*LONG_RUNNING, *OURS}
    profiles = {name: one["profiles"] for name, one in services.items() if "profiles" in one}
    assert profiles == {"producer": ["producer"], "backup": ["backup"]}


@pytest.mark.parametrize("missing", SECRETS)
def test_no_password_has_a_default(missing: str) -> None:
    others = {name: value for name, value in SECRETS.items() if name != missing}
    for given in (others, SECRETS | {missing: ""}):
        with pytest.raises(MissingVariableError, match=missing):
            read_compose(given)
    assert variables()[missing] == {None}


def test_its_example_lists_every_variable_with_its_default() -> None:
    lines = (FOLDER / ".env.example").read_text("utf-8").splitlines()
    shown = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert shown == {name: next(iter(defaults)) or "" for name, defaults in variables().items()}
    assert all(len(defaults) == 1 for defaults in variables().values())


@pytest.mark.parametrize("name", OURS)
def test_our_images_come_from_the_dockerfile(services: dict[str, Any], name: str) -> None:
    build = services[name]["build"]
    context = (FOLDER / build["context"]).resolve()
    assert context == FOLDER.parent
    assert (context / build["dockerfile"]) == FOLDER / "Dockerfile"
    expected = "producer" if name == "init" else name
    assert build["target"] == expected
    assert expected in read_stages()


def test_images_of_others_name_a_version_and_no_registry(services: dict[str, Any]) -> None:
    images = [service["image"] for service in services.values() if "build" not in service]
    assert len(images) == 3
    for image in images:
        assert re.fullmatch(r"(redis|postgres):\d+", image)


@pytest.mark.parametrize("name", OURS)
def test_commands_are_those_of_the_console(services: dict[str, Any], name: str) -> None:
    parse(services[name]["command"])
    assert "entrypoint" not in services[name]


@pytest.mark.parametrize("name", [*OURS, "backup"])
def test_nobody_of_ours_may_become_root_or_write_to_its_image(
    services: dict[str, Any], name: str
) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["tmpfs"][0].startswith("/tmp:")
    assert "user" not in service and "privileged" not in service and "cap_add" not in service
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(services: dict[str, Any], name: str) -> None:
    names = set(services[name]["environment"])
    assert names <= {f"TRIAGE_{field.upper()}" for field in Settings.model_fields}


def test_every_setting_reaches_whom_it_concerns(services: dict[str, Any]) -> None:
    """Without a value, `docker compose` takes the one of the shell or of .env, if there is any."""
    settings = {f"TRIAGE_{field.upper()}" for field in Settings.model_fields} - FIXED
    for name in ("init", "worker", "metrics", "serve", "producer"):
        reached = set(services[name]["environment"])
        assert settings - reached == {one for one, only in OF_ONE.items() if only != name}
    for one, only in OF_ONE.items():
        assert one in services[only]["environment"]


@pytest.mark.parametrize("name", [*OURS, *LONG_RUNNING])
def test_logs_are_rotated_and_memory_is_limited(services: dict[str, Any], name: str) -> None:
    options = services[name]["logging"]["options"]
    assert set(options) == {"max-size", "max-file"} and isinstance(options["max-file"], str)
    limits = services[name]["deploy"]["resources"]["limits"]
    assert re.fullmatch(r"\d+[mg]", limits["memory"])
    assert "pids" in limits or name in ("redis", "postgres")


@pytest.mark.parametrize("name", ["init", "worker", "metrics", "serve", "producer"])
def test_settings_lead_to_the_servers(
    services: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings_of(services[name], monkeypatch)
    database = make_url(config.database)
    postgres = services["postgres"]["environment"]
    assert database.get_backend_name() == "postgresql"
    assert database.host == "postgres" and "postgres" in services
    assert database.username == postgres["POSTGRES_USER"]
    assert database.database == postgres["POSTGRES_DB"]
    assert database.password == postgres["POSTGRES_PASSWORD"] == SECRETS["POSTGRES_PASSWORD"]


def test_flower_has_a_login_and_no_way_to_the_database(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings_of(services["flower"], monkeypatch)
    assert login(config) == f"triage:{SECRETS['FLOWER_PASSWORD']}"
    assert config.database_url is None
    assert "volumes" not in services["flower"]


def test_only_pages_and_metrics_are_published_and_to_this_host_only(
    services: dict[str, Any],
) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {
        "flower": ["127.0.0.1:5555:5555"],
        "metrics": ["127.0.0.1:9464:9464"],
        "serve": ["127.0.0.1:8642:8642"],
    }
    assert Settings.model_fields["serve_port"].default == 8642
    assert Settings.model_fields["flower_port"].default == 5555
    assert Settings.model_fields["metrics_port"].default == 9464


def test_nobody_starts_before_what_it_needs(services: dict[str, Any]) -> None:
    conditions = {
        name: {needed: how["condition"] for needed, how in service["depends_on"].items()}
        for name, service in services.items()
        if "depends_on" in service
    }
    ready = {"init": "service_completed_successfully", "redis": "service_healthy"}
    assert conditions == {
        "init": {"postgres": "service_healthy"},
        "worker": ready,
        "metrics": ready,
        "producer": ready,
        "flower": {"redis": "service_healthy"},
        "serve": {"init": "service_completed_successfully"},
        "backup": {"init": "service_completed_successfully"},
    }


def test_who_runs_on_is_checked_and_restarted_and_has_time_to_end(services: dict[str, Any]) -> None:
    stages = read_stages()
    for name, service in services.items():
        lives_on = name in LONG_RUNNING
        assert service["restart"] == ("unless-stopped" if lives_on else "no")
        assert ("stop_grace_period" in service) == lives_on
        if lives_on and "build" not in service:
            assert service["healthcheck"]["test"][0] in ("CMD-SHELL", "CMD")
        elif lives_on:
            assert stages[service["build"]["target"]].last("HEALTHCHECK") != "NONE"


def test_the_health_check_looks_at_the_node_that_runs(services: dict[str, Any]) -> None:
    name = parse(services["worker"]["command"])["name"]
    assert read_stages()["worker"].health_command().endswith(f" {name}")


def test_what_has_to_last_lies_on_volumes(compose: dict[str, Any]) -> None:
    mounts = {
        name: dict(mount.split(":")[:2] for mount in service.get("volumes", []))
        for name, service in compose["services"].items()
    }
    assert mounts["redis"] == {"redis": "/data"}
    assert mounts["postgres"] == {"postgres": "/var/lib/postgresql/data"}
    assert mounts["worker"]["data"] == mounts["producer"]["data"] == "/data"
    assert mounts["serve"]["data"] == "/data"
    assert mounts["backup"] == {"backups": "/backups"}
    assert set(compose["volumes"]) == {"redis", "postgres", "data", "backups"}


def test_the_backup_is_of_the_database_that_there_is(compose: dict[str, Any]) -> None:
    backup, postgres = (compose["services"][name]["environment"] for name in ("backup", "postgres"))
    assert backup["PGHOST"] == "postgres" and backup["PGUSER"] == postgres["POSTGRES_USER"]
    assert backup["PGDATABASE"] == postgres["POSTGRES_DB"]
    assert backup["PGPASSWORD"] == postgres["POSTGRES_PASSWORD"]
    script = compose["configs"]["backup"]["file"]
    assert (FOLDER / script).is_file()
    (config,) = compose["services"]["backup"]["configs"]
    assert compose["services"]["backup"]["entrypoint"] == ["sh", config["target"]]


def test_init_makes_the_role_that_only_reads(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parse(services["init"]["command"])["reader"] == "triage_reader"
    password = settings_of(services["init"], monkeypatch).reader_password
    assert password is not None and password.get_secret_value() == SECRETS["READER_PASSWORD"]


def test_bi_finds_postgresql_on_this_host_alone() -> None:
    override = read_compose({}, FOLDER / "compose.bi.yaml")
    assert override == {"services": {"postgres": {"ports": ["127.0.0.1:5432:5432"]}}}


def test_the_gpu_goes_to_the_worker() -> None:
    override = yaml.safe_load((FOLDER / "compose.gpu.yaml").read_text("utf-8"))
    assert list(override["services"]) == ["worker"]
    assert override["services"]["worker"]["build"] == {"target": "worker-cuda"}
    assert "worker-cuda" in read_stages()
    resources = override["services"]["worker"]["deploy"]["resources"]
    (device,) = resources["reservations"]["devices"]
    assert device["driver"] == "nvidia" and "gpu" in device["capabilities"]
