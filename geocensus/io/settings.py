"""Settings in one TOML file, and the crosswalk it may name."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocensus.checks import Settings
from geocensus.divisions import Crosswalk
from geocensus.errors import DataNotFoundError, SchemaError, UnreadableError
from geocensus.io.text import read_delimited
from geocensus.model import LEVELS

if TYPE_CHECKING:
    from geocensus.model import BasemapInfo
    from geocensus.zoning.loads import LoadSettings
    from geocensus.zoning.visit_settings import VisitSettings

__all__ = ["read_crosswalk", "read_settings", "settings_toml"]

_ARRAYS = ("offices", "allowed_stacks")  # settings that are arrays of tables
_NESTED = ("load", "visits")  # settings that are tables of their own

_LON_LIMIT, _LAT_LIMIT = 180, 90


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
    UnreadableError
        The file may not be read.
    SchemaError
        Not TOML, not in UTF-8, an unknown setting, or a value of the wrong kind.
    """
    if path is None:
        return Settings()
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DataNotFoundError(f"{path}: there is no such settings file", f"{path}：设置文件不存在") from error
    except OSError as error:
        raise UnreadableError(
            f"{path}: settings cannot be read ({error.strerror}); give a TOML file as `geocensus settings` prints it",
            f"{path}：无法读取设置文件（{error.strerror}）；应为 geocensus settings 输出的 TOML 文件",
        ) from error
    except UnicodeDecodeError as error:
        raise SchemaError(
            f"{path.name}: not in UTF-8. Save it with that encoding and try again.",
            f"{path.name}：不是 UTF-8 编码。请另存为 UTF-8 编码后重试。",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SchemaError(
            f"{path.name}: not a TOML file ({error})", f"{path.name}：不是有效的 TOML 文件（{error}）"
        ) from error
    if values.get("crosswalk"):
        values["crosswalk"] = str(path.parent / str(values["crosswalk"]))
    try:
        settings = Settings.from_dict(values)
    except SchemaError as error:
        raise SchemaError(f"{path.name}: {error.en}", f"{path.name}：{error.zh}") from error
    except ValueError as error:
        raise _wrong_kind(path, str(error)) from error
    if wrong := _wrong_values(settings):
        raise _wrong_kind(path, ", ".join(wrong))
    return settings


def _wrong_values(settings: Settings) -> list[str]:
    """Name the settings whose values are not of the kind that the rules count with."""
    wrong = [
        f"boundary_m.{level}" for level, m in settings.boundary_m.items() if level not in LEVELS or not _is_length(m)
    ]
    lengths = (
        "extra_tolerance_m",
        "default_place_m",
        "isolated_m",
        "outlet_far_m",
        "moved_m",
    )  # imprecise_m may be infinite: nothing is too coarse
    wrong += [name for name in lengths if not _is_length(getattr(settings, name))]
    wrong += ["imprecise_m"] * (not _is_within(settings.imprecise_m, math.inf))
    wrong += ["exact_inside"] * (not isinstance(settings.exact_inside, bool))
    shares = ("isolated_factor", "mixed_share")
    wrong += [name for name in shares if not _is_within(getattr(settings, name), math.inf)]
    counts = ("stack_size", "isolated_group", "mixed_rows")
    wrong += [name for name in counts if not isinstance(getattr(settings, name), int)]
    wrong += ["enumerators_per_supervisor"] * (not _is_length(settings.enumerators_per_supervisor))
    for key in ("offices", "allowed_stacks"):
        for place in getattr(settings, key):
            right = _is_within(place.lon, _LON_LIMIT) and _is_within(place.lat, _LAT_LIMIT)
            right = right and isinstance(place.name, str) and _is_length(getattr(place, "radius_m", 0))
            wrong += [f"{key} {place.name!r}"] * (not right)
    return wrong


def _is_within(value: object, limit: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limit


def _is_length(value: object) -> bool:
    return _is_within(value, math.inf) and 0 <= value < math.inf  # type: ignore[operator]


def _wrong_kind(path: Path, what: str) -> SchemaError:
    return SchemaError(
        f"{path.name}: a value is of the wrong kind or out of range: {what}. Compare with `geocensus settings`.",
        f"{path.name}：设置项取值类型不对或超出范围：{what}。请对照 geocensus settings 的输出。",
    )


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
    UnreadableError
        The file may not be read.
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
    try:
        return Crosswalk(read_delimited(path).table, code_system=info.code_system)
    except OSError as error:
        raise UnreadableError(
            f"{path}: the crosswalk named in the settings cannot be read ({error.strerror})",
            f"{path}：无法读取设置中的代码对照表（{error.strerror}）",
        ) from error
    except SchemaError as error:
        raise SchemaError(f"{path.name}: {error.en}", f"{path.name}：{error.zh}") from error


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
        elif item.name in _NESTED:
            tables.append(f"{comment}\n{_nested(item.name, value, lang)}")
        elif item.name in _ARRAYS:
            tables.append(_array(item.name, value, comment))
        else:
            plain.append(f"{comment}\n{item.name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(plain) + "\n\n" + "\n\n".join(tables) + "\n"


def _nested(name: str, settings: LoadSettings | VisitSettings, lang: str) -> str:
    plain, tables = [f"[{name}]"], []
    for item in fields(settings):
        value, comment = getattr(settings, item.name), f"# {item.metadata[lang]}"
        if isinstance(value, dict):
            tables += [comment, f"[{name}.{item.name}]", *(f"{k} = {json.dumps(v)}" for k, v in value.items())]
        else:
            plain.append(f"{comment}\n{item.name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join([*plain, *tables])


def _array(name: str, values: tuple[Any, ...], comment: str) -> str:
    if not values:
        return f"{comment}\n# [[{name}]]"
    rows = ["\n".join(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in vars(value).items()) for value in values]
    return comment + "\n" + "\n".join(f"[[{name}]]\n{row}" for row in rows)
