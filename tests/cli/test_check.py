"""geocensus check: what it prints, what it writes, how it ends."""

import json

import openpyxl
import pandas as pd
import pyogrio
import pytest

from geocensus.workspace import Workspace

KEYS = [
    "rows", "located", "unlocated", "excluded", "on_border", "near_border", "outside_claimed", "outside_by_level",
    "flags", "causes", "repairs", "shifts", "crs", "crs_assumed", "basemap", "certainty", "seconds", "corrections_applied",
]  # fmt: skip


def test_the_json_object_has_the_agreed_keys_and_its_sums_are_right(check, usual, here):
    done = check(usual)
    summary = done.json
    assert done.code == 0
    assert list(summary) == KEYS
    assert [summary[key] for key in KEYS[:4]] == [4, 2, 1, 1]
    assert (summary["on_border"], summary["near_border"], summary["outside_claimed"]) == (0, 0, 1)
    assert summary["outside_by_level"] == {"township": 1}
    assert summary["flags"] == {"coordinate.missing": 1, "place.outside_claimed": 1}
    assert sum(summary["causes"].values()) == 1  # of the source in another village: without text there is no cause
    assert list(summary["repairs"]) == ["offered", "declined"]
    assert sum(summary["repairs"].values()) == 1
    assert summary["shifts"] == [{"group": "file=list.csv", "system": "inconclusive", "n": 2, "confidence": 0.0}]
    assert (summary["crs"], summary["crs_assumed"]) == ("cgcs2000", True)
    assert (summary["basemap"]["name"], summary["basemap"]["code_year"]) == ("world", 2023)
    assert len(summary["basemap"]["sha256"]) == 64
    assert summary["certainty"] == {
        level: {"certain": 2, "ambiguous": 0, "outside": 0} for level in ("county", "township", "village")
    }
    assert summary["seconds"] > 0


def test_json_is_the_last_and_only_line_of_stdout(check, usual):
    done = check(usual)
    assert done.out.count("\n") == 1
    assert json.loads(done.out) == done.json
    assert "4 rows read = 2 located + 1 unlocated + 1 excluded" in done.err


def test_without_json_the_summary_is_on_stdout_and_the_notes_on_stderr(run, here, usual, world):
    (here / "list.csv").write_text(usual, encoding="utf-8")
    done = run("check", "list.csv", "--basemap", world)
    assert "4 rows read = 2 located + 1 unlocated + 1 excluded" in done.out
    assert "outside the claimed area 1, near its border 0, on a border 0" in done.out
    assert "flags: 2 new, 0 gone, 0 kept" in done.out
    assert "columns found: id=编号, name=名称, lon=经度, lat=纬度, claimed_code=区划代码" in done.err
    assert "cgcs2000 ASSUMED" in done.err


def test_strict_ends_with_1_only_where_something_is_flagged(check, usual, header):
    assert check(usual, "--strict").code == 1
    right = header + "A1,甲厂,118.0105,28.0105,330822001001\n"
    assert check(right, "--strict", "--workspace", "other.gpkg").code == 0


def test_the_workspace_is_named_after_the_list_and_lies_in_the_current_folder(check, usual, here, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "2018 名单.v2.csv").write_text(usual, encoding="utf-8")
    assert check(other / "2018 名单.v2.csv").code == 0
    assert [path.name for path in here.iterdir()] == ["2018 名单.v2.gpkg"]
    assert [path.name for path in other.iterdir()] == ["2018 名单.v2.csv"]


def test_sources_unlocated_and_excluded_rows_are_all_in_the_workspace(check, usual, here):
    check(usual)
    counts = {name: pyogrio.read_info(here / "list.gpkg", layer=name)["features"] for name in
              ("sources", "unlocated_sources", "excluded_rows", "flags")}  # fmt: skip
    assert counts == {"sources": 2, "unlocated_sources": 1, "excluded_rows": 1, "flags": 2}
    sources = Workspace(here / "list.gpkg").read_sources()
    assert sources["source_id"].tolist()[:3] == ["A1", "A2", "A3"]
    assert sources["located_code"].tolist()[:2] == ["330822001001", "330822100200"]


def test_a_second_run_updates_and_tells_new_gone_and_kept(check, usual, here):
    check(usual)
    first = Workspace(here / "list.gpkg").read_flags().set_index("rule")["flag_id"]
    done = check(usual.replace("无", "118.0505").replace(",,330822100200", ",28.0105,330822001001"))
    assert "flags: 1 new, 1 gone, 1 kept" in done.err
    again = Workspace(here / "list.gpkg")
    assert again.read_flags().set_index("source_id")["flag_id"]["A2"] == first["place.outside_claimed"]
    assert again.summary()["rows"] == 4
    assert len(again.runs()) == 2


def test_without_a_basemap_the_workspaces_own_is_taken(check, run, usual):
    first = check(usual).json
    second = run("check", "list.csv", json_=True)
    assert second.code == 0
    assert {k: v for k, v in second.json.items() if k != "seconds"} == {
        k: v for k, v in first.items() if k != "seconds"
    }


def test_without_any_basemap_the_shipped_ones_are_listed(run, here, usual):
    (here / "list.csv").write_text(usual, encoding="utf-8")
    done = run("check", "list.csv")
    assert done.code == 2
    assert "name one with --basemap; shipped ones are changshan, miaoli" in done.err
    assert not (here / "list.gpkg").exists()


def test_a_list_that_is_a_geopackage_here_is_never_overwritten(check, run, here, world):
    pyogrio.write_dataframe(
        pd.DataFrame({"编号": ["A"], "经度": ["118.0105"], "纬度": ["28.0105"]}), here / "list.gpkg", layer="名单"
    )
    before = (here / "list.gpkg").read_bytes()
    assert check(here / "list.gpkg").code == 0
    assert (here / "list.gpkg").read_bytes() == before
    assert (here / "list-workspace.gpkg").exists()
    refused = run("check", "list.gpkg", "--basemap", world, "--workspace", "list.gpkg")
    assert refused.code == 2
    assert "is the list itself" in refused.err
    assert (here / "list.gpkg").read_bytes() == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_of_a_run_is_in_the_language_asked_for(check, usual, here, lang):
    done = check(usual, "--lang", lang, "--out", "result.xlsx")
    chinese = any("一" <= character <= "鿿" for character in done.err.replace("编号", ""))
    assert chinese or lang == "en"
    assert ("读入 4 行 = 已定位 2 + 未定位 1 + 剔除 1" in done.err) == (lang == "zh")
    assert ("落在填报区划之外" in done.err) == (lang == "zh")
    assert ("outside the claimed area" in done.err) == (lang == "en")
    book = openpyxl.load_workbook(here / "result.xlsx")
    assert book.sheetnames[-1] == ("说明" if lang == "zh" else "about")
    texts = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert ("已定位" in texts) == (lang == "zh")
    assert ("located" in texts) == (lang == "en")


def test_the_language_comes_from_the_environment_and_the_option_wins(check, usual, monkeypatch):
    monkeypatch.setenv("GEOCENSUS_LANG", "zh")
    assert "读入 4 行" in check(usual).err
    assert "4 rows read" in check(usual, "--lang", "en").err


def test_settings_are_printed_changed_and_read_back(run, check, here, header):
    printed = run("settings").out
    (here / "settings.toml").write_text(printed.replace("stack_size = 3", "stack_size = 2"), encoding="utf-8")
    twice = header + "A,甲,118.0105,28.0105,330822001001\nB,乙,118.0105,28.0105,330822001001\n"
    assert "place.stacked" not in check(twice).json["flags"]
    assert check(twice, "--settings", "settings.toml").json["flags"]["place.stacked"] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stack_size = 'x'", "wrong kind"),
        ("stack_size = 1", "stack_size: must be 2 or more"),
        ("stack_size = 2.5", "stack_size"),
        ("exact_inside = 'yes'", "exact_inside"),
        ("extra_tolerance_m = nan", "extra_tolerance_m"),
        ("default_place_m = inf", "default_place_m"),
        ("boundary_m = 3", "wrong kind"),
        ("[boundary_m]\nvillage = 'x'", "wrong kind"),
        ("[boundary_m]\nhamlet = 3", "boundary_m.hamlet"),
        ("[boundary_m]\nvillage = -3", "boundary_m.village"),
        ("[[offices]]\nname = '县局'\nlon = 'x'\nlat = 28", "offices '县局'"),
        ("[[offices]]\nname = '县局'\nlon = nan\nlat = 28.0", "offices '县局'"),
        ("[[offices]]\nname = '县局'\nlon = 28", "lat"),
        ("[[allowed_stacks]]\nname = '园区'\nlon = 118\nlat = 28\nradius_m = 'x'", "allowed_stacks '园区'"),
        ("no_such = 1", "unknown setting no_such"),
        ("a = ", "not a TOML file"),
        ("crosswalk = 'none.csv'", "none.csv"),
        ("crosswalk = 'list.csv'", "list.csv: crosswalk: no column old_code, new_code"),
        ("crosswalk = '..'", "cannot be read"),
    ],
)
def test_wrong_settings_say_which_and_change_nothing(check, here, usual, text, said):
    (here / "s.toml").write_text(text, encoding="utf-8")
    done = check(usual, "--settings", "s.toml")
    assert done.code == 2
    assert said in done.err
    assert not (here / "list.gpkg").exists()


def test_settings_in_another_encoding_missing_or_a_folder(check, here, usual):
    (here / "g.toml").write_text("# 设置\nstack_size = 3\n", encoding="gbk")
    assert "g.toml: not in UTF-8" in check(usual, "--settings", "g.toml").err
    assert "no such settings file" in check(usual, "--settings", "none.toml").err
    assert "cannot be read" in check(usual, "--settings", here).err


def test_a_crosswalk_named_in_the_settings_leads_to_the_new_code(check, here, header):
    (here / "moves.csv").write_text("old_code,new_code\n330822009201,330822001001\n", encoding="utf-8")
    (here / "s.toml").write_text("crosswalk = 'moves.csv'\n", encoding="utf-8")
    done = check(header + "A,甲,118.0105,28.0105,330822009201\n", "--settings", "s.toml")
    assert done.json["flags"] == {"claim.retired": 1}
    assert done.json["outside_claimed"] == 0
