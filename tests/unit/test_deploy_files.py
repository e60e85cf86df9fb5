"""Image, compose file and unit keep what deploy/README.md says: no root, nothing written but data and /tmp."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "mops-desk.service"


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    return found


@pytest.mark.parametrize("name", ["receiver", "worker"])
def test_containers_write_nothing_but_data_and_tmp_and_hold_no_powers(name: str) -> None:
    desk = services()[name]
    assert desk["read_only"]
    assert desk["cap_drop"] == ["ALL"]
    assert desk["security_opt"] == ["no-new-privileges:true"]
    written = {place.split(":")[0] for place in desk["tmpfs"]} | {v.split(":")[1] for v in desk.get("volumes", ())}
    assert written == {"/tmp", "/data"}
    assert desk["command"] == ["run", "--role", name]


def test_settings_in_the_compose_file_and_the_image_are_ours() -> None:
    ours = {name.upper() for name in Settings.model_fields}
    for name in ("receiver", "worker"):
        assert set(services()[name]["environment"]) <= ours
    environment = re.search(r"^ENV (.*?[^\\])$", (ROOT / "Dockerfile").read_text(), re.DOTALL | re.MULTILINE)
    assert environment
    of_image = dict(re.findall(r"([A-Z_]+)=(\S+)", environment[1]))
    assert of_image["DATA_DIR"] == "/data"
    assert set(of_image) - ours == {
        *("PATH", "HOME", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"),
        "ORT_DISABLE_TELEMETRY",
    }


def test_the_image_ends_as_a_user_without_powers_and_says_how_it_is() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["desk"]
    assert any("--uid 10001" in line for line in lines)
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    assert lines.index("USER desk") > max(n for n, line in enumerate(lines) if line.startswith(("RUN", "COPY")))


def test_the_unit_may_write_its_own_folder_only() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    assert (service["User"], service["ProtectSystem"], service["NoNewPrivileges"]) == ("mops-desk", "strict", "yes")
    assert not service["CapabilityBoundingSet"]
    assert "ReadWritePaths" not in service


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/mops-desk/bin/mops-desk", "/bin/true"))
    ran = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60)
    complaints = [line for line in ran.stderr.splitlines() if UNIT.name in line]
    assert (ran.returncode, complaints) == (0, [])
