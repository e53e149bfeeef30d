"""geocensus check --reference: a second list of the same units."""

import json


def test_units_elsewhere_in_the_second_list_are_flagged(check, header, here):
    (here / "other.csv").write_text(
        header + "A1,甲厂,118.0305,28.0105,330822001001\nB9,丙厂,118.01,28.01,330822001001\n"
    )
    done = check(
        header + "A1,甲厂,118.0105,28.0105,330822001001\nA2,乙厂,118.0106,28.0105,330822001001\n",
        "--reference",
        "other.csv",
    )
    assert done.code == 0
    assert done.json["flags"]["list.moved"] == 1
    assert "other.csv: 2 units, 1 of them in this list; 1 only here, 1 only there" in done.err
    assert "the list compared with states no reference system: taken as CGCS2000 (ASSUMED)" in done.err


def test_a_second_list_that_is_not_there_is_named(check, usual):
    done = check(usual, "--reference", "none.csv")
    assert done.code == 2
    assert "--reference: none.csv: there is no such file" in done.err


def test_without_a_second_list_nothing_is_said(check, usual):
    done = check(usual)
    assert "list compared with" not in done.err
    assert "list.moved" not in json.dumps(done.json["flags"])
