"""What is in an uploaded file: does it fit its ending, and does it stay small when it is unpacked."""

import sqlite3
import struct
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Final

from geocensus.workspace import quoted
from geocensus_api.errors import ProblemError

__all__ = ["ENDINGS", "require_sound"]

_ZIP, _OLE, _SQLITE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"SQLite format 3\x00"
_PARQUET, _FLATGEOBUF = b"PAR1", b"fgb\x03"
_TEXTS: Final = frozenset({".csv", ".tsv", ".txt"})
_BOOKS: Final = {".xlsx": "xl/workbook.xml", ".ods": "content.xml"}  # an entry that every such file has
_MAGIC: Final = {
    ".xls": _OLE,
    ".gpkg": _SQLITE,
    ".parquet": _PARQUET,
    ".fgb": _FLATGEOBUF,
    **dict.fromkeys(_BOOKS, _ZIP),
}
ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".gpkg", ".geojson", ".json", ".parquet", ".fgb")
_HEAD: Final = 4096
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_PIECE: Final = 1 << 20
_ENTRIES_MAX: Final = 10_000
_STEPS_MAX: Final = 20_000_000  # of SQLite's machine: less than a second
_STANDARD_VIEWS: Final = frozenset({"spatial_ref_sys", "st_spatial_ref_sys", "geometry_columns", "st_geometry_columns"})
_LOCAL: Final = struct.Struct("<26xHH")  # lengths of name and extra field in the header of a ZIP entry


def require_sound(path: Path, ending: str, *, unpacked_max: int) -> None:
    """Refuse a file whose content is not what its ending says, or that grows too large when it is read.

    Parameters
    ----------
    path
        The file.
    ending
        One of ENDINGS.
    unpacked_max
        Bytes that all parts of the file may have together when unpacked.

    Raises
    ------
    ProblemError
        422: empty, of another kind, damaged, or a bomb.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise ProblemError(422, "the file is empty", "文件为空")
    if not _fits(head, ending):
        raise ProblemError(
            422,
            f"the content is not what the ending {ending} says: save the list in that format, or name it rightly",
            f"文件内容与后缀 {ending} 不符：请按该格式另存，或改正文件名",
        )
    if ending in _BOOKS:
        _require_book(path, ending, unpacked_max)
    elif ending == ".gpkg":
        _require_plain_tables(path)
    elif ending == ".parquet":
        _require_small_columns(path, unpacked_max)


def _fits(head: bytes, ending: str) -> bool:
    if ending in _MAGIC:
        return head.startswith(_MAGIC[ending])
    if ending in _TEXTS:
        binary = any(head.startswith(magic) for magic in (_ZIP, _OLE, _SQLITE, _PARQUET, b"%PDF", b"MZ", b"\x7fELF"))
        # Unicode of two bytes has a zero in every other place where the text is plain
        return not binary and (b"\x00" not in head or head.startswith(_UTF16) or _looks_utf16(head))
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")  # nothing else that GDAL knows, such as a VRT


def _looks_utf16(head: bytes) -> bool:
    even, odd = head[::2].count(0), head[1::2].count(0)
    return min(even, odd) == 0 and b"\x00\x00" not in head[: len(head) // 2 * 2]


def _damaged(ending: str, error: object) -> ProblemError:
    return ProblemError(422, f"not a sound {ending} file: {error}", f"不是完好的 {ending} 文件：{error}")


def _require_book(path: Path, ending: str, most: int) -> None:
    """Unpack every entry to nowhere: the sizes that a ZIP states of itself may be lies."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            entries = archive.infolist()
            if len(entries) > _ENTRIES_MAX or sum(entry.file_size for entry in entries) > most:
                raise _bomb(most)
            if _BOOKS[ending] not in archive.NameToInfo:
                raise _damaged(ending, f"no {_BOOKS[ending]}")
            left = most
            for entry in entries:
                left -= _unpacked(stream, entry, left)
                if left < 0:
                    raise _bomb(most)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, struct.error) as error:
        raise _damaged(ending, error) from error


def _unpacked(stream: BinaryIO, entry: zipfile.ZipInfo, most: int) -> int:
    """Return how many bytes an entry unpacks to; a little more than `most` where it is more."""
    if entry.flag_bits & 1:
        raise ValueError("encrypted")
    stream.seek(entry.header_offset)
    name, extra = _LOCAL.unpack(stream.read(_LOCAL.size))
    stream.seek(entry.header_offset + _LOCAL.size + name + extra)
    if entry.compress_type == zipfile.ZIP_STORED:
        return max(entry.compress_size, entry.file_size)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise ValueError(f"compression {entry.compress_type}")
    size, rest, unpacker = 0, entry.compress_size, zlib.decompressobj(-zlib.MAX_WBITS)
    while rest > 0 and not unpacker.eof and size <= most:
        piece = stream.read(min(rest, _PIECE))
        if not piece:
            raise EOFError("the end is missing")
        rest -= len(piece)
        while piece and size <= most:
            size += len(unpacker.decompress(piece, _PIECE))
            piece = unpacker.unconsumed_tail
    return size


def _bomb(most: int) -> ProblemError:
    return ProblemError(
        422,
        f"unpacked, the file is larger than {most} bytes: delete empty rows, columns and pictures, or send CSV",
        f"文件解压后超过 {most} 字节：请删去空白行列和图片，或改用 CSV",
    )


def _require_plain_tables(path: Path) -> None:
    """Refuse a GeoPackage that holds more than rows.

    A virtual table could read other files of this machine; a view or a computed column makes rows without an end out
    of a small file. The views that older GeoPackages have by their standard (OGC 12-128r10, C.1 and C.3) may be there.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.set_progress_handler(lambda: 1, _STEPS_MAX)  # what takes longer is broken off
            strange = [what for what in (_virtual(connection), _view(connection), _computed(connection)) if what]
    except sqlite3.Error as error:
        raise _damaged(".gpkg", error) from error
    if strange:
        raise ProblemError(
            422,
            f"the file has {strange[0]}: export the layer with the list into a new GeoPackage",
            f"文件中含有非普通数据表的内容（{strange[0]}）：请将名单所在图层另存为新的 GeoPackage",
        )


def _virtual(connection: sqlite3.Connection) -> str:
    found = [row[1] for row in connection.execute("PRAGMA table_list") if row[2] == "virtual"]
    texts = dict(connection.execute("SELECT name, upper(sql) FROM sqlite_master"))
    strange = [name for name in found if "USING RTREE" not in " ".join((texts.get(name) or "").split())]
    return f"a virtual table other than an R-tree: {strange[0]}" if strange else ""


def _view(connection: sqlite3.Connection) -> str:
    for name in [row[1] for row in connection.execute("PRAGMA table_list") if row[2] == "view"]:
        if name not in _STANDARD_VIEWS:
            return f"a view: {name}"
        connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()  # noqa: S608 - one of our own names
    return ""


def _computed(connection: sqlite3.Connection) -> str:
    query = (
        "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c"
        " WHERE t.type = 'table' AND t.rootpage > 0 AND c.hidden IN (2, 3) LIMIT 1"
    )
    found = connection.execute(query).fetchone()
    return f"a computed column: {found[0]}" if found else ""


def _require_small_columns(path: Path, most: int) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only such files need it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    try:
        known = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(".parquet", error) from error
    sizes = sum(known.row_group(number).total_byte_size for number in range(known.num_row_groups))
    if max(sizes, known.num_rows * known.num_columns) > most:
        raise _bomb(most)
