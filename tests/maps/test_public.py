"""The public edition tells nothing about single sources."""

import pandas as pd
import pytest

from geocensus.maps import map_page
from geocensus.maps.areas import area_table
from geocensus.maps.public import village_counts

PRIVATE = {
    "name": "秘密{i}化工厂",
    "source_id": "id-secret-{i}",
    "credit_code": "91330822MA2{i}SECRET",
    "contact": "张{i}三丰",
    "address": "暗巷{i}弄",
    "phone": "1390570000{i}",
    "enumerator": "李{i}四光",
    "device": "imei-{i}-zzz",
    "class": "张{i}家工厂",
    "lon_text": "118°0{i}′07.77″",
    "lat_text": "28°0{i}′08.88″",
    "raw:联系电话": "0570-555{i}",
    "excluded_reason": "王{i}五说",
}


@pytest.fixture
def secret_world(world):
    basemap, sources, flags = world
    columns = {name: pd.Series([text.format(i=i) for i in range(len(sources))]) for name, text in PRIVATE.items()}
    sources = sources.assign(**columns, lon=sources["lon"] + 0.0012345, lat=sources["lat"] + 0.0054321)
    sources.attrs["file"] = "机密清单.xlsx"
    secrets = {"source_id": "id-secret-2", "group": "李2四光", "message_zh": "秘密2化工厂", "message_en": "id-secret-2"}
    return basemap, sources, flags.assign(**secrets)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_private_text_anywhere_in_the_file(secret_world, lang):
    basemap, sources, flags = secret_world
    page = map_page(basemap, sources, flags, title="公开", summary={"rows": 6}, lang=lang, public=True)
    texts = [text for column in PRIVATE for text in sources[column]] + ["机密清单", "李2四光"]
    places = [f"{value:.5f}"[:-1] for value in [*sources["lon"].dropna(), *sources["lat"].dropna()]]
    assert [text for text in texts + places if text in page] == []


def test_the_private_page_does_hold_them(secret_world):
    basemap, sources, flags = secret_world
    page = map_page(basemap, sources, flags, title="内部", summary={"rows": 6})
    assert all(text in page for text in [*sources["name"], *sources["source_id"], "机密清单", "李2四光"])


def test_same_for_all_places_in_a_village(world):
    basemap, sources, flags = world
    moved = sources.assign(lon=sources["lon"] + 0.01, lat=sources["lat"] - 0.02)
    pages = [map_page(basemap, table, flags, title="t", summary={}, public=True) for table in (sources, moved)]
    assert pages[0] == pages[1]


def test_counts_by_village_and_class(world):
    basemap, sources, _ = world
    counts = village_counts(sources, area_table(basemap))
    # areas: county 0, townships 1 2, villages 3 甲 4 乙 5 丙 6 丁; classes: industrial, farm, ..., mobile, other
    assert counts["area"] == [3, 5]
    assert counts["counts"] == [[1, 0], [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]]
    assert counts["outside"] == [1, 0, 0, 0, 0, 0]  # d lies in no area


def test_row_sum_stays(world, payload_of):
    data = payload_of(map_page(*world, title="t", summary={}, public=True))
    assert data["rows"] == [6, 4, 1, 1]
    assert sum(map(sum, data["villages"]["counts"])) + sum(data["villages"]["outside"]) == 4
    assert "sources" not in data
    assert "flags" not in data
    assert "lines" not in data


def test_zones_below_villages_are_not_told(world):
    from geocensus.basemap import Basemap

    basemap, sources, _ = world
    village = basemap.areas("village")
    zone = village.assign(code=village["code"] + "01", parent_code=village["code"])
    finer = Basemap(basemap.info, {**basemap.layers, "zone": zone}, basemap.barriers)
    table = area_table(finer)
    counts = village_counts(sources.assign(located_code=sources["located_code"] + "01"), table)
    assert table.table.loc[counts["area"], "code"].tolist() == ["101201", "102201"]
    without = Basemap(
        basemap.info,
        {
            "township": finer.areas("township").assign(parent_code=""),
            "zone": zone.assign(parent_code=zone["code"].str[:3]),
        },
    )
    table = area_table(without)
    counts = village_counts(sources.assign(located_code=sources["located_code"] + "01"), table)
    assert table.table.loc[counts["area"], "code"].tolist() == ["101", "102"]
