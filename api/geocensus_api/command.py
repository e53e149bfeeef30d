"""The command ``geocensus serve``; light to import, since the command line loads it to list its help."""

import ipaddress
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geocensus.cli.language import LangOption, default_language, t
from geocensus.errors import DataNotFoundError, GeocensusError

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

__all__ = ["serve"]


def serve(  # numpydoc ignore=PR01
    workspace: Annotated[Path, typer.Argument(metavar="WS.gpkg", help=t("工作区文件", "the workspace"))],
    host: Annotated[str, typer.Option(help=t("监听地址", "address to listen on"))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=t("端口，0 为任意空闲端口", "port; 0 for any free one"))
    ] = 8000,
    certfile: Annotated[Path | None, typer.Option(help=t("TLS 证书", "TLS certificate"))] = None,
    keyfile: Annotated[Path | None, typer.Option(help=t("TLS 私钥", "TLS private key"))] = None,
    *,
    insecure: Annotated[
        bool, typer.Option("--insecure", help=t("允许不加密地对外服务", "serve beyond this machine without TLS"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Serve a workspace, read-only, to QGIS, GDAL and browsers."""
    lang = lang or default_language()
    _check_safety(host, certfile, keyfile, insecure=insecure)
    app, token = _application(workspace, lang)
    from geocensus_api.main import bound, run  # noqa: PLC0415 - uvicorn is loaded when it is needed

    with bound(host, port) as listener:
        _announce(listener, host, token, secure=certfile is not None)
        run(app, listener, certfile=certfile, keyfile=keyfile)


serve.__doc__ = (  # what --help shows
    t(
        "以只读方式向 QGIS、GDAL 和浏览器提供工作区。\n\n"
        "访问令牌取自环境变量 GEOCENSUS_TOKEN；未设置时自动生成并显示一次。",
        "Serve a workspace, read-only, to QGIS, GDAL and browsers.\n\n"
        "The token is taken from the environment variable GEOCENSUS_TOKEN, or made and shown once.",
    )
    + "\n\n    geocensus serve demo/demo.gpkg"
    + "\n\n    geocensus serve ws.gpkg --host 0.0.0.0 --certfile c.pem --keyfile k.pem"
)


def _check_safety(host: str, certfile: Path | None, keyfile: Path | None, *, insecure: bool) -> None:
    if (certfile is None) != (keyfile is None):
        raise GeocensusError("give --certfile and --keyfile together", "--certfile 与 --keyfile 须同时给出")
    for file in (certfile, keyfile):
        if file is not None and not file.is_file():
            raise DataNotFoundError(f"no file {file}", f"找不到文件 {file}")
    if certfile is None and not insecure and not _is_loopback(host):
        raise GeocensusError(
            f"{host} can be reached from other machines, and without TLS the token can be read on the way: "
            "give --certfile and --keyfile, or --insecure",
            f"{host} 可被其他机器访问，不加密时令牌会被截获：请给出 --certfile 与 --keyfile，或加 --insecure",
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _application(workspace: Path, lang: str) -> tuple["FastAPI", str]:
    try:
        from geocensus_api.app import create_app  # noqa: PLC0415 - FastAPI is loaded when it is needed
        from geocensus_api.settings import Settings  # noqa: PLC0415 - as above
    except ImportError as error:
        raise GeocensusError(
            f"{error.name} is not installed: pip install 'geocensus[api]'",
            f"未安装 {error.name}：pip install 'geocensus[api]'",
        ) from error
    from geocensus.workspace import Workspace  # noqa: PLC0415 - as above

    Workspace(workspace).summary()  # not there, or not a workspace: said now, not at the first request
    token = os.environ.get("GEOCENSUS_TOKEN", "").strip() or secrets.token_urlsafe(24)
    return create_app(Settings(token=token, lang=lang), workspace), token


def _announce(listener: "socket.socket", host: str, token: str, *, secure: bool) -> None:
    """Say where we are, on stderr; a token that the operator set is not repeated."""
    shown = f"[{host}]" if ":" in host else host
    url = f"{'https' if secure else 'http'}://{shown}:{listener.getsockname()[1]}/"
    lines = [f"{t('服务地址', 'serving at')} {url}"]
    if not os.environ.get("GEOCENSUS_TOKEN", "").strip():
        lines.append(f"{t('访问令牌（仅显示一次）', 'token (shown once)')} {token}")
        lines.append(
            t("浏览器与 QGIS：用户名任意，密码填令牌", "browser and QGIS: any user name, the token as password")
        )
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
