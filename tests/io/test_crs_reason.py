import pytest

from geocensus.io.sources import read_sources


@pytest.fixture
def listed(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("编号,经度,纬度\nA1,118.5,28.9\n", encoding="utf-8")
    return file


def test_a_conversion_is_noted_with_its_reason(listed):
    sources = read_sources(listed, crs="gcj02", crs_reason=" 高德地图采集 ")
    assert sources.attrs["crs_reason"] == "高德地图采集"
    zh, en = sources.attrs["notes"][-1]
    assert zh.startswith("按使用者声明由 GCJ-02")
    assert zh.endswith("理由：高德地图采集")
    assert en.endswith("on the user's word; reason: 高德地图采集")


def test_a_conversion_without_a_reason_is_noted_too(listed):
    sources = read_sources(listed, crs="bd09")
    assert sources.attrs["crs_reason"] == ""
    assert "--crs-reason" in sources.attrs["notes"][-1][1]


def test_degrees_are_never_converted_unasked(listed):
    sources = read_sources(listed, crs="cgcs2000", crs_reason="GPS")
    assert sources[["lon", "lat"]].to_numpy().tolist() == [[118.5, 28.9]]
    assert sources.attrs["crs_reason"] == "GPS"
    assert not any("converted" in note[1] for note in sources.attrs["notes"])
