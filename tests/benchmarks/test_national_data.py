"""A list of national kind: its truth is true, its errors are what they are called, its files say the same."""

import filecmp

import national_basemap
import national_data
import national_errors
import numpy as np
import pandas as pd
import pytest
from national_list import BLOCK

import geocensus as gc
from geocensus import shifts
from geocensus.io import write_basemap

ROWS = 2 * BLOCK - 10  # the second block is cut, behind its shifted group
FORMATS = list(national_data.FORMATS)
UNMOVED = ["", "claim_wrong", "duplicate_id", "stacked"]


def write(folder, *options):
    national_data.main([str(folder), "--rows", str(ROWS), *options])
    return folder


@pytest.fixture(scope="module")
def folder(country, tmp_path_factory):
    folder = tmp_path_factory.mktemp("national")
    write_basemap(country, folder / "basemap.gpkg")
    return write(folder, "--formats", *FORMATS)


@pytest.fixture(scope="module")
def truth(folder):
    return pd.read_parquet(folder / "list-truth.parquet")


@pytest.fixture(scope="module")
def sources(folder):
    return gc.read_sources(folder / "list.csv")


def test_rows_that_are_not_moved_lie_in_their_true_township(country, sources, truth):
    right = truth["error"].isin(UNMOVED)
    located = gc.locate(sources, country.areas("township"))["code"]
    assert (located == truth["township"])[right].all()
    assert np.hypot(sources["lon"] - truth["lon"], sources["lat"] - truth["lat"])[right].max() < 1e-9
    assert 0.94 < (truth["error"] == "").mean() < 0.96


def test_only_wrong_claims_differ_from_the_truth(sources, truth):
    wrong = truth["error"] == "claim_wrong"
    assert wrong.sum() > 400
    assert ((sources["claimed_code"] != truth["township"]) == wrong).all()


def test_addresses_name_the_true_areas(country, sources, truth):
    names = country.parents(truth["township"])[["name_province", "name_county", "name_township"]].sum(axis=1)
    assert all(address.startswith(name) for address, name in zip(sources["address"], names, strict=True))


@pytest.mark.parametrize("system", national_errors.SHIFTS)
def test_whole_import_groups_are_shifted(sources, truth, system):
    back = {"gcj02": shifts.gcj02_to_wgs84, "bd09": shifts.bd09_to_wgs84}[system]
    mine = truth["error"] == system
    assert len(sources["import_group"][mine].unique()) == 1
    assert mine.equals(sources["import_group"].isin(sources["import_group"][mine]))
    lon, lat = back(sources["lon"][mine], sources["lat"][mine])
    assert np.hypot(lon - truth["lon"][mine], lat - truth["lat"][mine]).max() < 5e-6


def test_errors_are_what_they_are_called(sources, truth):
    by = {error: sources[truth["error"] == error] for error in truth["error"].unique()}
    assert set(by) == {*UNMOVED, *national_errors.SHIFTS, *national_errors.SHARES} - {"outlet_far"}
    assert (by["missing"]["coordinate_problem"] == "missing").all()
    assert (by["zero"]["coordinate_problem"] == "zero").all()
    assert (by["out_of_range"]["coordinate_problem"] == "out_of_range").all()
    swapped, meant = by["axes_swapped"], truth[truth["error"] == "axes_swapped"]
    np.testing.assert_allclose(swapped["lon_parsed"], meant["lat"], atol=1e-6)
    assert by["duplicate_id"]["duplicate_id"].all()
    assert sources["duplicate_id"].sum() == 2 * len(by["duplicate_id"])
    off = by["isolated"][["lon", "lat"]] - truth[["lon", "lat"]].loc[by["isolated"].index]
    assert np.hypot(off["lon"], off["lat"]).min() > 0.05


def test_a_tenth_of_the_import_groups_writes_degrees_minutes_and_seconds(sources):
    sexagesimal = sources["lon_text"].str.match(r"^\d+°\d\d′\d\d\.\d\d″$")
    ways = sexagesimal[sources["lon_text"].str.contains("°", na=False)].groupby(sources["import_group"]).mean()
    assert (ways == 1).all()
    assert 0.02 < sexagesimal.mean() < 0.25


@pytest.mark.parametrize("name", ["list.parquet", "list-wkb.parquet", "list-point.parquet"])
def test_every_format_holds_the_same_rows(folder, sources, name):
    read = gc.read_sources(folder / name)
    same = ["source_id", "claimed_code", "address", "enumerator", "import_group"]
    pd.testing.assert_frame_equal(read[same], sources[same])
    np.testing.assert_allclose(read[["lon", "lat"]], sources[["lon", "lat"]], rtol=0, atol=1e-9)


def test_the_same_seed_writes_the_same_bytes_whole_or_in_parts(folder):
    write(folder, "--name", "again", "--formats", "csv", "parquet")
    write(folder, "--name", "cut", "--formats", "csv", "--parts", "2")
    for ending in (".csv", ".parquet", "-truth.parquet"):
        assert filecmp.cmp(folder / f"list{ending}", folder / f"again{ending}", shallow=False)
    whole, first, second = ((folder / f"{name}.csv").read_bytes() for name in ("list", "cut-1", "cut-2"))
    assert whole == first + second.split(b"\n", 1)[1]  # the second part has a header of its own


def test_a_shorter_list_is_the_beginning_of_a_longer_one_and_another_seed_gives_another(folder):
    for name, seed in (("short", 0), ("other", 1)):
        write(folder, "--rows", "2000", "--name", name, "--formats", "csv", "--seed", str(seed))
    whole, short, other = ((folder / f"{name}.csv").read_bytes() for name in ("list", "short", "other"))
    assert whole.startswith(short)
    assert len(other.splitlines()) == 2001
    assert not set(other.splitlines()[1:]) & set(short.splitlines())


def test_the_basemap_is_drawn_where_there_is_none(tmp_path, monkeypatch, country):
    monkeypatch.setattr(national_basemap, "draw", lambda count, seed: country)
    national_data.main([str(tmp_path), "--rows", "10", "--formats", "csv"])
    first = (tmp_path / "basemap.gpkg").read_bytes()
    (tmp_path / "basemap.gpkg").unlink()
    national_data.main([str(tmp_path), "--rows", "10", "--formats", "csv"])
    assert (tmp_path / "basemap.gpkg").read_bytes() == first


def test_outlets_follow_their_site_and_lie_near_it(folder):
    write(folder, "--rows", "20000", "--name", "outlets", "--formats", "csv", "--outlets")
    sources, truth = gc.read_sources(folder / "outlets.csv"), pd.read_parquet(folder / "outlets-truth.parquet")
    outlet = sources["parent_id"].notna()
    assert 0.6 < outlet.mean() < 0.66
    site = sources["parent_id"].str[1:].astype("float").fillna(0).astype(int).to_numpy()
    assert (site[outlet] < np.flatnonzero(outlet)).all()
    assert not outlet.to_numpy()[site[outlet]].any()
    assert (sources["import_group"].to_numpy()[site] == sources["import_group"])[outlet].all()
    off = truth[["lon", "lat"]].to_numpy() - truth[["lon", "lat"]].to_numpy()[site]
    assert np.hypot(*off[outlet].T).max() < 0.006
    far = (truth["error"] == "outlet_far").to_numpy()
    assert outlet[far].all()
    moved = sources[["lon", "lat"]].to_numpy()[far] - truth[["lon", "lat"]].to_numpy()[site][far]
    assert np.hypot(*moved.T).min() > 0.02
