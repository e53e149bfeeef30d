"""Labels of import groups: as people read them, and what of them identifies a flag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GROUPED_BY", "identity_of", "in_words", "labels_in_words"]

GROUPED_BY: Final[Mapping[str, Text]] = {
    "file": Text("文件", "file"),
    "county": Text("县", "county"),
    "enumerator": Text("普查员", "enumerator"),
    "device": Text("采集设备", "device"),
    "enumerator_device": Text("普查员和采集设备", "enumerator and device"),
    "import_group": Text("导入批次", "import group"),
}
_FILE: Final = "file="
_PART: Final = r"(?:^|, )(file|county|enumerator|device|import_group)="


def in_words(label: str) -> Text:
    """Return the label of one group as people read it.

    Parameters
    ----------
    label : str
        Parts ``column=value``, joined with ", ".

    Returns
    -------
    Text
        The same in words.

    Examples
    --------
    >>> in_words("enumerator=张三, device=PB-1")
    Text(zh='普查员 张三，采集设备 PB-1', en='enumerator 张三, device PB-1')
    """
    labels = pd.Series([label], dtype="str")
    return Text(labels_in_words(labels, "zh").item(), labels_in_words(labels, "en").item())


def labels_in_words(labels: pd.Series, lang: str) -> pd.Series:
    """Return labels of groups as people read them.

    Parameters
    ----------
    labels : Series of str
        Parts ``column=value``, joined with ", "; empty where a flag is on no group.
    lang : str
        "zh" or "en".

    Returns
    -------
    Series of str
        Of the same index; what is no label stays.

    Examples
    --------
    >>> labels_in_words(pd.Series(["file=a.csv", ""], dtype="str"), "en").tolist()
    ['file a.csv', '']
    """
    comma = "，" if lang == "zh" else ", "
    said = labels.str.replace(_PART, lambda part: f"\x1f{GROUPED_BY[part[1]].get(lang)} ", regex=True)
    return said.str.removeprefix("\x1f").str.replace("\x1f", comma, regex=False)


def identity_of(labels: pd.Series, file: str) -> pd.Series:
    """Return what identifies groups from run to run: the whole of a list is the same group under another file name.

    Parameters
    ----------
    labels : Series of str
        Labels of groups.
    file : str
        Name of the list under test.

    Returns
    -------
    Series of str
        The labels; "file" for the whole of the list. Where a list names the files that its rows came from, their
        names stay.

    Examples
    --------
    >>> identity_of(pd.Series(["file=a.csv", "device=1", "file=b.csv"], dtype="str"), "a.csv").tolist()
    ['file', 'device=1', 'file=b.csv']
    """
    return labels.mask(labels == f"{_FILE}{file}", _FILE.removesuffix("="))
