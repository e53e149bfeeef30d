"""Labels of import groups, in words and as identities."""

import pandas as pd
import pytest

from geocensus.checks.labels import GROUPED_BY, identity_of, in_words, labels_in_words
from geocensus.checks.shift.groups import GROUPINGS


@pytest.mark.parametrize(
    ("label", "zh"),
    [
        ("file=名单.xlsx", "文件 名单.xlsx"),
        ("enumerator=张三, device=PB-1", "普查员 张三，采集设备 PB-1"),
        ("import_group=device=7, 第二批", "导入批次 device=7, 第二批"),  # a value that looks like a part of a label
        ("county=330822", "县 330822"),
    ],
)
def test_labels_are_told_in_words(label, zh):
    assert in_words(label).zh == zh


def test_every_way_of_grouping_has_words():
    assert set(GROUPED_BY) == set(GROUPINGS)


def test_flags_without_a_group_stay_without():
    assert labels_in_words(pd.Series(["", "device=1"], dtype="str", index=[4, 7]), "en").to_dict() == {
        4: "",
        7: "device 1",
    }


def test_only_the_list_itself_loses_its_name():
    labels = pd.Series(["file=a.csv", "file=b.csv", "file=a.csv, device=1"], dtype="str")
    assert identity_of(labels, "a.csv").tolist() == ["file", "file=b.csv", "file=a.csv, device=1"]
