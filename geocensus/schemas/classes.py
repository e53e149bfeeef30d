"""Classes of sources: slugs, and the words lists use for them."""

import pandas as pd

from geocensus.model import Text

__all__ = ["CLASSES", "class_slugs"]

CLASSES: dict[str, Text] = {
    "industrial": Text("工业源", "Industrial"),
    "farm": Text("规模化畜禽养殖场", "Livestock farm"),
    "centralised": Text("集中式污染治理设施", "Centralised treatment"),
    "domestic": Text("生活源", "Domestic"),
    "mobile": Text("移动源", "Mobile"),
    "other": Text("其他", "Other"),
}

_VARIANTS = {
    "industrial": ("工业", "工业污染源", "工业企业"),
    "farm": ("畜禽养殖场", "规模化养殖场", "规模畜禽养殖场", "畜禽规模养殖场", "畜禽养殖", "农业源", "农业污染源"),
    "centralised": ("集中式", "集中式设施", "集中式治理设施", "集中式污染治理设施单位", "集中式污染源"),
    "domestic": ("生活污染源",),
    "mobile": ("移动污染源",),
    "other": (),
}
_WORDS = {
    word.casefold(): slug for slug, title in CLASSES.items() for word in (slug, title.zh, title.en, *_VARIANTS[slug])
}


def class_slugs(words: pd.Series) -> pd.Series:
    """Return the slugs of classes; words that are not known stay as they are written.

    Parameters
    ----------
    words : Series of str
        As a list has them; missing values allowed.

    Returns
    -------
    Series of str
        Index of `words`.

    Examples
    --------
    >>> class_slugs(pd.Series(["工业源", "生活污染源", "矿山"], dtype="str")).tolist()
    ['industrial', 'domestic', '矿山']
    """
    known = words.str.strip().str.casefold().map(_WORDS).astype("str")
    return known.where(known.notna(), words)
