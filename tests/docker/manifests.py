"""The manifests of Kubernetes as Python has them, and the schemas that they must hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.docker.compose import FOLDER as DOCKER

FOLDER = DOCKER / "k8s"
SCHEMAS = Path(__file__).parent / "schemas"


def read_objects() -> dict[tuple[str, str], dict[str, Any]]:
    """All objects of base and components, by kind and name."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(FOLDER.rglob("*.yaml")):
        for one in yaml.safe_load_all(path.read_text("utf-8")):
            if "apiVersion" in one and not one["apiVersion"].startswith("kustomize."):
                key = (one["kind"], one["metadata"]["name"])
                assert key not in found, f"{key} stands there twice"
                found[key] = one
    return found


def pods(objects: dict[tuple[str, str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What pods are made from, by the name of their Deployment or Job."""
    return {
        name: one["spec"]["template"]["spec"]
        for (kind, name), one in objects.items()
        if kind in ("Deployment", "Job")
    }


def read_settings_file(name: str) -> dict[str, str]:
    """Variables of an env file of the kustomization."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def kustomizations() -> Iterator[tuple[Path, dict[str, Any]]]:
    """All kustomization files with their folders."""
    for path in sorted(FOLDER.rglob("kustomization.yaml")):
        yield path.parent, yaml.safe_load(path.read_text("utf-8"))


def keda_schema(kind: str) -> dict[str, Any]:
    """The schema of a resource of KEDA, in which what it does not know is wrong."""
    path = SCHEMAS / f"keda.sh_{kind.lower()}s.yaml"
    (version,) = yaml.safe_load(path.read_text("utf-8"))["spec"]["versions"]
    schema: dict[str, Any] = strict(version["schema"]["openAPIV3Schema"])
    return schema


def compose_schema() -> dict[str, Any]:
    """The schema of compose files."""
    loaded: dict[str, Any] = json.loads((SCHEMAS / "compose-spec.json").read_text("utf-8"))
    return loaded


def strict(schema: Any) -> Any:
    """The same, with unknown properties forbidden wherever properties are named."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: strict(value) for key, value in schema.items()}
    # What a property may be called `properties`, too, has no type beside it.
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        if "metadata" in inner["properties"]:
            inner["properties"]["metadata"] = {"type": "object"}
        inner.setdefault("additionalProperties", False)
    return inner
