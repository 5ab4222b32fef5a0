"""What an installation brings is told: with hashes, as a list of parts, and in the versions that are tested."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKED = re.compile(r"([a-z0-9.-]+)==(\S+) --hash=sha256:([0-9a-f]{64})")


def _locked() -> dict[str, tuple[str, str]]:
    lines = (ROOT / "locked" / "linux-x86_64-cp311.txt").read_text(encoding="utf-8").splitlines()
    found = [LOCKED.fullmatch(line) for line in lines if not line.startswith("#")]
    assert all(found)
    return {m[1]: (m[2], m[3]) for m in found if m}


def test_locked_packages_are_the_constraints_and_hold_every_dependency() -> None:
    locked = _locked()
    pinned = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line
    )
    plain = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pinned.items()}
    assert {name: version for name, (version, _) in locked.items() if plain.get(name) != version} == {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["app"], *extras["exports"], *extras["cluster"]]
    names = {re.split(r"[><=\[ ]", one)[0].lower() for one in asked}
    assert names <= set(locked)


def test_the_list_of_parts_names_packages_and_models_as_they_are() -> None:
    parts = json.loads((ROOT / "locked" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert parts["bomFormat"] == "CycloneDX"
    listed = {part["name"]: part for part in parts["components"]}
    for name, (version, digest) in _locked().items():
        assert listed[name]["version"] == version
        assert listed[name]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    for line in (ROOT / "models" / "sha256.txt").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert listed[name]["hashes"][0]["content"] == digest
