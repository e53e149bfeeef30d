"""What may be attached: documents that offices stamp and scan, told by their ending and by their content."""

import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from geocensus_api.errors import ProblemError

__all__ = ["MEDIA_TYPES", "display_name", "media_type_of", "verify"]

MEDIA_TYPES: Final = {
    ".pdf": "application/pdf",
    ".ofd": "application/ofd",  # GB/T 33190-2016, the layout format of Chinese offices
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".heic": "image/heic",
}
_LONGEST: Final = 200  # characters of a name
_TAIL: Final = 2048  # where a PDF has its end mark (ISO 32000-1, annex H, note 18, has readers look in 1,024)
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_OFD_ENTRY: Final = "OFD.xml"
_OFD_ENTRIES: Final = 10_000
_OFD_UNPACKED: Final = 400_000_000  # bytes; more is no scan but a bomb for whoever opens it
_FORMAT_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def display_name(name: str) -> str:
    """Return the name under which an attachment is shown and saved; it never is a path here.

    Parameters
    ----------
    name
        As the person's program gave it.

    Returns
    -------
    str
        NFC, without blanks around it.

    Raises
    ------
    ProblemError
        400 for one that is empty, too long, a path, or holds invisible or turning signs.

    Examples
    --------
    >>> display_name(" 情况说明.pdf ")
    '情况说明.pdf'
    """
    shown = unicodedata.normalize("NFC", name).strip()
    wrong = any(unicodedata.category(sign) in _FORMAT_CATEGORIES or sign in '/\\:*?"<>|' for sign in shown)
    if not shown or wrong or len(shown) > _LONGEST or shown.startswith("."):
        raise ProblemError(
            400,
            f"name: give the plain name of the file, such as statement.pdf: at most {_LONGEST} characters, no path, "
            'none of : * ? " < > |, no invisible signs',
            f'name：请给出文件名本身，如 情况说明.pdf：不超过 {_LONGEST} 个字符，不含路径、: * ? " < > | 及不可见字符',
        )
    return shown


def media_type_of(name: str) -> str:
    """Return the type that a name's ending stands for.

    Parameters
    ----------
    name
        From :func:`display_name`.

    Returns
    -------
    str
        A media type.

    Raises
    ------
    ProblemError
        415 for any other ending.

    Examples
    --------
    >>> media_type_of("扫描件.PDF")
    'application/pdf'
    """
    kind = MEDIA_TYPES.get(Path(name).suffix.lower())
    if kind is None:
        endings = ", ".join(MEDIA_TYPES)
        raise ProblemError(
            415,
            f"{name}: a statement is one of {endings}; print other documents to PDF",
            f"{name}：附件仅接受 {endings}；其他文档请先转为 PDF",
        )
    return kind


def verify(path: Path, media_type: str, name: str) -> None:
    """Refuse a file whose content is not what its ending says, or that was cut off.

    Parameters
    ----------
    path
        The file, whole.
    media_type
        From :func:`media_type_of`.
    name
        For the message.

    Raises
    ------
    ProblemError
        415 for another content, 400 for an empty file.
    """
    size = path.stat().st_size
    if not size:
        raise ProblemError(400, f"{name}: the file is empty", f"{name}：文件为空")
    with path.open("rb") as file:
        head = file.read(32)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    if not _TESTS[media_type](head, tail, path):
        raise ProblemError(
            415,
            f"{name}: the content is not whole or not what the ending says ({media_type})",
            f"{name}：文件内容不完整，或与扩展名不符（{media_type}）",
        )


def _is_ofd(head: bytes, _tail: bytes, path: Path) -> bool:
    """Tell whether a file is an OFD package; only its list of contents is read, nothing is unpacked."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    names = {entry.filename for entry in entries}
    fits = len(entries) <= _OFD_ENTRIES and sum(entry.file_size for entry in entries) <= _OFD_UNPACKED
    plain = all(not name.startswith("/") and ".." not in name.split("/") and "\\" not in name for name in names)
    return _OFD_ENTRY in names and fits and plain


_TESTS: Final[dict[str, Callable[[bytes, bytes, Path], bool]]] = {
    "application/pdf": lambda head, tail, _: head.startswith(b"%PDF-") and b"%%EOF" in tail,
    "application/ofd": _is_ofd,
    "image/png": lambda head, tail, _: head.startswith(b"\x89PNG\r\n\x1a\n") and tail.endswith(_PNG_END),
    "image/jpeg": lambda head, tail, _: head.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail,
    "image/tiff": lambda head, _tail, _path: head[:4] in {b"II*\x00", b"MM\x00*"},
    "image/heic": lambda head, _tail, _path: head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS,
}
