"""Causes and repairs on the page: every diagnosed source once, nothing in the public edition."""

import json

import pandas as pd
import pytest

from geocensus.checks import CAUSES
from geocensus.maps import map_page
from geocensus.maps.areas import area_table
from geocensus.maps.judgement import cause_columns, repair_columns
from geocensus.maps.rows import worst_severity
from geocensus.maps.testing import small_judgement


@pytest.fixture
def judged():
    return small_judgement()


def test_causes_by_source_and_rank(world, judged):
    _basemap, sources, _flags = world
    columns = cause_columns(sources, judged[0].iloc[::-1], lang="en")
    assert columns["source"] == [2, 2, 3, 4]
    assert columns["rank"] == [1, 2, 1, 1]
    assert [list(CAUSES)[k] for k in columns["cause"]] == ["digit_error", "unknown", "claim_wrong", "unknown"]
    assert columns["text"][2] == "lies east of 西乡"
    assert columns["names"][columns["cause"][0]] == "A wrong digit"


def test_one_repair_of_each_source_the_offered_one_first(world, judged):
    basemap, sources, _flags = world
    more = judged[1].assign(rank=2, offered=False, repair_id=["r4", "r5", "r6"])
    both = pd.concat([more, judged[1]], ignore_index=True)
    columns = repair_columns(sources, both, area_table(basemap), lang="zh")
    assert columns["source"] == [2, 3, 4]
    assert (columns["offered"], columns["certain"], columns["claim"]) == ([1, 1, 0], [1, 0, 0], [0, 1, 0])
    assert columns["x"] == [118.05, None, 118.06]  # a claim moves nothing
    assert columns["moved"] == [9842.0, None, None]
    assert columns["reason"] == ["", "", "概率不足 50%"]
    codes = area_table(basemap).table["code"]
    assert [codes[k] for k in columns["area"]] == ["101201", "102201", "101201"]


def test_those_of_other_sources_are_left_out(world, judged):
    basemap, sources, _flags = world
    columns = repair_columns(sources.iloc[:3], judged[1], area_table(basemap), lang="zh")
    assert columns["source"] == [2]
    assert cause_columns(sources.iloc[:0], judged[0], lang="zh")["source"] == []


def test_the_page_holds_them_and_the_public_one_does_not(world, judged, payload_of):
    causes, repairs = judged
    options = {"title": "小县", "summary": {}, "causes": causes, "repairs": repairs}
    private = payload_of(map_page(*world, **options))
    assert len(private["causes"]["source"]) == 4
    assert private["repairs"]["lon_text"] == ["118.05", "", ""]
    public = map_page(*world, **options, public=True)
    assert not {"causes", "repairs"} & payload_of(public).keys()
    assert "改一位数字" not in json.dumps(payload_of(public), ensure_ascii=False)


def test_a_closed_flag_has_no_ring_and_says_so(world, payload_of):
    basemap, sources, flags = world
    decided = flags.assign(flag_state=["closed", "open", "open", "open"], outcome=["false_alarm", "", "", ""])
    assert worst_severity(sources, flags).tolist() == [-1, -1, 0, 0, 1, -1]
    assert worst_severity(sources, decided).tolist() == [-1, -1, -1, 0, 1, -1]
    payload = payload_of(map_page(basemap, sources, decided, title="小县", summary={}))
    assert payload["flags"]["text"][0].endswith("（已办结：误报）")
    assert [entry[5] for entry in payload["style"]["severities"]] == [1, 0, 0]
