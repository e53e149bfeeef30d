"""Reference systems: what a list states, to CGCS2000 degrees; one metric system per run.

WGS 84 and CGCS2000 differ by centimetres and count as equal, as do other geocentric datums on the GRS 80 or WGS 84
ellipsoid (metres at most). Any other datum, Beijing 1954 and Xian 1980 above all, is 50 to 150 m away and is refused
unless transformation parameters are given: PROJ would pass it through unchanged without a word. GCJ-02 and BD-09 are no
datums but shifted coordinates: see :mod:`geocensus.shifts`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence  # noqa: TC003 - numpydoc and dataclasses read it at run time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geocensus.errors import CRSMismatchError, NotProjectedError, SchemaError
from geocensus.model import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["SHIFTED", "ListCRS", "definition", "metric_crs", "parse_crs", "require_metric", "to_cgcs2000"]

SHIFTED: Final = ("gcj02", "bd09")

_TITLES = {
    "cgcs2000": Text("CGCS2000 经纬度（EPSG:4490）", "CGCS2000 longitude and latitude (EPSG:4490)"),
    "wgs84": Text("WGS 84 经纬度（EPSG:4326）", "WGS 84 longitude and latitude (EPSG:4326)"),
    "gcj02": Text("GCJ-02 经纬度（高德、腾讯）", "GCJ-02 longitude and latitude (Amap, Tencent)"),
    "bd09": Text("BD-09 经纬度（百度）", "BD-09 longitude and latitude (Baidu)"),
}
_WORDS = {
    **dict.fromkeys(("cgcs2000", "epsg:4490", "4490", "国家2000", "2000国家大地坐标系", "大地2000"), "cgcs2000"),
    **dict.fromkeys(("wgs84", "epsg:4326", "4326", "ogc:crs84", "crs84", "gps"), "wgs84"),
    **dict.fromkeys(("gcj02", "火星坐标", "高德", "腾讯"), "gcj02"),
    **dict.fromkeys(("bd09", "bd09ll", "百度"), "bd09"),
}
_OLD = {
    **dict.fromkeys(("beijing54", "bj54", "北京54", "1954北京坐标系"), "epsg:4214"),
    **dict.fromkeys(("xian80", "西安80", "1980西安坐标系"), "epsg:4610"),
}
_LIKE_CGCS2000 = (6378137.0, 298.25722)  # GRS 80, CGCS2000 and WGS 84 agree in these digits
_HELMERT = ("x", "y", "z", "rx", "ry", "rz", "s")
_Parameters = tuple[float, float, float, float, float, float, float]


@dataclass(frozen=True)
class ListCRS:
    """The reference system of a list of sources.

    ``key`` is cgcs2000, wgs84, gcj02, bd09 or ``EPSG:n``; ``parameters`` are seven numbers from its datum to CGCS2000.
    """

    key: str
    projected: bool
    title: Text
    parameters: _Parameters | None = None


def parse_crs(text: str | int, *, parameters: Sequence[float] | None = None) -> ListCRS:
    """Understand a stated reference system.

    Parameters
    ----------
    text : str or int
        A word (cgcs2000, wgs84, gcj02, bd09, also in Chinese) or an EPSG code (``"EPSG:4549"``, ``"4549"``, 4549).
    parameters : sequence of seven numbers, optional
        From the system's datum to CGCS2000: dx, dy, dz in metres, rx, ry, rz in arc-seconds, scale in parts per
        million; position vector convention (IOGP 373-7-2, method 9606; change the signs of the rotations where they
        follow the coordinate frame convention). Needed for Beijing 1954 and Xian 1980.

    Returns
    -------
    ListCRS
        What the other functions take.

    Raises
    ------
    CRSMismatchError
        When the text is unknown, the system is not of the earth's surface, or its datum needs parameters.

    Examples
    --------
    >>> parse_crs("CGCS2000").key, parse_crs("4549").key, parse_crs(4549).projected
    ('cgcs2000', 'EPSG:4549', True)
    """
    given = _checked(parameters)
    word = re.sub(r"(?<=\w)[\s_-]+|\s", "", str(text)).lower()
    word = _OLD.get(word, word)
    if word in _WORDS:
        key = _WORDS[word]
        return ListCRS(key, projected=False, title=_TITLES[key])
    if not (code := re.fullmatch(r"(?:epsg:{1,2})?([0-9]{4,6})", word)):
        raise _unknown(text)
    key = f"EPSG:{code[1]}"
    try:
        crs = definition(key)
    except CRSError as error:
        raise _unknown(text) from error
    if not (crs.is_geographic or crs.is_projected):
        raise _unknown(text)
    if given is None:
        _refuse_other_datum(key, crs)
    return ListCRS(
        key, projected=crs.is_projected, title=Text(f"{crs.name}（{key}）", f"{crs.name} ({key})"), parameters=given
    )


def to_cgcs2000(
    x: ArrayLike, y: ArrayLike, crs: ListCRS | str | int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn a list's coordinates into CGCS2000 degrees.

    Parameters
    ----------
    x, y : array of float
        Longitude and latitude in degrees, or easting and northing in the system's unit (with its zone prefix where the
        system has one), whatever axis order its definition states.
    crs : ListCRS, str or int
        The list's system; text is parsed.

    Returns
    -------
    lon, lat : array of float
        Degrees; NaN where x or y is NaN or cannot be transformed.

    Raises
    ------
    CRSMismatchError
        When the system is unknown or refused, or is a shifted one (see :mod:`geocensus.shifts`).

    Examples
    --------
    >>> lon, lat = to_cgcs2000([453123.4], [3191234.5], "EPSG:4549")
    >>> round(float(lon[0]), 5), round(float(lat[0]), 5)
    (119.51967, 28.83643)
    """
    stated = crs if isinstance(crs, ListCRS) else parse_crs(crs)
    if stated.key in SHIFTED:
        raise CRSMismatchError(
            f"{stated.key} is a shifted system; undo the shift first (geocensus.shifts)",
            f"{stated.key} 是加偏坐标，请先纠偏（geocensus.shifts）",
        )
    lon, lat = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if stated.key in _TITLES:
        return lon, lat
    for transformer in _steps(stated.key, stated.parameters):
        lon, lat = transformer.transform(lon, lat)
    bad = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)


def metric_crs(bounds: Sequence[float]) -> CRS:
    """Pick the one metric system of a run.

    In China, for boxes narrower than 6°, the 3° Gauss-Krüger zone of CGCS2000 by central meridian (EPSG:4534 to 4554)
    nearest to the middle: lengths are true to 0.14 % at 3° from the meridian. Elsewhere a Lambert azimuthal equal-area
    system on GRS 80 about the middle: areas are true, lengths within 0.08 % up to 500 km away.

    Parameters
    ----------
    bounds : sequence of four numbers
        West, south, east, north in degrees; west above east crosses the antimeridian.

    Returns
    -------
    CRS
        In metres, x east.

    Raises
    ------
    SchemaError
        When the bounds are out of range or NaN.

    References
    ----------
    IOGP Publication 373-7-2, methods 9807 (Transverse Mercator) and 9820 (Lambert azimuthal equal area).

    Examples
    --------
    >>> metric_crs((118.0, 28.5, 118.9, 29.2)).to_epsg()
    4548
    """
    west, south, east, north = _box(bounds)
    east += 360.0 if east < west else 0.0
    lon, lat = (west + east) / 2, (south + north) / 2
    if west >= _GK_WEST and east <= _GK_EAST and east - west < _GK_WIDTH and south >= 0 and north <= _GK_NORTH:
        zone = int(np.clip(np.floor(lon / 3 + 0.5), _GK_FIRST, _GK_LAST))
        return definition(f"EPSG:{4534 + zone - _GK_FIRST}")
    centre = {"lat_0": round(lat, 1), "lon_0": round((lon + 180.0) % 360.0 - 180.0, 1)}
    return CRS.from_dict({"proj": "laea", **centre, "ellps": "GRS80", "units": "m", "type": "crs"})


def require_metric(crs: Any) -> CRS:
    """Insist on a projected system in metres.

    Parameters
    ----------
    crs : any
        What pyproj takes, or None.

    Returns
    -------
    CRS
        The same system.

    Raises
    ------
    NotProjectedError
        When there is none, or it is in degrees or feet.

    Examples
    --------
    >>> require_metric("EPSG:4549").name
    'CGCS2000 / 3-degree Gauss-Kruger CM 120E'
    """
    found = None if crs is None else CRS.from_user_input(crs)
    if found is None or not found.is_projected or any(axis.unit_name != "metre" for axis in found.axis_info[:2]):
        zh, en = ("无坐标系", "no reference system") if found is None else (found.name, found.name)
        raise NotProjectedError(
            f"metres are needed, but the layer has {en}; transform it first, as with to_crs(metric_crs(bounds))",
            f"此处需要以米为单位的投影坐标，而图层是：{zh}；请先投影，例如 to_crs(metric_crs(bounds))",
        )
    return found


_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_GK_WEST, _GK_EAST, _GK_NORTH, _GK_WIDTH = 73.5, 136.5, 84.0, 6.0
_GK_FIRST, _GK_LAST = 25, 45


@lru_cache(maxsize=64)
def definition(key: str) -> CRS:
    """Return pyproj's definition of a system, made once.

    Parameters
    ----------
    key : str
        What pyproj takes.

    Returns
    -------
    CRS
        The system.

    Raises
    ------
    CRSError
        When PROJ does not know it.
    """
    return CRS.from_user_input(key)


def _unknown(text: str | int) -> CRSMismatchError:
    return CRSMismatchError(
        f"reference system not understood: {text!r}; accepted are cgcs2000, wgs84, gcj02, bd09 and EPSG codes of "
        "geographic or projected systems, such as EPSG:4549",
        f"无法识别的坐标系：{text!r}；可用 cgcs2000、wgs84、gcj02、bd09，或 EPSG 代码（如 EPSG:4549）",
    )


def _checked(parameters: Sequence[float] | None) -> _Parameters | None:
    """Return seven finite numbers, or None."""
    if parameters is None:
        return None
    numbers = tuple(float(number) for number in parameters)
    if len(numbers) != len(_HELMERT) or not np.isfinite(numbers).all():
        raise CRSMismatchError(
            f"transformation parameters must be seven numbers (dx, dy, dz, rx, ry, rz, scale), not {len(numbers)}",
            f"转换参数必须是七个数（dx、dy、dz、rx、ry、rz、尺度），现有 {len(numbers)} 个",
        )
    return numbers  # type: ignore[return-value]  # seven, as just tested


def _refuse_other_datum(key: str, crs: CRS) -> None:
    """Refuse every datum that is not CGCS2000 to within metres, by its ellipsoid, name and prime meridian."""
    geodetic: Any = crs.geodetic_crs
    datum = geodetic.datum.name if geodetic.datum else geodetic.name
    shape = (geodetic.ellipsoid.semi_major_metre, round(geodetic.ellipsoid.inverse_flattening, 5))
    chinese = re.search("Beijing|Xian", datum) is not None
    if shape == _LIKE_CGCS2000 and not chinese and geodetic.prime_meridian.longitude == 0:
        return
    raise CRSMismatchError(
        f"{key} ({crs.name}) is on the datum {datum}, tens to hundreds of metres from CGCS2000; give seven "
        "transformation parameters (setting datum_parameters), or convert the list to CGCS2000 first",
        f"{key}（{crs.name}）的基准面为 {datum}，与 CGCS2000 相差数十至数百米，没有转换参数不能换算；请提供七参数"
        "（设置项 datum_parameters），或先将清单坐标转换为 CGCS2000",
    )


@lru_cache(maxsize=16)
def _steps(key: str, parameters: _Parameters | None) -> tuple[Transformer, ...]:
    """Return the transformers from a system to degrees of its datum, and on to CGCS2000 (at height 0)."""
    crs = definition(key)
    degrees: Any = crs.geodetic_crs
    steps = [] if crs.is_geographic else [Transformer.from_crs(crs, degrees, always_xy=True)]
    if parameters is not None:
        shift = " ".join(f"+{name}={number!r}" for name, number in zip(_HELMERT, parameters, strict=True))
        body = f"+a={degrees.ellipsoid.semi_major_metre!r} +rf={degrees.ellipsoid.inverse_flattening!r}"
        pipeline = (
            f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart {body} "
            f"+step +proj=helmert {shift} +convention=position_vector "
            "+step +inv +proj=cart +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )
        steps.append(Transformer.from_pipeline(pipeline))
    return tuple(steps)


def _box(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    """Return four numbers in range."""
    west, south, east, north = (float(number) for number in bounds)
    if not (max(abs(west), abs(east)) <= _LON_LIMIT and -_LAT_LIMIT <= south <= north <= _LAT_LIMIT):
        raise SchemaError(
            f"bounds must be west, south, east, north in degrees, not {tuple(bounds)}; are there any coordinates?",
            f"范围必须是以度为单位的西、南、东、北四个数，而现在是 {tuple(bounds)}；请检查是否有坐标",
        )
    return west, south, east, north
