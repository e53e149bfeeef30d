"""Every rule says which other rows a row has a say in: a correction judges these again, and no others."""

import pandas as pd

from geocensus.checks import LINKS, RULES, Link, Settings, grouped
from geocensus.checks.groupings import GROUPINGS
from geocensus.checks.judge import judge
from geocensus.checks.local import judge_rows, local_context
from geocensus.io import read_sources


def test_every_rule_tells_its_links():
    assert set(LINKS) == {rule.code for rule in RULES}
    assert {code for code, link in LINKS.items() if link == Link.LIST} >= {
        rule.code for rule in RULES if rule.code.startswith("group.")
    }


def test_rules_without_links_say_the_same_of_a_row_alone(world, tmp_path):
    path = tmp_path / "list.csv"
    rows = ["A1,118.01,28.01,330822001,甲", "A2,118.01,28.01,,乙", "A3,28.01,118.01,330822999,丙", "A4,,,330822001,"]
    path.write_text("\n".join(["编号,经度,纬度,区划代码,详细地址", *rows]) + "\n", encoding="utf-8")
    sources = read_sources(path)
    whole = judge(sources, world, Settings())
    own = [code for code, link in LINKS.items() if link == Link.OWN]
    nobody = {code: pd.DataFrame({"zh": [], "en": []}, dtype="str") for code in set(LINKS) - set(own)}
    for number in range(len(sources)):
        alone = sources.iloc[[number]].reset_index(drop=True)
        alone.attrs = sources.attrs
        _rows, flags = judge_rows(local_context(alone, world, Settings()), nobody)
        expected = whole.flags[whole.flags["source_id"].eq(alone["source_id"][0]) & whole.flags["rule"].isin(own)]
        pd.testing.assert_frame_equal(flags.reset_index(drop=True), expected.reset_index(drop=True))


def test_the_finest_group_that_is_large_enough_counts_and_sizes_may_be_given():
    keys = pd.DataFrame({name: pd.Series([None, None, None], dtype="str") for name in GROUPINGS})
    keys = keys.assign(village=["v", "v", "w"], township=["t", "t", "t"])
    assert grouped(keys, 3)["group"].tolist() == ["t", "t", "t"]
    sizes = pd.DataFrame({name: [0.0, 0, 0] for name in GROUPINGS}).assign(village=[3.0, 3, 1], township=[9.0, 9, 9])
    told = grouped(keys, 3, sizes)
    assert told.to_numpy().tolist() == [["v", "village", 3], ["v", "village", 3], ["t", "township", 9]]
