"""What is planted is found, and what is clean is left alone: the program read the list only, this test the truth."""

import pandas as pd
import pytest

from geocensus.demo import write_demo
from geocensus.io import read_sources
from geocensus.pipeline.checking import check


@pytest.fixture(scope="module")
def outcome(shipped, tmp_path_factory):
    path, answers = write_demo(tmp_path_factory.mktemp("demo"), shipped)
    truth = pd.read_csv(answers, keep_default_na=False)
    result = check(read_sources(path), shipped)
    rows = result.sources.set_index("source_id")["row"]
    flags = result.flags[result.flags["source_id"].isin(rows.index)]
    got = flags.groupby(flags["source_id"].map(rows))["rule"].agg(set)
    return truth.assign(got=truth["row"].map(got).map(lambda found: found if isinstance(found, set) else set())), result


def test_every_planted_rule_is_raised(outcome):
    truth, _ = outcome
    must = truth["rules"].map(lambda rules: [set(rule.split("|")) for rule in rules.split(";") if rule])
    missed = [
        (row, kind, rules, got)
        for row, kind, rules, got in zip(truth["row"], truth["kind"], must, truth["got"], strict=True)
        if not all(alternatives & got for alternatives in rules)
    ]
    assert missed == []


def test_no_clean_row_is_flagged(outcome):
    truth, _ = outcome
    assert truth.loc[truth["kind"].isin(["", "border"]) & truth["got"].map(len).gt(0), ["row", "got"]].empty


def test_rows_add_up_and_borders_are_near(outcome):
    truth, result = outcome
    states = result.sources.set_index("row")["state"]
    aside = truth.loc[truth["kind"].isin(["blank_row", "total_row", "summary_table"]), "row"]
    assert states.reindex(aside).eq("excluded").all()
    assert (states == "excluded").sum() == len(aside)
    status = result.sources.set_index("row")["status"]
    assert status.reindex(truth.loc[truth["kind"].eq("border"), "row"]).eq("near_border").all()
