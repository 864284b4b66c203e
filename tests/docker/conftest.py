"""Fixtures of the tests on the images and the compose file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.docker.compose import SECRETS, read_compose


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """The compose file, with passwords."""
    return read_compose(SECRETS)


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    """Its services by name."""
    services = compose["services"]
    assert isinstance(services, dict)
    return services
