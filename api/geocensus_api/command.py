"""The command ``geocensus serve``; light to import, since the command line loads it to list its help."""

import ipaddress
import os
import secrets
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geocensus.cli.language import LangOption, default_language, t
from geocensus.errors import DataNotFoundError, GeocensusError

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

    from geocensus_api.background import Background

__all__ = ["serve"]


def serve(  # noqa: PLR0913 - one parameter per option; numpydoc ignore=PR01
    workspace: Annotated[Path, typer.Argument(metavar="WS.gpkg", help=t("工作区文件", "the workspace"))],
    host: Annotated[str, typer.Option(help=t("监听地址", "address to listen on"))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=t("端口，0 为任意空闲端口", "port; 0 for any free one"))
    ] = 8000,
    certfile: Annotated[Path | None, typer.Option(help=t("TLS 证书", "TLS certificate"))] = None,
    keyfile: Annotated[Path | None, typer.Option(help=t("TLS 私钥", "TLS private key"))] = None,
    background_tiles: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            envvar="GEOCENSUS_BACKGROUND_TILES",
            help=t("在线底图瓦片地址，含 {x}、{y}、{z}", "tiles behind the map, an address with {x}, {y} and {z}"),
        ),
    ] = None,
    background_title: Annotated[str, typer.Option(help=t("底图名称", "what they are called"))] = "",
    background_attribution: Annotated[str, typer.Option(help=t("底图署名", "whom to name as their maker"))] = "",
    *,
    insecure: Annotated[
        bool, typer.Option("--insecure", help=t("允许不加密地对外服务", "serve beyond this machine without TLS"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Serve a workspace to browsers, QGIS, GDAL and scripts."""
    lang = lang or default_language()
    _check_safety(host, certfile, keyfile, insecure=insecure)
    _require_service()
    background = _background(background_tiles or [], background_title, background_attribution)
    _require_workspace(workspace)
    from geocensus_api.main import bound, run  # noqa: PLC0415 - uvicorn is loaded when it is needed
    from geocensus_api.starting import only_one  # noqa: PLC0415 - help needs no workspace

    with only_one(workspace), bound(host, port) as listener:
        app, notes = _application(workspace, lang, background)
        _announce(app, _url(listener, host, secure=certfile is not None), notes)
        run(app, listener, certfile=certfile, keyfile=keyfile)


serve.__doc__ = (  # what --help shows
    t(
        "向浏览器、QGIS、GDAL 和脚本提供工作区。\n\n"
        "启动时给出一次性登录链接；首次启动另生成管理员令牌并显示一次，其他用户用 geocensus users add 添加。"
        "设置环境变量 GEOCENSUS_TOKEN 后，以它作为管理员令牌。",
        "Serve a workspace to browsers, QGIS, GDAL and scripts.\n\n"
        "It prints a link that logs in once; the first start also makes an administrator and shows the token once. "
        "Let others in with geocensus users add. With the environment variable GEOCENSUS_TOKEN, that is the "
        "administrator's token.",
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
    if certfile is not None and keyfile is not None:
        from geocensus_api.starting import check_certificate  # noqa: PLC0415 - help needs no workspace

        check_certificate(certfile, keyfile)
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


def _require_service() -> None:
    try:
        import_module("geocensus_api.app")
    except ImportError as error:
        raise GeocensusError(
            f"{error.name} is not installed: pip install 'geocensus[api]'",
            f"未安装 {error.name}：pip install 'geocensus[api]'",
        ) from error


def _require_workspace(workspace: Path) -> None:
    from geocensus.workspace import Workspace  # noqa: PLC0415 - help needs no pandas
    from geocensus_api.starting import check_drive  # noqa: PLC0415 - as above

    Workspace(workspace).summary()  # not there, or not a workspace: said now, not at the first request
    check_drive(workspace)


def _background(tiles: list[str], title: str, attribution: str) -> "Background | None":
    from geocensus_api.background import Background  # noqa: PLC0415 - as above

    try:
        return Background(tuple(tiles), title, attribution) if tiles else None
    except ValueError as error:
        raise GeocensusError(
            f"--background-tiles: {error}; give https://host/...{{z}}...{{x}}...{{y}}",
            "--background-tiles：应为含 {x}、{y}、{z} 的 http 或 https 瓦片地址",
        ) from error


def _application(workspace: Path, lang: str, background: "Background | None") -> tuple["FastAPI", list[str]]:
    from geocensus_api.app import create_app  # noqa: PLC0415 - FastAPI is loaded when it is needed
    from geocensus_api.settings import Settings  # noqa: PLC0415 - as above
    from geocensus_api.starting import set_journal  # noqa: PLC0415 - as above

    writable = set_journal(workspace)
    settings = Settings(token=_operators() or secrets.token_urlsafe(32), lang=lang, background=background)
    app = create_app(settings, workspace)
    notes = (
        []
        if writable
        else [t("工作区为只读：仅供查看，不能修改", "the workspace is read-only: nothing can be changed")]
    )
    return app, _first_token(app) + notes


def _operators() -> str:
    return os.environ.get("GEOCENSUS_TOKEN", "").strip()


def _first_token(app: "FastAPI") -> list[str]:
    """Return what to say of the first administrator; a token that the operator set needs none, and is not repeated."""
    if _operators():
        return []
    from geocensus_api.access.people import ensure_admin  # noqa: PLC0415 - FastAPI is loaded when it is needed

    keeper = app.state.door.keeper
    token = ensure_admin(keeper.database, now=keeper.now())
    if not token:
        return []
    lines = [
        f"{t('管理员 admin 的访问令牌（仅显示一次）', 'token of the administrator admin (shown once)')} {token}",
        t("QGIS 等程序：用户名任意，密码填令牌", "QGIS and other programs: any user name, the token as password"),
    ]
    if keeper.database.in_memory:
        lines.append(
            t("文件夹为只读：该令牌仅在本次运行期间有效", "the folder is read-only: this token ends with this run")
        )
    return lines


def _url(listener: "socket.socket", host: str, *, secure: bool) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{shown}:{listener.getsockname()[1]}/"


def _announce(app: "FastAPI", url: str, notes: list[str]) -> None:
    """Say on stderr where we are and how to get in."""
    keeper = app.state.door.keeper
    entry = keeper.operator if _operators() else keeper.administrator()
    reached = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    link = f"{reached}login?code={keeper.code(entry)}"
    lines = [
        f"{t('服务地址', 'serving at')} {url}",
        f"{t('登录链接（10 分钟内有效，只能用一次）', 'log in, once and within 10 minutes')} {link}",
        *notes,
    ]
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
