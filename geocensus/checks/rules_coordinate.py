"""Rules on the text of coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geocensus import names as n
from geocensus.checks.outcome import Outcome, flag_where
from geocensus.model import Text

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.checks.context import Context

__all__ = ["axis_equal", "imprecise", "minute_second_range", "missing", "out_of_range", "unparsable", "zero"]

_SHOWN = 40  # characters of a raw text that a message quotes


def missing(ctx: Context) -> Outcome:
    """Flag empty coordinates and placeholders."""
    failed = _problem(ctx, "missing")
    texts = _quoted(ctx, failed)
    blank = (_text(ctx, n.LON_TEXT, failed) + _text(ctx, n.LAT_TEXT, failed)).str.strip() == ""
    zh = ("坐标只有占位文字或缺一个轴：" + texts.zh).mask(blank, "没有填写坐标")
    en = ("placeholder, or one axis missing: " + texts.en).mask(blank, "no coordinate given")
    return flag_where(failed, (zh, en))


def unparsable(ctx: Context) -> Outcome:
    """Flag text in no known format."""
    failed = _problem(ctx, "unparsable")
    texts = _quoted(ctx, failed)
    return flag_where(
        failed,
        ("无法识别的坐标写法：" + texts.zh, "coordinate in no known format: " + texts.en),
        untested=_absent(ctx),
    )


def minute_second_range(ctx: Context) -> Outcome:
    """Flag minutes or seconds of 60 and more, and hemisphere letters on the wrong axis."""
    failed = _problem(ctx, "minute_second_range")
    texts = _quoted(ctx, failed)
    return flag_where(
        failed,
        (
            "分或秒达到 60，或半球字母与轴不符：" + texts.zh,
            "minute or second of 60 or more, or hemisphere on the wrong axis: " + texts.en,
        ),
        untested=_absent(ctx),
    )


def zero(ctx: Context) -> Outcome:
    """Flag coordinates that are zero on one axis or both."""
    return flag_where(
        _problem(ctx, "zero"), Text("经度或纬度为 0", "longitude or latitude is 0"), untested=_absent(ctx)
    )


def out_of_range(ctx: Context) -> Outcome:
    """Flag values outside ±180 and ±90 degrees."""
    failed = _problem(ctx, "out_of_range")
    texts = _quoted(ctx, failed)
    return flag_where(
        failed,
        ("超出经纬度范围（经度 ±180，纬度 ±90）：" + texts.zh, "outside ±180 and ±90 degrees: " + texts.en),
        untested=_absent(ctx),
    )


def axis_equal(ctx: Context) -> Outcome:
    """Flag sources whose longitude and latitude are the same text."""
    lon = ctx.text(n.LON_TEXT).str.strip()
    same = (lon == ctx.text(n.LAT_TEXT).str.strip()).fillna(value=False).astype(bool) & ctx.sources[
        n.COORDINATE_PROBLEM
    ].isin(("", "out_of_range"))
    same &= ctx.text(n.CORRECTION).fillna("") == ""  # what is written no longer counts
    shown = lon[same].str.slice(0, _SHOWN)
    return flag_where(
        same,
        ("经度与纬度相同：" + shown, "longitude equals latitude: " + shown),
        untested=_absent(ctx),
    )


def imprecise(ctx: Context) -> Outcome:
    """Flag text coarser than the setting, and decimals damaged by a spreadsheet."""
    metres = ctx.sources[n.RESOLUTION_M]
    coarse = metres > ctx.settings.imprecise_m
    damaged = ctx.sources["float_damage"].astype(bool) if "float_damage" in ctx.sources else coarse & False
    failed = ctx.has_point & (coarse | damaged)
    size, coarse = metres[failed].round().fillna(0).astype("int64").astype("str"), coarse[failed]
    texts = _quoted(ctx, failed)
    zh = ("坐标文本只精确到约 " + size + " 米：" + texts.zh).where(coarse, "小数位被表格软件改动：" + texts.zh)
    en = ("the text is precise to about " + size + " m only: " + texts.en).where(
        coarse, "decimals damaged by a spreadsheet: " + texts.en
    )
    return flag_where(failed, (zh, en), untested=ctx.no_point)


def _problem(ctx: Context, problem: str) -> pd.Series:
    return ctx.sources[n.COORDINATE_PROBLEM] == problem


def _absent(ctx: Context) -> dict[str, pd.Series]:
    return {"no_coordinate": _problem(ctx, "missing")}


def _text(ctx: Context, column: str, rows: pd.Series) -> pd.Series:
    return ctx.text(column)[rows].fillna("")


class _Quoted(NamedTuple):
    zh: pd.Series
    en: pd.Series


def _quoted(ctx: Context, rows: pd.Series) -> _Quoted:
    """Quote the texts of some rows: of the flagged ones, which are few."""
    lon, lat = (_text(ctx, name, rows).str.slice(0, _SHOWN) for name in (n.LON_TEXT, n.LAT_TEXT))
    return _Quoted("“" + lon + "”，“" + lat + "”", "“" + lon + "”, “" + lat + "”")
