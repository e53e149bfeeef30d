"""Formats mixed in one import group, and flags that belong to groups."""

import pandas as pd
import pytest

from geocensus.checks import Settings
from geocensus.checks.flags import make_flags
from geocensus.checks.judge import judge
from geocensus.checks.outcome import GroupOutcome, flag_groups
from geocensus.checks.registry import RULES
from geocensus.io.sources import read_sources

RULE = "group.mixed_formats"
HEAD = "编号,经度,纬度,普查员,设备,批次\n"
WAYS = {
    "decimal": ("118.01{:02d}01", "28.005001"),
    "marks": ("118°00′{:02d}.1″", "28°00′18.1″"),
    "colon": ("118:00:{:02d}.1", "28:00:18.1"),
    "packed": ("11800{:02d}.5", "280018.5"),
    "two": ("118.01{:02d}01", "28°00′18.1″"),
}


def rows(way, size, *, who="张三", device="", batch=""):
    lon, lat = WAYS[way]
    return [f"{way}{who}{device}{batch}{i},{lon.format(i)},{lat},{who},{device},{batch}" for i in range(size)]


@pytest.mark.parametrize(
    ("parts", "basis"),
    [
        ([("decimal", 10)], None),
        ([("decimal", 10), ("marks", 4)], None),  # fewer than five
        ([("decimal", 25), ("marks", 6)], None),  # less than a fifth
        ([("decimal", 10), ("marks", 5)], "decimal+sexagesimal"),
        ([("marks", 8), ("colon", 8)], None),  # neither can be taken for the other
        ([("decimal", 6), ("packed", 6)], "decimal+packed"),
        ([("decimal", 6), ("two", 6)], "decimal+two"),
    ],
)
def test_what_counts_as_mixed(tested, parts, basis):
    text = HEAD + "\n".join(row for way, size in parts for row in rows(way, size))
    outcome = tested(RULE, text)
    assert isinstance(outcome, GroupOutcome)
    assert outcome.groups["basis"].tolist() == ([basis] if basis else [])
    assert outcome.status.unique().tolist() == (["flagged"] if basis else ["ok"])


def test_groups_are_named_after_batch_enumerator_or_file(tested):
    mixed = [*rows("decimal", 6), *rows("marks", 6)]
    assert tested(RULE, HEAD + "\n".join(mixed)).groups.index.tolist() == ["enumerator=张三"]
    batch = [*rows("decimal", 6, batch="一批"), *rows("marks", 6, batch="一批", who="李四")]
    assert tested(RULE, HEAD + "\n".join(batch)).groups.index.tolist() == ["import_group=一批"]
    nobody = [*rows("decimal", 6, who=""), *rows("marks", 6, who="")]
    assert tested(RULE, HEAD + "\n".join(nobody)).groups.index.tolist() == ["file=list.csv"]
    namesakes = [*rows("decimal", 10, device="A"), *rows("marks", 10, device="B")]
    assert tested(RULE, HEAD + "\n".join(namesakes)).groups.empty


def test_small_groups_and_unread_rows_are_not_tested(tested):
    outcome = tested(RULE, HEAD + "\n".join([*rows("decimal", 4), *rows("marks", 5), "x,无,无,李四,,"]))
    assert outcome.reason.unique().tolist() == ["no_group"]
    assert tested(RULE, HEAD + "\n".join(rows("marks", 2)), settings=Settings(mixed_rows=1)).status.eq("ok").all()


def test_message_counts_the_most_frequent_first(tested):
    outcome = tested(RULE, HEAD + "\n".join([*rows("decimal", 6), *rows("marks", 7)]))
    assert outcome.groups["zh"].tolist() == ["本批坐标写法混用：度分秒 7 条，十进制度 6 条"]
    assert outcome.groups["en"].tolist() == [
        "coordinates of one group written in several ways: 7 in degrees, minutes and seconds, 6 in decimal degrees"
    ]


def test_a_group_has_one_flag_and_its_sources_none(world, tmp_path):
    path = tmp_path / "list.csv"
    listed = [*rows("decimal", 6), *rows("marks", 6), *rows("marks", 12, who="李四")]
    text = HEAD.replace("\n", ",区划代码\n") + "\n".join(f"{row},330822" for row in listed)
    path.write_text(text, encoding="utf-8")
    result = judge(read_sources(path), world, Settings())
    flags = result.flags[result.flags["rule"] == RULE]
    assert flags[["source_id", "group", "level", "status", "severity"]].to_numpy().tolist() == [
        ["", "enumerator=张三", "", "flagged", "warning"]
    ]
    assert flags["lon"].isna().all()
    assert result.statuses[RULE].astype("str").value_counts().to_dict() == {"flagged": 12, "ok": 12}
    assert (result.sources["status"] == "flagged").sum() == 0


def test_identity_of_a_group_flag(tested, world, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEAD + "\n".join(rows("decimal", 3)) + "\n", encoding="utf-8")
    from geocensus.checks.context import make_context

    ctx = make_context(read_sources(path), world, Settings())
    rule = next(one for one in RULES if one.code == RULE)

    def flag(basis, zh="混用"):
        groups = pd.DataFrame({"zh": zh, "en": "mixed", "basis": basis}, index=["g"])
        labels = pd.Series("g", index=ctx.sources.index, dtype="str")
        return make_flags(ctx, {rule: flag_groups(labels, groups)}).iloc[0]

    assert (flag("a")["flag_id"], flag("a")["basis"]) == (flag("a", "x")["flag_id"], flag("a", "x")["basis"])
    assert flag("a")["flag_id"] == flag("b")["flag_id"]
    assert flag("a")["basis"] != flag("b")["basis"]
