import pytest

HEAD = "编号,经度,纬度\n"


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("coordinate.missing", ["无,28.01", ",", "/,—", "118.01,"], ["118.01,28.01", "约x,28.01"]),
        ("coordinate.unparsable", ["约118度,28.01", "=A1,28", "2018-01-02,28.01"], ["118.01,28.01", "无,28.01"]),
        ("coordinate.minute_second_range", ["118°61′00″,28°01′00″", "N118°01′00″,28°01′00″"], ["118°01′00″,28°01′00″"]),
        ("coordinate.zero", ["0,0", "0.000,28.01", "118.01,0"], ["118.01,28.01"]),
        ("coordinate.out_of_range", ["28.010000,118.010000", "1180.1,28.01"], ["118.01,28.01", "-118.01,28.01"]),
        ("coordinate.axis_equal", ["28.010001,28.010001"], ["118.010001,28.010001", "无,无"]),
        ("coordinate.imprecise", ["118.01,28.010001", "118°01′,28°00′30″"], ["118.010001,28.010001", "118.012,28.013"]),
    ],
)
def test_each_rule_flags_the_bad_and_only_them(flagged, rule, bad, good):
    lines = [f"坏{i},{cells}" for i, cells in enumerate(bad)] + [f"好{i},{cells}" for i, cells in enumerate(good)]
    assert flagged(rule, HEAD + "\n".join(lines)) == [f"坏{i}" for i in range(len(bad))]


def test_a_rule_that_cannot_be_applied_is_not_tested(judged):
    result = judged(HEAD + "a,无,28.01\nb,118.010001,28.010001")
    assert result.statuses.loc[0, "coordinate.zero"] == "not_tested"
    assert result.statuses.loc[0, "place.outside_basemap"] == "not_tested"
    assert result.not_tested["place.outside_basemap"] == {"no_coordinate": 1}
    assert result.statuses.loc[1, "coordinate.zero"] == "ok"


def test_messages_quote_the_raw_text_in_both_languages(judged):
    flag = judged(HEAD + "a,约118度,28.01").flags.iloc[0]
    assert "约118度" in flag["message_zh"]
    assert "约118度" in flag["message_en"]


@pytest.mark.parametrize(
    ("cells", "zh", "en"),
    [
        (",", "没有填写坐标", "no coordinate given"),
        ("无,28.01", "坐标只有占位文字或缺一个轴：“无”，“28.01”", "placeholder, or one axis missing: “无”, “28.01”"),
    ],
)
def test_an_empty_coordinate_is_told_apart_from_a_placeholder(judged, cells, zh, en):
    flag = judged(HEAD + f"a,{cells}").flags.iloc[0]
    assert (flag["message_zh"], flag["message_en"]) == (zh, en)
