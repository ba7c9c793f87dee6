"""What the pinned packages and the commands of daily work promise."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = {name: (ROOT / f"requirements/{name}.txt").read_text() for name in ("base", "embedded", "dev")}


def pins(name):
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*?\])?==(\S+)", REQUIREMENTS[name], re.MULTILINE))


def normal(requirement):
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_package_has_hashes_and_no_address(name):
    blocks = re.split(r"\n(?=\S)", REQUIREMENTS[name].strip())
    assert len(blocks) >= len(pins(name)) > 50
    for block in blocks:
        assert "--hash=sha256:" in block
    assert "://" not in REQUIREMENTS[name]
    assert "index-url" not in REQUIREMENTS[name]


def test_one_resolution_serves_all():
    assert pins("base").items() <= pins("embedded").items() <= pins("dev").items()


def test_everything_the_project_asks_for_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {"base": project["dependencies"], **project["optional-dependencies"]}
    for name, requirements in wanted.items():
        assert {normal(requirement) for requirement in requirements} <= set(pins(name))


def test_the_lock_of_the_front_end_names_no_registry():
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()


@pytest.mark.parametrize("target", ["setup", "demo", "test", "lint", "bench", "reset"])
def test_the_commands_of_daily_work_are_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
