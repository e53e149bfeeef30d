"""Settings in one TOML file, and the crosswalk it may name."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocensus.checks import Settings
from geocensus.divisions import Crosswalk
from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io.text import read_delimited

if TYPE_CHECKING:
    from geocensus.model import BasemapInfo

__all__ = ["read_crosswalk", "read_settings", "settings_toml"]


def read_settings(path: str | Path | None) -> Settings:
    """Read settings; what the file leaves out keeps its default.

    Parameters
    ----------
    path : str or Path or None
        A TOML file as `geocensus settings` prints it; None for the defaults.

    Returns
    -------
    Settings
        The settings; a crosswalk named relative to the file is found there.

    Raises
    ------
    DataNotFoundError
        No such file.
    SchemaError
        Not TOML, an unknown setting, or a value of the wrong kind.
    """
    if path is None:
        return Settings()
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DataNotFoundError(f"{path}: there is no such settings file", f"{path}：设置文件不存在") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemaError(
            f"{path.name}: not a TOML file ({error})", f"{path.name}：不是有效的 TOML 文件（{error}）"
        ) from error
    if values.get("crosswalk"):
        values["crosswalk"] = str(path.parent / str(values["crosswalk"]))
    return Settings.from_dict(values)


def read_crosswalk(settings: Settings, info: BasemapInfo) -> Crosswalk | None:
    """Read the table of old and new division codes that the settings name.

    Parameters
    ----------
    settings : Settings
        ``crosswalk`` is the path of a CSV with columns old_code, new_code and, if wished, year_from, year_to, note.
    info : BasemapInfo
        Whose code system the codes are in.

    Returns
    -------
    Crosswalk or None
        None when no file is named.

    Raises
    ------
    DataNotFoundError
        The file is not there.
    SchemaError
        A column is missing.
    """
    if not settings.crosswalk:
        return None
    path = Path(settings.crosswalk)
    if not path.exists():
        raise DataNotFoundError(
            f"{path}: the crosswalk named in the settings is not there", f"{path}：设置中的代码对照表不存在"
        )
    return Crosswalk(read_delimited(path).table, code_system=info.code_system)


def settings_toml(settings: Settings, lang: str = "zh") -> str:
    """Write settings as TOML, each with a comment.

    Parameters
    ----------
    settings : Settings
        The values.
    lang : str
        "zh" or "en", for the comments.

    Returns
    -------
    str
        TOML that :func:`read_settings` reads back.

    Examples
    --------
    >>> print(settings_toml(Settings(), "en").splitlines()[1])
    extra_tolerance_m = 0.0
    """
    plain, tables = [], []
    for item in fields(settings):
        value = getattr(settings, item.name)
        comment = f"# {item.metadata[lang]}"
        if isinstance(value, dict):
            tables.append("\n".join([comment, f"[{item.name}]", *(f"{k} = {json.dumps(v)}" for k, v in value.items())]))
        elif isinstance(value, tuple):
            tables.append(_array(item.name, value, comment))
        else:
            plain.append(f"{comment}\n{item.name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(plain) + "\n\n" + "\n\n".join(tables) + "\n"


def _array(name: str, values: tuple[Any, ...], comment: str) -> str:
    if not values:
        return f"{comment}\n# [[{name}]]"
    rows = ["\n".join(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in vars(value).items()) for value in values]
    return comment + "\n" + "\n".join(f"[[{name}]]\n{row}" for row in rows)
