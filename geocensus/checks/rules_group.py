"""Rules on import groups as wholes: one flag per group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.outcome import GroupOutcome, flag_groups
from geocensus.model import Text

if TYPE_CHECKING:
    from geocensus.checks.context import Context

__all__ = ["mixed_formats"]

# Ways of writing that take different numbers to one place: read as one another, they move a point by kilometres.
_FAMILIES: Final = {
    "decimal": ("decimal", "decimal_comma", "scientific", "parts_degree"),
    "sexagesimal": (
        "degree_minute_second",
        "degree_minute",
        "spaced",
        "colon",
        "dashed",
        "parts_degree_minute",
        "parts_degree_minute_second",
    ),
    "packed": ("packed", "dotted_dms"),
    "metres": ("metres",),
}
_FAMILY_OF: Final = {name: family for family, names in _FAMILIES.items() for name in names}
_TITLES: Final = {
    "decimal": Text("十进制度", "decimal degrees"),
    "sexagesimal": Text("度分秒", "degrees, minutes and seconds"),
    "packed": Text("连写或以点分隔的度分秒", "degrees, minutes and seconds without marks"),
    "metres": Text("平面坐标（米）", "metres"),
    "two": Text("经纬度写法不同", "one axis in one way and the other in another"),
}


def mixed_formats(ctx: Context) -> GroupOutcome:
    """Flag import groups whose coordinates are written in ways that are easily taken for one another.

    A group is an import group, else an enumerator's rows, else the whole list. Suspicious are two ways of writing
    (decimal degrees; degrees, minutes and seconds; the same without marks; metres; or one axis in one way and the
    other in another) of which the rarer has at least the share and the number of rows of the settings: where both
    are at home, a decimal may well be minutes and seconds typed as decimals.
    """
    settings = ctx.settings
    labels = _labels(ctx)
    lon, lat = (_families(ctx.text(column)) for column in (n.LON_FORMAT, n.LAT_FORMAT))
    family = lon.where(lon.eq(lat) | lon.isna() | lat.isna(), "two")
    table = pd.DataFrame({"group": labels, "family": family}).dropna()
    counts = table.groupby(["group", "family"]).size().rename("n").reset_index()
    total = counts.groupby("group")["n"].transform("sum")
    kept = counts[(counts["n"] >= settings.mixed_rows) & (counts["n"] >= settings.mixed_share * total)]
    mixed = kept[kept.groupby("group")["family"].transform("size") > 1]
    mixed = mixed.sort_values(["group", "n", "family"], ascending=[True, False, True])
    sizes = counts.groupby("group")["n"].sum()
    judged = labels.isin(sizes.index[sizes >= 2 * settings.mixed_rows])
    return flag_groups(labels.where(judged), _groups(mixed))


def _labels(ctx: Context) -> pd.Series:
    """Name the group of every source as ``column=value``: its import group, else its enumerator, else the file.

    Where devices are listed, too, they tell enumerators of one name apart.
    """
    group, enumerator, device = (
        ctx.text(column).str.strip().replace("", np.nan).radd(f"{column}=")
        for column in ("import_group", "enumerator", "device")
    )
    labels = group.fillna(enumerator + ", " + device).fillna(enumerator)
    return labels.fillna(f"file={ctx.sources.attrs.get('file') or 'list'}")


def _families(formats: pd.Series) -> pd.Series:
    """Say which way of writing a format is; NaN where none was recognised."""
    families = {name: _FAMILY_OF.get(str(name).rpartition(":")[2]) for name in formats.unique()}
    return formats.map(families).astype("str")


def _groups(mixed: pd.DataFrame) -> pd.DataFrame:
    """Return messages and basis per flagged group."""
    number = mixed["n"].astype("str")
    zh, en = (mixed["family"].map({key: title.get(lang) for key, title in _TITLES.items()}) for lang in ("zh", "en"))
    said = mixed.assign(zh=zh.astype("str") + " " + number + " 条", en=number + " in " + en.astype("str"))
    grouped = said.sort_values(["group", "n", "family"], ascending=[True, False, True]).groupby("group", sort=True)
    return pd.DataFrame(
        {
            "zh": "本批坐标写法混用：" + grouped["zh"].agg("，".join).astype("str"),
            "en": "coordinates of one group written in several ways: " + grouped["en"].agg(", ".join).astype("str"),
            "basis": said.sort_values(["group", "family"]).groupby("group")["family"].agg("+".join).astype("str"),
        }
    )
