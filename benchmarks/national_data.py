"""A national run to practise on: a basemap of 45,000 townships and a list of millions of sources, all fictional.

python benchmarks/national_data.py FOLDER --rows 3600000 --formats csv parquet

FOLDER/basemap.gpkg is taken as it is where there is one. Beside the list stands NAME-truth.parquet. The same seed
gives the same files; a list of fewer rows is the beginning of a longer one. Memory is that of the basemap.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import national_basemap
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import pyproj
import shapely
from national_list import BLOCK, block
from national_places import world

import geocensus as gc
from geocensus.io import write_basemap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from national_list import Block
    from national_places import World

    from geocensus.basemap import Basemap

WRITTEN = "2026-01-01T00:00:00.000Z"  # says every basemap, so that the same areas are the same bytes
BOM = b"\xef\xbb\xbf"  # without it a spreadsheet takes the file for GBK


def csv(block: Block) -> pa.Table:
    table = block.table
    for axis, header in enumerate(("经度", "纬度")):
        table = table.append_column(header, block.written.spelled(axis))
    return table


def parquet(block: Block) -> pa.Table:
    lon, lat = (pa.array(values, from_pandas=True) for values in block.written.numbers().T)
    return block.table.append_column("经度", lon).append_column("纬度", lat)


def geoparquet(block: Block) -> pa.Table:
    at = block.written.numbers()
    points = np.where(np.isnan(at[:, 0]), None, shapely.points(at))
    return _geo(block, pa.array(shapely.to_wkb(points), pa.binary()), "WKB")


def geoarrow(block: Block) -> pa.Table:
    lon, lat = block.written.numbers().T
    points = pa.StructArray.from_arrays([pa.array(lon), pa.array(lat)], ["x", "y"], mask=pa.array(np.isnan(lon)))
    return _geo(block, points, "point")


def _geo(block: Block, points: pa.Array, encoding: str) -> pa.Table:
    """GeoParquet 1.1, https://geoparquet.org/releases/v1.1.0/."""
    column = {"encoding": encoding, "geometry_types": ["Point"], "crs": pyproj.CRS(4490).to_json_dict()}
    said = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return block.table.append_column("geometry", points).replace_schema_metadata({"geo": json.dumps(said)})


FORMATS: dict[str, tuple[str, Callable[[Block], pa.Table]]] = {
    "csv": (".csv", csv),
    "parquet": (".parquet", parquet),
    "geoparquet": ("-wkb.parquet", geoparquet),
    "geoarrow": ("-point.parquet", geoarrow),
}


class Writer:
    """A file that grows by tables of one schema; each table is a row group."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        if path.suffix == ".csv":
            self._file.write(BOM)
            self._tables = pa.csv.CSVWriter(
                self._file, schema, write_options=pa.csv.WriteOptions(quoting_style="none", quoting_header="none")
            )
        else:
            self._tables = pa.parquet.ParquetWriter(self._file, schema)

    def write(self, table: pa.Table) -> None:
        self._tables.write_table(table)

    def close(self) -> None:
        self._tables.close()
        self._file.close()


def write_list(world: World, folder: Path, asked: argparse.Namespace) -> None:
    """Write the list in parts of whole blocks, each in every format, and one file of truth."""
    with contextlib.ExitStack() as stack:
        writers: dict[str, Writer] = {}
        for rows, part in _blocks(world, asked):
            tables = {f"{part}{FORMATS[name][0]}": FORMATS[name][1](rows) for name in asked.formats}
            tables[f"{asked.name}-truth.parquet"] = rows.truth
            for name, table in tables.items():
                if name not in writers:
                    writers[name] = stack.enter_context(contextlib.closing(Writer(folder / name, table.schema)))
                writers[name].write(table.slice(0, asked.rows - rows.first))


def _blocks(world: World, asked: argparse.Namespace) -> Iterator[tuple[Block, str]]:
    """The blocks of a list, and the name of the part that each belongs to."""
    count = -(-asked.rows // BLOCK)
    for number in range(count):
        part = f"{asked.name}-{1 + number * asked.parts // count}" if asked.parts > 1 else asked.name
        yield block(world, number, asked.seed, outlets=asked.outlets), part


def basemap(folder: Path, townships: int, seed: int) -> Basemap:
    """The basemap of the folder, drawn where there is none."""
    path = folder / "basemap.gpkg"
    if not path.exists():
        drawn = national_basemap.draw(townships, seed)
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
        write_basemap(drawn, path)
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return gc.open_basemap(path)


def main(arguments: list[str] | None = None) -> None:
    asked = _asked(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    start = time.process_time()
    drawn = basemap(asked.folder, asked.townships, asked.seed)
    print(f"basemap: {len(drawn.areas('township')):,} townships, {time.process_time() - start:.0f} s of processor time")
    start = time.process_time()
    write_list(world(drawn, asked.seed), asked.folder, asked)
    print(f"{asked.name}: {asked.rows:,} rows, {time.process_time() - start:.0f} s of processor time")


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=3_600_000)
    parser.add_argument("--outlets", action="store_true", help="of the rows, 64 % are outlets of the site before")
    parser.add_argument("--townships", type=int, default=45_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=["csv", "parquet"])
    parser.add_argument("--name", default="list")
    parser.add_argument("--parts", type=int, default=1, help="files that the list is written to")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
