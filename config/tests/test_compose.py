"""compose.yaml: every service is confined, and every setting reaches the application."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OUTSIDE = {"REVISION"}  # set in the image
SECRET = re.compile("SECRET|PASSWORD|DATABASE_URL")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}
    assert not service.get("privileged")


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_version(name: str) -> None:
    _image, _colon, tag = SERVICES[name]["image"].partition(":")

    assert tag
    assert tag != "latest"


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_are_files(name: str) -> None:
    environment = SERVICES[name].get("environment", {})

    named = {key: value for key, value in environment.items() if SECRET.search(key)}

    assert all(str(value).startswith("/run/secrets/") for value in named.values())
    assert {Path(value).name for value in named.values()} == set(SERVICES[name].get("secrets", []))


def test_only_the_site_is_public() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    for name, published in ports.items():
        assert name == "web" or all(port.startswith("127.0.0.1:") for port in published)


def test_every_setting_reaches_the_application() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    settings = {match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))}

    passed = {key.removesuffix("_FILE") for key in SERVICES["web"]["environment"]}

    assert settings - passed == OUTSIDE
    assert SERVICES["web"]["environment"] == SERVICES["worker"]["environment"]


def test_static_files_are_in_the_image() -> None:
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text()

    assert "static" not in COMPOSE["volumes"]
    assert "prepare --static-only" in dockerfile
    assert "COPY --from=previous /app/var/static var/static" in dockerfile


def test_every_volume_and_secret_is_declared() -> None:
    for service in SERVICES.values():
        named = {str(one).split(":")[0] for one in service.get("volumes", [])}
        assert {one for one in named if one[0] not in "./"} <= set(COMPOSE["volumes"])
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
