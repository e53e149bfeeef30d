"""Tables of one part of a list on disk: Arrow files in a folder, there as a whole or not at all, read by mapping.

A part is written once and read by other processes: strings and numbers are mapped from the file (Arrow IPC, not
compressed), so that a table of all parts costs little memory of its own.
"""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from geocensus.files import atomic_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


__all__ = ["is_written", "read_facts", "read_tables", "write_part"]

_FACTS = "facts.pickle"


def write_part(folder: Path, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> None:
    """Write the tables of a part, and small facts about it.

    Parameters
    ----------
    folder : Path
        Where they go; a folder that is there is replaced.
    tables : Mapping of str to DataFrame
        Name to table; the index is not kept.
    facts : Mapping
        Small: counts, texts, plain records.

    Raises
    ------
    OSError
        The disk is full or the folder cannot be written; then nothing is left of it.

    Examples
    --------
    >>> import tempfile, pathlib, pandas as pd
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "part-0"
    >>> write_part(folder, {"sources": pd.DataFrame({"name": ["甲", None]}, dtype="str")}, {"rows": 2})
    >>> read_tables([folder, folder], "sources")["name"].tolist(), read_facts(folder)
    (['甲', nan, '甲', nan], {'rows': 2})
    """
    with atomic_folder(folder) as temporary:
        for name, table in tables.items():
            mixed = table[[header for header in table if table[header].dtype == object]]  # of kinds Arrow has not
            if mixed.shape[1]:
                mixed.reset_index(drop=True).to_pickle(temporary / f"{name}.mixed")
            content = pa.Table.from_pandas(table.drop(columns=mixed.columns), preserve_index=False)
            content = content.replace_schema_metadata({"columns": json.dumps(list(table.columns), ensure_ascii=False)})
            with (
                pa.OSFile(str(temporary / f"{name}.arrow"), "wb") as sink,
                pa.ipc.new_file(sink, content.schema) as out,
            ):
                out.write_table(content)
        (temporary / _FACTS).write_bytes(pickle.dumps(facts, protocol=pickle.HIGHEST_PROTOCOL))


def is_written(folder: Path) -> bool:
    """Tell whether a part is there.

    Parameters
    ----------
    folder : Path
        Of :func:`write_part`.

    Returns
    -------
    bool
        Parts are there as a whole or not at all.
    """
    return (folder / _FACTS).is_file()


def read_facts(folder: Path) -> dict[str, Any]:
    """Return the facts about a part.

    Parameters
    ----------
    folder : Path
        Of :func:`write_part`.

    Returns
    -------
    dict
        As written.
    """
    facts: dict[str, Any] = pickle.loads((folder / _FACTS).read_bytes())  # noqa: S301 - a work folder of our own
    return facts


def read_tables(folders: Sequence[Path], name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Put one table of several parts together, mapped from their files.

    Parameters
    ----------
    folders : Sequence of Path
        Parts, in order; at least one.
    name : str
        Which table.
    columns : Sequence of str, optional
        Only these.

    Returns
    -------
    DataFrame
        All rows, numbered from 0; types as they were written.
    """
    tables = [_mapped(folder / f"{name}.arrow", columns) for folder in folders]
    table = pa.concat_tables(tables, promote_options="permissive").unify_dictionaries()
    frame: pd.DataFrame = table.to_pandas()
    if not (folders[0] / f"{name}.mixed").is_file():
        return frame
    mixed = pd.concat([pd.read_pickle(folder / f"{name}.mixed") for folder in folders], ignore_index=True)  # noqa: S301 - as above
    order = json.loads(tables[0].schema.metadata[b"columns"])
    return pd.concat([frame, mixed], axis=1)[[header for header in order if columns is None or header in columns]]


def _mapped(path: Path, columns: Sequence[str] | None) -> pa.Table:
    table = pa.ipc.open_file(pa.py_buffer(np.memmap(path, np.uint8, "r"))).read_all()
    return table if columns is None else table.select([name for name in columns if name in table.column_names])
