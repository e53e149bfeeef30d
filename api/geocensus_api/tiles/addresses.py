"""Addresses of tiles and cells, out of paths and queries."""

from typing import Final

from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection
from geocensus_api.store.snapshot_load import LAYERS
from geocensus_api.tiles.mercator import BITS

__all__ = ["LAST_ZOOM", "cell_of", "tile_at"]

LAST_ZOOM: Final = 24
_DIGITS: Final = 10
_PARTS: Final = 3


def tile_at(matrix: str, row: str, column: str) -> tuple[int, int, int]:
    """Return the tile that a path names.

    Parameters
    ----------
    matrix
        Zoom.
    row
        From the north.
    column
        From the west.

    Returns
    -------
    tuple
        Zoom, column and row.

    Raises
    ------
    ProblemError
        404 where there is no such tile, 400 for what is no number.

    Examples
    --------
    >>> tile_at("2", "1", "3")
    (2, 3, 1)
    """
    zoom, down, across = (_whole(text) for text in (matrix, row, column))
    if not (0 <= zoom <= LAST_ZOOM and 0 <= down < 1 << zoom and 0 <= across < 1 << zoom):
        raise ProblemError(
            404,
            f"no tile {matrix}/{row}/{column}: zoom 0 to {LAST_ZOOM}, row and column 0 to 2^zoom - 1",
            f"没有瓦片 {matrix}/{row}/{column}：级别 0 至 {LAST_ZOOM}，行列号 0 至 2 的级别次方减 1",
        )
    return zoom, across, down


def _whole(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ProblemError(
            400, f"{text[:20]!r}: zoom, row and column are whole numbers", f"{text[:20]}：级别、行号与列号应为整数"
        )
    return -1 if text != digits or len(digits) > _DIGITS else int(digits)


def cell_of(text: str | None, source: Collection) -> tuple[int, int, int] | None:
    """Return the cell that a query names.

    Parameters
    ----------
    text
        "level/column/row"; None without.
    source
        The collection.

    Returns
    -------
    tuple or None
        Level, column and row.

    Raises
    ------
    ProblemError
        400 for what is no cell, and for collections without cells.

    Examples
    --------
    >>> from geocensus.model import Text
    >>> cell_of("12/3370/1703", Collection("sources", "sources", Text("", ""), "POINT", None))
    (12, 3370, 1703)
    """
    if text is None:
        return None
    parts = text.split("/")
    plain = len(parts) == _PARTS and all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts)
    level, column, row = map(int, parts) if plain else (-1, 0, 0)
    if source.table not in LAYERS or not (0 <= level <= BITS and max(column, row) < 1 << level):
        raise ProblemError(
            400,
            "cell: take level/column/row from a feature of a tile of points, as it is",
            "cell：请原样使用点瓦片要素中的 级别/列号/行号",
        )
    return level, column, row
