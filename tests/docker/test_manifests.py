"""The manifests of Kubernetes: what their schemas ask for, and what operators do."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from producer.commands.flower import login
from schema.settings import Settings
from tests.docker.console import parse
from tests.docker.dockerfile import read_stages
from tests.docker.manifests import (
    FOLDER,
    keda_schema,
    kustomizations,
    pods,
    read_objects,
    read_settings_file,
)

OBJECTS = read_objects()
PODS = pods(OBJECTS)
#: The oldest and the newest that the manifests are for.
VERSIONS = ("1.30", "1.37")
#: Settings that are secrets or lead to servers; none is for every pod.
SECRET = {"TRIAGE_DATABASE_URL", "TRIAGE_REDIS_URL", "TRIAGE_READER_PASSWORD", "TRIAGE_FLOWER_AUTH"}
SERVED = {"serve": "serve_port", "metrics": "metrics_port", "flower": "flower_port"}


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["containers"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "key", [key for key in OBJECTS if "keda" not in OBJECTS[key]["apiVersion"]]
)
def test_kubernetes_takes_them(key: tuple[str, str], version: str) -> None:
    kubernetes_validate.validate(OBJECTS[key], version, strict=True)


def test_what_kubernetes_does_not_know_is_found() -> None:
    wrong = {**OBJECTS["Job", "init"]}
    wrong["spec"] = {**wrong["spec"], "restartPolicy": "Never"}
    with pytest.raises(kubernetes_validate.ValidationError, match="restartPolicy"):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


@pytest.mark.parametrize("kind", ["ScaledObject", "TriggerAuthentication"])
def test_keda_takes_its_own(kind: str) -> None:
    (found,) = [one for (of, _), one in OBJECTS.items() if of == kind]
    schema = keda_schema(kind)
    jsonschema.validate(found, schema)
    misspelt = {**found, "spec": {**found["spec"], "pollingIntervall": 30}}
    with pytest.raises(jsonschema.ValidationError, match="pollingIntervall"):
        jsonschema.validate(misspelt, schema)


def test_everybody_is_there() -> None:
    assert set(PODS) == {"worker", "serve", "metrics", "flower", "console", "init"}
    kinds = {kind for kind, _ in OBJECTS}
    assert kinds >= {"Job", "PodDisruptionBudget", "ScaledObject", "NetworkPolicy", "Service"}


@pytest.mark.parametrize("name", PODS)
def test_nobody_is_root_or_writes_to_the_image(name: str) -> None:
    pod, security = PODS[name]["securityContext"], container(name)["securityContext"]
    user, group = read_stages()["worker"].last("USER").split(":")
    assert (pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"]) == (int(user), int(group), 10001)
    assert pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    mounts = {one["mountPath"] for one in container(name)["volumeMounts"]}
    assert mounts == {"/data", "/tmp"}
    assert all("sizeLimit" in one["emptyDir"] for one in PODS[name]["volumes"])
    assert PODS[name]["automountServiceAccountToken"] is False


@pytest.mark.parametrize("name", PODS)
def test_each_says_what_it_needs_and_the_most_it_may_take(name: str) -> None:
    resources = container(name)["resources"]
    assert set(resources["requests"]) == {"cpu", "memory", "ephemeral-storage"}
    assert "memory" in resources["limits"]


@pytest.mark.parametrize("name", sorted(set(PODS) - {"console"}))
def test_each_runs_a_command_of_the_console_in_an_image_that_there_is(name: str) -> None:
    parse(container(name)["args"])
    target = container(name)["image"].removeprefix("feedback-triage-")
    assert target == {"init": "producer"}.get(name, name) and target in read_stages()


def test_root_names_every_image() -> None:
    (root,) = [one for folder, one in kustomizations() if folder == FOLDER]
    named = {one["name"] for one in root["images"]}
    used = {container(name)["image"] for name in PODS} | {"feedback-triage-worker-cuda"}
    assert named == used
    assert all(one["newTag"] != "latest" for one in root["images"])


def test_every_setting_reaches_the_pods(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those that are no secret by one ConfigMap, which takes any of `.env.example`."""
    monkeypatch.chdir(tmp_path)
    fields = {f"TRIAGE_{field.upper()}" for field in Settings.model_fields}
    common, secret = read_settings_file("settings.env"), read_settings_file("servers.env.example")
    assert set(common) <= fields - SECRET
    assert set(secret) == SECRET | {"READER_URL"}
    for name in PODS:
        assert container(name)["envFrom"] == [{"configMapRef": {"name": "settings"}}]
        for one in container(name)["env"]:
            assert one["valueFrom"]["secretKeyRef"] == {"name": "servers", "key": one["name"]}
            assert one["name"] in SECRET
    for variable, value in (common | secret).items():
        monkeypatch.setenv(variable, value)
    config = Settings()
    assert login(config) == "triage:password"
    reader = secret["READER_URL"]
    expected = secret["TRIAGE_DATABASE_URL"].replace("triage:", "triage_reader:", 1)
    assert reader == expected and secret["TRIAGE_READER_PASSWORD"] in reader


def test_secrets_go_only_to_whom_they_are_for() -> None:
    given = {name: {one["name"] for one in container(name)["env"]} for name in PODS}
    servers = {"TRIAGE_DATABASE_URL", "TRIAGE_REDIS_URL"}
    assert given == {
        "worker": servers,
        "metrics": servers,
        "console": servers,
        "serve": {"TRIAGE_DATABASE_URL"},
        "flower": {"TRIAGE_REDIS_URL", "TRIAGE_FLOWER_AUTH"},
        "init": {"TRIAGE_DATABASE_URL", "TRIAGE_READER_PASSWORD"},
    }


def test_a_worker_has_time_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    grace = float(read_settings_file("settings.env")["TRIAGE_GRACE"])
    assert PODS["worker"]["terminationGracePeriodSeconds"] >= grace + 15


def test_probes_ask_what_the_images_health_checks_ask() -> None:
    stages = read_stages()
    for name in ("worker", *SERVED):
        asked = stages[name].health_command()
        for kind in ("livenessProbe", "readinessProbe"):
            probe = container(name)[kind]
            if name == "worker":
                command = probe["exec"]["command"]
                assert shlex.join(command).startswith(asked)
                assert ("--ready" in command) == (kind == "readinessProbe")
            else:
                assert f"'{probe['httpGet']['path']}'" in asked
            assert probe["timeoutSeconds"] <= probe["periodSeconds"]
    assert container("worker")["args"][-1] == stages["worker"].health_command().split()[-1]


@pytest.mark.parametrize("name", SERVED)
def test_services_lead_to_the_port_that_is_listened_on(name: str) -> None:
    port = Settings.model_fields[SERVED[name]].default
    (taken,) = container(name)["ports"]
    assert taken == {"name": "http", "containerPort": port}
    # Said here, so that a setting of another pod does not move it.
    assert parse(container(name)["args"])["port"] == port
    service = OBJECTS["Service", name]["spec"]
    assert service["selector"] == {"app.kubernetes.io/name": name}
    assert service["ports"][0]["targetPort"] == "http"


def test_selectors_find_their_pods() -> None:
    for (kind, name), one in OBJECTS.items():
        if kind in ("Deployment", "PodDisruptionBudget"):
            assert one["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": name}
    labels = {
        one["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
        for (kind, _), one in OBJECTS.items()
        if kind in ("Deployment", "Job")
    }
    assert labels == set(PODS)


def test_the_network_is_open_where_a_pod_has_an_address_and_nowhere_else() -> None:
    policies = {
        name: one["spec"] for (kind, name), one in OBJECTS.items() if kind == "NetworkPolicy"
    }
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    def members(policy: str) -> set[str]:
        (found,) = policies[policy]["podSelector"]["matchExpressions"]
        return set(found["values"])

    given = {name: {one["name"] for one in container(name)["env"]} for name in PODS}
    assert members("database") == {n for n in PODS if "TRIAGE_DATABASE_URL" in given[n]}
    assert members("redis") == {n for n in PODS if "TRIAGE_REDIS_URL" in given[n]}


def test_files_of_kustomizations_are_there_and_none_is_forgotten() -> None:
    for folder, one in kustomizations():
        named = [*one.get("resources", []), *one.get("components", [])]
        named += one.get("configurations", [])
        for name in named:
            assert (folder / name).exists(), name
        if folder != FOLDER:
            there = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
            assert there == set(named)


def test_passwords_are_kept_out_of_the_repository() -> None:
    ignored = (FOLDER.parents[1] / ".gitignore").read_text("utf-8").splitlines()
    assert "servers.env" in ignored and not (FOLDER / "servers.env").exists()


@pytest.mark.parametrize("components", [["keda"], ["keda", "cuda"], []])
def test_kustomize_makes_one_of_all(components: list[str], tmp_path: Path) -> None:
    if (kubectl := shutil.which("kubectl")) is None:
        pytest.skip("kubectl is not installed")
    copy = tmp_path / "k8s"
    shutil.copytree(FOLDER, copy)
    shutil.copy2(copy / "servers.env.example", copy / "servers.env")
    root = yaml.safe_load((copy / "kustomization.yaml").read_text("utf-8"))
    (copy / "kustomization.yaml").write_text(yaml.safe_dump(root | {"components": components}))
    done = subprocess.run([kubectl, "kustomize", str(copy)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = [one for one in yaml.safe_load_all(done.stdout) if one]
    for one in made:
        if one["apiVersion"].startswith("keda."):
            jsonschema.validate(one, keda_schema(one["kind"]))
        else:
            kubernetes_validate.validate(one, VERSIONS[-1], strict=True)
    by_kind = {(one["kind"], one["metadata"]["name"]): one for one in made}
    worker = by_kind["Deployment", "worker"]["spec"]
    assert ("replicas" in worker) == ("keda" not in components)
    (only,) = worker["template"]["spec"]["containers"]
    assert re.search(r"/feedback-triage-worker(-cuda)?:", only["image"])
    assert ("-cuda" in only["image"]) == ("cuda" in components)
    assert ("nvidia.com/gpu" in only["resources"]["limits"]) == ("cuda" in components)
    secret = next(name for kind, name in by_kind if kind == "Secret")
    if "keda" in components:
        found = by_kind["TriggerAuthentication", "reader"]["spec"]["secretTargetRef"]
        assert found[0]["name"] == secret
