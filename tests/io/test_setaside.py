import pandas as pd

from geocensus.io.setaside import excluded_reason


def test_blank_total_header_and_summary_rows_are_set_aside():
    raw = pd.DataFrame(
        {
            "编号": ["1", "", "合 计", "编号", "5", "总计"],
            "类别": ["工业源", " ", "", "类别", "农业源汇总表", "工业源"],
            "经度": ["118", "", "", "经度", "", "118"],
        },
        dtype="str",
    )
    has = raw["经度"].str.strip().ne("") & raw["经度"].ne("经度")
    reasons = excluded_reason(raw, {"id": "编号", "class": "类别", "lon": "经度"}, has)
    assert reasons.fillna("").tolist() == ["", "blank_row", "total_row", "header_row", "summary_table", ""]


def test_a_source_whose_name_contains_total_stays():
    raw = pd.DataFrame({"名称": ["合计电子厂", "小计镇养殖场"], "经度": ["", ""]}, dtype="str")
    assert excluded_reason(raw, {"name": "名称", "lon": "经度"}, pd.Series([False, False])).isna().all()
