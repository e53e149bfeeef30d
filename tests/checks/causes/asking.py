"""Texts to what causes take, as reading a list does it."""

import numpy as np

from geocensus.checks.causes import CAUSES, intended_texts, propose, written_of
from geocensus.checks.causes.case import to_degrees
from geocensus.coordinates import parse_points
from geocensus.crs import parse_crs

BOX = (118.2, 28.6, 118.8, 29.1)


def read(columns, crs="cgcs2000"):
    """Return a table of sources with the columns that causes read."""
    system = parse_crs(crs)
    points = parse_points(columns, projected=system.projected)
    usable = (points["coordinate_problem"] == "").to_numpy()
    x, y = (np.where(usable, points[name], np.nan) for name in ("lon_parsed", "lat_parsed"))
    lon, lat = to_degrees(x, y, system)
    sources = points.assign(lon=lon, lat=lat)
    sources.attrs["crs"] = system.key
    return sources


def proposed(columns, crs="cgcs2000", near=BOX, **options):
    """Return candidates as tuples: row, cause, lon, lat, log_weight, lon_text, lat_text."""
    written = written_of(read(columns, crs))
    found = propose(written, near, **options)
    texts = intended_texts(written, found.row, found.cause, found.lon_edit, found.lat_edit)
    names = [list(CAUSES)[cause] for cause in found.cause]
    return list(zip(found.row.tolist(), names, found.lon, found.lat, found.log_weight, *texts, strict=True))
