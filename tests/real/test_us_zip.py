"""Postal codes with a county claim against county polygons, both as two packages ship them.

The polygons are those of 2009 in NAD 83, taken as WGS 84 (a metre or two); docs/real-lists.md says what the
twenty furthest are.
"""

import re
from importlib.metadata import version
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import zipcodes
from bokeh_sampledata.us_counties import records

from geocensus.locating import locate, locate_levels, signed_distance

READING = Path(__file__).parents[2] / "docs" / "real-lists.md"
MILITARY = ("AA", "AE", "AP")

# Counties that have another name, or were split, since 2009: (state, name in the list) to the name on the map.
RENAMED = {
    ("AK", "City and Borough of Juneau"): "Juneau City and Borough",
    ("AK", "Municipality of Anchorage"): "Anchorage Municipality",
    ("AK", "Kusilvak Census Area"): "Wade Hampton Census Area",
    ("AK", "Chugach Census Area"): "Valdez-Cordova Census Area",
    ("AK", "Copper River Census Area"): "Valdez-Cordova Census Area",
    ("AK", "Petersburg Borough"): "Petersburg Census Area",
    ("SD", "Oglala Lakota County"): "Shannon County",
}


def plain(names):
    """Letters only, without accents; Saint and St. alike; the kind of county stays: Roanoke city is no Roanoke County."""
    names = names.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii").str.lower()
    return names.str.replace(r"\bsaint\b", "st", regex=True).str.replace(r"[^a-z]", "", regex=True)


@pytest.fixture(scope="module")
def counties():
    table = gpd.GeoDataFrame(records(), crs="EPSG:4326").rename(columns={"fips": "code"})
    full = table["detailed_name"].str.rsplit(",", n=1).str[0]
    return table.assign(full=plain(full), short=plain(table["name"]), parent_code=table["state_fips"])


@pytest.fixture(scope="module")
def listed(counties):
    """One row per postal code; claimed_code by the full name, else by a short name that is unique in its state."""
    table = pd.DataFrame(zipcodes.list_all())
    pairs = list(zip(table["state"], table["county"], strict=True))
    table["full"] = plain(pd.Series([RENAMED.get(pair, pair[1]) for pair in pairs], dtype="str"))
    by_full = counties.set_index(["state", "full"])["code"]
    by_short = counties.drop_duplicates(["state", "short"], keep=False).set_index(["state", "short"])["code"]
    keys = pd.MultiIndex.from_frame(table[["state", "full"]])
    claims = by_full.reindex(keys).fillna(by_short.reindex(keys).set_axis(keys))
    lon, lat = table["long"].astype(float), table["lat"].astype(float)
    placed = (lon != 0) | (lat != 0)
    return table.assign(lon=lon.where(placed), lat=lat.where(placed), claimed_code=claims.to_numpy())


@pytest.fixture(scope="module")
def checked(listed, counties):
    found = locate(listed, counties)
    metres = signed_distance(listed["lon"], listed["lat"], listed["claimed_code"], counties)
    return listed.assign(located_code=found["code"], on_border=found["on_border"], distance_m=metres)


def exact_versions():
    return version("zipcodes") == "3.0.0" and version("bokeh-sampledata") == "2026.1"


def test_every_row_is_accounted_for(checked):
    unlocated = checked["lon"].isna()
    claimed = checked["claimed_code"].notna()
    tested = checked["distance_m"].notna()
    assert (tested == (~unlocated & claimed)).all()
    assert checked.loc[unlocated, "located_code"].isna().all()
    if exact_versions():
        assert (len(checked), unlocated.sum(), claimed.sum(), tested.sum()) == (42_789, 872, 41_803, 41_798)


def test_unmatched_claims_are_really_no_county_of_that_state(checked, counties):
    named = checked[(checked["county"] != "") & checked["claimed_code"].isna() & ~checked["state"].isin(MILITARY)]
    assert len(named) < 15
    known = counties[counties["state"].isin(named["state"])]
    pairs = set(zip(known["state"], known["short"], strict=True)) | set(zip(known["state"], known["full"], strict=True))
    assert not pairs & set(zip(named["state"], named["full"], strict=True))


def test_share_outside_the_claimed_county(checked):
    metres = checked["distance_m"].dropna()
    outside, far = (metres > 0).sum(), (metres > 10_000).sum()
    if exact_versions():
        assert (outside, far, (metres > 1_000).sum()) == (821, 70, 458)
        assert checked["on_border"].sum() == 0
        nowhere = checked["lon"].notna() & checked["located_code"].isna() & checked["claimed_code"].notna()
        assert sorted(checked.loc[nowhere, "zip_code"]) == ["04741", "93031", "93034", "93199"]
    assert 0.015 < outside / len(metres) < 0.035
    assert 0.001 < far / len(metres) < 0.004


def test_distance_and_location_agree(checked):
    tested = checked[checked["distance_m"].notna()]
    # Areas of 2009 overlap nowhere at a listed point, so inside the claim means located there.
    assert ((tested["distance_m"] <= 0) == (tested["claimed_code"] == tested["located_code"])).all()


def test_the_twenty_furthest_are_the_ones_written_down(checked):
    if not exact_versions():
        pytest.skip("docs/real-lists.md is about other versions of the packages")
    furthest = checked.nlargest(20, "distance_m")
    written = re.findall(r"^\| (\d{5}) [^|]*\| [^|]*\| (\d+) \|", READING.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(written) == sorted(
        (code, str(round(metres / 1000)))
        for code, metres in zip(furthest["zip_code"], furthest["distance_m"], strict=True)
    )


def test_states_follow_from_counties(listed, counties):
    outline = counties.dissolve("state_fips").reset_index()[["state_fips", "state", "geometry"]]
    states = outline.rename(columns={"state_fips": "code", "state": "name"}).assign(parent_code="")
    found = locate_levels(listed, {"province": states, "county": counties}, nested=True)
    both = found["code_county"].notna()
    assert (found.loc[both, "code_county"].str[:2] == found.loc[both, "code_province"]).all()
    assert both.sum() > 41_000
    assert np.array_equal(found["code_county"].isna(), locate(listed, counties)["code"].isna())
