"""Errors in how a coordinate is written: each function takes rows and returns them with other texts.

``read_lon`` and ``read_lat`` become what a reader of decimal degrees or of the marks would understand, NaN where
nothing can be read; ``rules`` names the rules that the text must raise by itself.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from geocensus.demo.kind import Kind
from geocensus.demo.spelling import decimal, dms_parts
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.demo.world import World

__all__ = ["TEXT_KINDS"]

_NO_DEGREE = 60
_PLACEHOLDERS = ("无", "—", "/", "不详")
_WORDS = ("村口大樟树旁", "见附图", "导航可到", "老厂区东侧")
_WORDS_HANT = ("村口大樟樹旁", "見附圖", "導航可到", "舊廠區東側")
# a northing of seven digits can be read as dddmmss, whose minutes or seconds are mostly too large
_METRES_RULES = "coordinate.minute_second_range|coordinate.out_of_range"
_METRES_PER_DEGREE = 111_320.0


def _written(rows: pd.DataFrame, lon: Any, lat: Any, **other: Any) -> pd.DataFrame:
    """Return rows with texts, and what else changes with them.

    Parameters
    ----------
    rows : DataFrame
        Rows of the draft.
    lon : array of str or str
        Texts of the longitude.
    lat : array of str or str
        Texts of the latitude.
    **other : object
        Other columns: read_lon, read_lat, rules, resolution_m.

    Returns
    -------
    DataFrame
        Changed copy.
    """
    return rows.assign(lon_text=lon, lat_text=lat, **other)


def _axes_swapped(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Exchange longitude and latitude."""
    other: dict[str, Any] = {"read_lon": np.nan, "read_lat": np.nan, "rules": "coordinate.out_of_range"}
    return _written(rows, _plain(rows, "lat"), _plain(rows, "lon"), **other)


def _packed_dms(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write 118°52′21″ as 118.5221, which reads as decimal degrees."""
    lon, lat = ([f"{d}.{m:02d}{s}" for d, m, s in dms_parts(_true(rows, axis), 0)] for axis in ("lon", "lat"))
    return _written(rows, lon, lat, read_lon=np.array(lon, dtype=float), read_lat=np.array(lat, dtype=float))


def _decimal_as_dms(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Type the decimals of 118.5223 into the boxes: 118°52′23″."""
    lon, lat = (_typed_into_boxes(_true(rows, axis)) for axis in ("lon", "lat"))
    legal = lon["legal"] & lat["legal"]
    rules = np.where(legal, "", "coordinate.minute_second_range")
    read = {"read_lon": lon["value"].where(legal).to_numpy(), "read_lat": lat["value"].where(legal).to_numpy()}
    return _written(rows, lon["text"].to_numpy(), lat["text"].to_numpy(), rules=rules, **read, resolution_m=16.0)


def _minute_over_60(rows: pd.DataFrame, rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write a minute between 60 and 99."""
    minutes = rng.integers(_NO_DEGREE, 100, len(rows))
    lon = [f"{d}°{m}′{s}″" for (d, _, s), m in zip(dms_parts(_true(rows, "lon"), 1), minutes, strict=True)]
    lat = [f"{d}°{m:02d}′{s}″" for d, m, s in dms_parts(_true(rows, "lat"), 1)]
    return _written(rows, lon, lat, read_lon=np.nan, read_lat=np.nan, rules="coordinate.minute_second_range")


def _seconds_dropped(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Leave the seconds out: the text is good to half a minute."""
    parts = {axis: dms_parts(_true(rows, axis), 1) for axis in ("lon", "lat")}
    lon, lat = ([f"{d}°{m:02d}′" for d, m, _ in parts[axis]] for axis in ("lon", "lat"))
    read = {f"read_{axis}": np.array([d + m / 60 for d, m, _ in parts[axis]]) for axis in ("lon", "lat")}
    return _written(rows, lon, lat, rules="coordinate.imprecise", resolution_m=_METRES_PER_DEGREE / 120, **read)


def _digit_error(rows: pd.DataFrame, rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Replace one of the first three decimals of one axis by another digit."""
    texts = {axis: _plain(rows, axis).tolist() for axis in ("lon", "lat")}
    axes = np.where(rng.random(len(rows)) < 0.5, "lon", "lat").tolist()  # noqa: PLR2004 - either axis alike
    places, steps = rng.integers(1, 4, len(rows)).tolist(), rng.integers(1, 10, len(rows)).tolist()
    for row, (axis, place, step) in enumerate(zip(axes, places, steps, strict=True)):
        text = texts[axis][row]
        at = text.index(".") + place
        texts[axis][row] = f"{text[:at]}{(int(text[at]) + step) % 10}{text[at + 1 :]}"
    read = {f"read_{axis}": np.array(values, dtype=float) for axis, values in texts.items()}
    return _written(rows, texts["lon"], texts["lat"], **read)


def _decimal_shift(rows: pd.DataFrame, rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Put the decimal point of the longitude one digit too far to the left or right."""
    factor = rng.choice([0.1, 10.0], len(rows))
    values = _true(rows, "lon") * factor
    far = factor > 1
    lon = np.where(far, decimal(values, 5), decimal(values, 7))
    rules = np.where(far, "coordinate.out_of_range", "")
    return _written(rows, lon, _plain(rows, "lat"), read_lon=np.where(far, np.nan, values), rules=rules)


def _sign(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write a minus before the longitude."""
    return _written(rows, np.char.add("-", _plain(rows, "lon")), _plain(rows, "lat"), read_lon=-_true(rows, "lon"))


def _projected(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write Gauss–Krüger metres of the 3-degree zone, with its number before the easting."""
    zone = int(np.round(np.median(_true(rows, "lon")) / 3))
    metres = Transformer.from_crs(CRS.from_epsg(4490), CRS.from_epsg(4488 + zone), always_xy=True)
    east, north = metres.transform(_true(rows, "lon"), _true(rows, "lat"))
    other: dict[str, Any] = {"read_lon": np.nan, "read_lat": np.nan, "rules": _METRES_RULES}
    return _written(rows, decimal(east, 2), decimal(north, 2), **other)


def _missing(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Leave both boxes empty."""
    return _written(rows, "", "", read_lon=np.nan, read_lat=np.nan, rules="coordinate.missing")


def _placeholder(rows: pd.DataFrame, rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write a word for nothing."""
    texts = rng.choice(_PLACEHOLDERS, len(rows))
    return _written(rows, texts, texts, read_lon=np.nan, read_lat=np.nan, rules="coordinate.missing")


def _unparsable(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Describe the way instead."""
    texts = rng.choice(_WORDS_HANT if world.traditional else _WORDS, len(rows))
    return _written(rows, texts, texts, read_lon=np.nan, read_lat=np.nan, rules="coordinate.unparsable")


def _zero(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write 0 in both boxes."""
    return _written(rows, "0", "0", read_lon=np.nan, read_lat=np.nan, rules="coordinate.zero")


def _axis_equal(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write the latitude in both boxes."""
    lat = _plain(rows, "lat")
    return _written(rows, lat, lat, read_lon=_true(rows, "lat"), rules="coordinate.axis_equal")


def _imprecise(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write two decimals only."""
    texts = {axis: decimal(_true(rows, axis), 2) for axis in ("lon", "lat")}
    read = {f"read_{axis}": values.astype(float) for axis, values in texts.items()}
    resolution = _METRES_PER_DEGREE * 0.005
    return _written(rows, texts["lon"], texts["lat"], rules="coordinate.imprecise", resolution_m=resolution, **read)


def _float_damage(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Write six decimals with the noise that binary arithmetic leaves behind them."""
    lon, lat = (np.char.add(_plain(rows, axis), noise) for axis, noise in (("lon", "00000001"), ("lat", "000000001")))
    return _written(rows, lon, lat, rules="coordinate.imprecise")


def _true(rows: pd.DataFrame, axis: str) -> np.ndarray:
    return rows[f"true_{axis}"].to_numpy(dtype=float)


def _plain(rows: pd.DataFrame, axis: str) -> np.ndarray:
    return decimal(_true(rows, axis), 6)


def _typed_into_boxes(values: np.ndarray) -> pd.DataFrame:
    """Take four decimals as minutes and seconds."""
    units = np.round(values * 10_000).astype("int64")
    degrees, rest = np.divmod(units, 10_000)
    minutes, seconds = np.divmod(rest, 100)
    text = [f"{d}°{m:02d}′{s:02d}″" for d, m, s in zip(degrees, minutes, seconds, strict=True)]
    legal = (minutes < _NO_DEGREE) & (seconds < _NO_DEGREE)
    return pd.DataFrame({"text": text, "legal": legal, "value": degrees + minutes / 60 + seconds / 3600})


TEXT_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "axes_swapped": Kind(Text("经纬度填反", "axes exchanged"), 6, _axes_swapped),
        "packed_dms": Kind(
            Text("度分秒写成小数（度.分秒）", "degrees.minutes-seconds read as decimal"), 6, _packed_dms
        ),
        "decimal_as_dms": Kind(
            Text("小数位填进分、秒格", "decimals typed into the minute and second boxes"), 5, _decimal_as_dms
        ),
        "minute_over_60": Kind(Text("分达到60", "minutes of 60 and more"), 3, _minute_over_60),
        "seconds_dropped": Kind(Text("漏填秒", "seconds left out"), 4, _seconds_dropped),
        "digit_error": Kind(Text("一位数字填错", "one digit wrong"), 8, _digit_error),
        "decimal_shift": Kind(Text("小数点错位", "decimal point displaced"), 4, _decimal_shift),
        "sign": Kind(Text("多写负号", "minus sign too many"), 2, _sign),
        "projected": Kind(Text("填了高斯平面坐标", "Gauss–Krüger metres"), 4, _projected),
        "missing": Kind(Text("坐标未填", "no coordinate"), 5, _missing),
        "placeholder": Kind(Text("坐标填了“无”等占位文字", "placeholder for a coordinate"), 4, _placeholder),
        "unparsable": Kind(Text("坐标格填了文字", "words for a coordinate"), 3, _unparsable),
        "zero": Kind(Text("坐标为零", "zero"), 2, _zero),
        "axis_equal": Kind(Text("经度格填了纬度", "latitude in both boxes"), 2, _axis_equal),
        "imprecise": Kind(Text("只写两位小数", "two decimals only"), 5, _imprecise),
        "float_damage": Kind(Text("小数位被表格软件改动", "decimals damaged by a spreadsheet"), 2, _float_damage),
    }
)
