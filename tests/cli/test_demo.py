"""geocensus demo, map and settings."""

import re
import tomllib

import openpyxl
import pandas as pd
import pyogrio
import pytest

from geocensus.checks import Settings


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    from geocensus.pipeline.demo import run_demo

    folder = tmp_path_factory.mktemp("demo")
    return run_demo(out=folder, lang="zh"), folder


def test_demo_leaves_one_workspace_a_map_and_a_result(demo):
    report, folder = demo
    names = {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}
    assert names == {
        "sources.xlsx",
        "truth.csv",
        "crosswalk.csv",
        "settings.toml",
        "demo.gpkg",
        "map.html",
        "result.xlsx",
        "areas.html",
        "areas-labels.csv",
        "field-zones.html",
        "field-zones-labels.csv",
    }
    assert [name for name in names if name.endswith(".gpkg")] == ["demo.gpkg"]
    assert report.run.result.summary["rows"] == 1200
    page = (folder / "map.html").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[\w.]+", page)) <= {
        "http://www.w3.org",
        "https://leafletjs.com",
    }  # named, never loaded


def test_the_row_sum_is_the_same_everywhere(demo):
    report, folder = demo
    s = report.run.result.summary
    assert s["rows"] == s["located"] + s["unlocated"] + s["excluded"]
    counts = {
        layer: pyogrio.read_info(folder / "demo.gpkg", layer=layer)["features"]
        for layer in ("sources", "unlocated_sources", "excluded_rows")
    }
    assert list(counts.values()) == [s["located"], s["unlocated"], s["excluded"]]
    assert openpyxl.load_workbook(folder / "result.xlsx")["结果"].max_row == s["rows"] + 1
    page = (folder / "map.html").read_text(encoding="utf-8")
    assert all(f"{s[key]}" in page for key in ("rows", "located", "unlocated", "excluded"))


def test_the_demo_finds_every_planted_error_and_accuses_no_clean_row(demo):
    report, folder = demo
    truth = pd.read_csv(folder / "truth.csv", dtype=str).set_index(pd.read_csv(folder / "truth.csv")["row"])
    result = report.run.result
    raised = result.flags.groupby("source_id")["rule"].agg(set)
    table = result.sources.set_index("row")
    for row, answer in truth.iterrows():
        found = raised.get(table.loc[row, "source_id"], set())
        if isinstance(answer["rules"], str):
            assert all(found & set(part.split("|")) for part in answer["rules"].split(";")), (answer.to_dict(), found)
        elif pd.isna(answer["kind"]) and table.loc[row, "state"] == "located":
            assert not found, (answer.to_dict(), found)
            assert table.loc[row, "located_code"] == answer["true_code"]


def test_demo_command_speaks_both_languages_and_json(run, here):
    done = run("demo", "--rows", "60", "--out", "d", "--no-open", "--basemap", "miaoli", json_=True)
    assert done.code == 0
    assert done.json["rows"] == 60
    assert "rows read" in done.err
    assert "读入" in run("demo", "--rows", "60", "--out", "d", "--no-open", "--lang", "zh").out
    assert run("demo", "--rows", "0").code == 2
    assert run("demo", "--basemap", "atlantis").code == 2


def test_map_page_public_page_and_picture(run, demo, here):
    _, folder = demo
    for out, more in (("a.html", ()), ("b.html", ("--public",)), ("c.png", ())):
        assert run("map", folder / "demo.gpkg", "--out", out, *more).code == 0
        assert (here / out).stat().st_size > 10_000
    names = pd.read_excel(folder / "sources.xlsx", dtype=str, engine="calamine")["单位详细名称"].dropna()
    page, public = ((here / name).read_text(encoding="utf-8") for name in ("a.html", "b.html"))
    assert sum(name in page for name in names[:50]) == 50 - names[:50].isin(["合计"]).sum()
    assert not any(name in public for name in names if len(name) > 4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.gpkg", "--out", "a.html"), "missing.gpkg"),
        (("{demo}", "--out", "a.pdf"), ".html or .png"),
        (("{demo}", "--out", "a.png", "--public"), "--public is for a page"),
        (("{list}", "--out", "a.html"), "sources.xlsx"),
    ],
)
def test_map_wrong_use(run, demo, here, arguments, said):
    _, folder = demo
    places = {"{demo}": folder / "demo.gpkg", "{list}": folder / "sources.xlsx"}
    done = run("map", *(places.get(a, a) for a in arguments))
    assert done.code == 2
    assert said in done.err
    assert not list(here.glob("a.*"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_settings_prints_the_defaults_and_reads_them_back(run, lang):
    done = run("settings", "--lang", lang)
    assert done.code == 0
    assert Settings.from_dict(tomllib.loads(done.out)) == Settings()


def test_serve_is_a_command_of_the_installed_package(run):
    assert "serve" in run("--help").out
    done = run("serve", "missing.gpkg")
    assert done.code == 2
    assert "missing.gpkg" in done.err
    assert "--insecure" in run("serve", "missing.gpkg", "--host", "0.0.0.0").err
