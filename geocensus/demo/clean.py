"""Clean fictional sources: who they are, where they lie, and what an enumerator writes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.demo.columns import NOTE
from geocensus.demo.credit import credit_codes
from geocensus.demo.spelling import STYLES, spell
from geocensus.demo.vocabulary import CLASSES, CONTACT_NAMES, FIRST, GIVEN, SECOND, SURNAMES
from geocensus.placenames import stem

if TYPE_CHECKING:
    from geocensus.demo.world import World

__all__ = ["clean_draft"]

_TO_TRADITIONAL = str.maketrans(
    "业东丰华国泽宝广庆张强杨杰伟刘汉泰洁涛润瑞叶龙达万丽凤勇娟军刚孙宁峰财陈吴韦贵凯发运辉汪诚兴顺鸿阳郑艳静",
    "業東豐華國澤寶廣慶張強楊傑偉劉漢泰潔濤潤瑞葉龍達萬麗鳳勇娟軍剛孫寧峰財陳吳韋貴凱發運輝汪誠興順鴻陽鄭豔靜",
)
_PER_ENUMERATOR = 36
_SHORT_NAMES = 0.6  # of the enumerators write 某某村 for 某某村委会
_PAIRS = 0.02  # of the sources share the coordinate of another, rightly


def clean_draft(world: World, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Make sources without errors.

    Parameters
    ----------
    world : World
        The places.
    rows : int
        How many.
    rng : numpy.random.Generator
        Decides everything.

    Returns
    -------
    DataFrame
        Columns of the list, and working columns: village and claim (positions in ``world.villages``), true_lon,
        true_lat, read_lon, read_lat, resolution_m, style, kind ("") and rules ("").
    """
    classes = rng.choice(len(CLASSES), rows, p=_shares())
    villages = _choose_villages(world, classes, rng)
    order = np.argsort(villages, kind="stable")  # a list is kept town by town
    villages, classes = villages[order], classes[order]
    draft = pd.DataFrame({"village": villages, "claim": villages})
    draft = draft.assign(**_who(world, villages, classes, rng))
    draft = draft.assign(**_enumerators(world, villages, rng))
    lon, lat = _shared(*world.draw_points(villages, rng), villages, rng)
    draft = draft.assign(true_lon=lon, true_lat=lat, **_claims(world, villages, draft, rng))
    styles = draft["style"].to_numpy(dtype=str)
    texts = {"lon_text": spell(lon, "lon", styles), "lat_text": spell(lat, "lat", styles)}
    return draft.assign(**texts, read_lon=lon, read_lat=lat, resolution_m=2.0, kind="", rules="", note=NOTE)


def _shares() -> np.ndarray:
    counts = np.array([entry.size for entry in CLASSES], dtype=float)
    return counts / counts.sum()


def _choose_villages(world: World, classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a village per source: some villages have many of a class (parks), most have a few."""
    chosen = np.empty(len(classes), dtype="int64")
    for number in range(len(CLASSES)):
        weights = rng.gamma(0.8 if CLASSES[number].branded else 4.0, size=len(world.villages))
        members = np.flatnonzero(classes == number)
        chosen[members] = rng.choice(len(weights), len(members), p=weights / weights.sum())
    return chosen


def _who(world: World, villages: np.ndarray, classes: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Name the sources and give them ids and codes."""
    rows = len(villages)
    trades = [CLASSES[number].trades[rng.integers(len(CLASSES[number].trades))] for number in classes]
    endings = np.array([trade.ending_hant if world.traditional else trade.ending for trade in trades], dtype=str)
    brands = _hant(world, np.char.add(_pick(FIRST, rows, rng), _pick(SECOND, rows, rng)))
    towns, places = (stem(world.villages[of], level=level).to_numpy()[villages] for of, level in _NAMED)
    if world.traditional:  # the stem folds characters: keep the names as they are written
        towns, places = (world.villages[of].str[:-1].to_numpy()[villages] for of, _level in _NAMED)
    branded = np.array([CLASSES[number].branded for number in classes])
    names = np.where(branded, world.root_name + brands.astype(object) + endings, towns + places + endings)
    letters = np.array([CLASSES[number].letter for number in classes])
    serials = pd.Series(letters).groupby(letters).cumcount().add(1)
    surnames = _hant(world, _pick(SURNAMES, rows, rng))
    return {
        "id": world.root_code + letters.astype(object) + serials.map("{:05d}".format).to_numpy(),
        "credit_code": credit_codes(np.array([CLASSES[number].credit for number in classes]), rng),
        "name": _numbered(names),
        "class": np.array([CLASSES[number].title for number in classes]),
        "industry": np.array([trade.industry for trade in trades]),
        "contact": np.char.add(surnames, rng.choice(CONTACT_NAMES, rows)),
    }


_NAMED = (("town_name", "township"), ("name", "village"))


def _enumerators(world: World, villages: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Give each town a few enumerators, each with a way of writing and a device."""
    towns = pd.Series(world.villages["town"].to_numpy()[villages])
    number = towns.groupby(towns).transform("size").floordiv(_PER_ENUMERATOR).add(1)
    person = towns + "/" + (rng.random(len(towns)) * number).astype("int64").astype("str")
    codes, people = pd.factorize(person, sort=True)
    names = _hant(world, _people(len(people), rng))
    styles = rng.choice(list(STYLES), len(people), p=[share for _, share in STYLES.values()])
    return {
        "enumerator": names[codes],
        "device": np.array([f"PB-{number + 1:03d}" for number in range(len(people))])[codes],
        "style": styles[codes],
        "short": (rng.random(len(people)) < _SHORT_NAMES)[codes],
        "accuracy": rng.integers(3, 13, len(villages)).astype(str),
    }


def _people(size: int, rng: np.random.Generator) -> np.ndarray:
    """Invent people with different names."""
    every = [surname + first + second for surname in SURNAMES for first in GIVEN[:5] for second in GIVEN[5:]]
    order = rng.permutation(len(every))
    return np.array([every[order[number % len(every)]] for number in range(size)], dtype=str)


def _claims(world: World, villages: np.ndarray, draft: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Write the division and the address."""
    home = world.villages.iloc[villages].reset_index(drop=True)
    short = home["name"].str.replace(r"村村委会$|村委会$", "村", regex=True).str.replace(r"居委会$", "社区", regex=True)
    place = home["name"].where(~draft["short"], short)
    house = pd.Series(rng.integers(1, 199, len(home))).astype("str") + ("號" if world.traditional else "号")
    address = world.root_name + home["town_name"] + short + house
    return {"code": home["code"], "town": home["town_name"], "village_name": place, "address": address}


def _shared(
    lon: np.ndarray, lat: np.ndarray, villages: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Let a few neighbours in the list share one gate: two of one village, never three."""
    first = np.flatnonzero(villages[1:] == villages[:-1])[::3]
    first = first[rng.random(len(first)) < _PAIRS * 3]
    first = first[np.diff(first, prepend=-9) > 1]
    lon, lat = lon.copy(), lat.copy()
    lon[first + 1], lat[first + 1] = lon[first], lat[first]
    return lon, lat


def _numbered(names: np.ndarray) -> np.ndarray:
    """Make names unique: the second of one name gets a number before its ending letters."""
    series = pd.Series(names, dtype="str")
    count = series.groupby(series).cumcount().add(1)
    return (series + ("（" + count.astype("str") + "号）").where(count > 1, "")).to_numpy(dtype=str)


def _pick(letters: str, size: int, rng: np.random.Generator) -> np.ndarray:
    return np.array(list(letters))[rng.integers(0, len(letters), size)]


def _hant(world: World, texts: np.ndarray) -> np.ndarray:
    """Write texts in traditional characters where the basemap does."""
    return np.array([text.translate(_TO_TRADITIONAL) for text in texts.tolist()]) if world.traditional else texts
