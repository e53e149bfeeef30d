"""One run from the list to the workspace and the result."""

import pandas as pd
import pytest

import geocensus as gc
from geocensus.errors import DataNotFoundError, SchemaError, WorkspaceError
from geocensus.pipeline.run import run_check
from geocensus.workspace import Workspace


@pytest.fixture(scope="module")
def basemap():
    return gc.open_basemap("changshan")


@pytest.fixture
def path(tmp_path, basemap, monkeypatch):
    """Write a list of twelve sources, each in the zone it claims but the last, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    zones = basemap.zones().iloc[:12]
    inside = zones.geometry.representative_point()
    table = pd.DataFrame(
        {"编号": [f"S{i:02d}" for i in range(12)], "经度": inside.x.round(6), "纬度": inside.y.round(6)}
    )
    table["区划代码"] = [*zones["code"].iloc[:11], basemap.zones()["code"].iloc[-1]]
    (tmp_path / "in").mkdir()
    table.to_csv(tmp_path / "in" / "名单.csv", index=False)
    return tmp_path / "in" / "名单.csv"


def test_everything_of_a_run_is_reported(path, tmp_path):
    steps = []
    report = run_check(path, basemap="changshan", out=tmp_path / "r.csv", progress=lambda text: steps.append(text.en))
    assert report.workspace == tmp_path / "名单.gpkg"
    assert report.out == tmp_path / "r.csv"
    assert report.result.summary["located"] == 12
    assert report.result.summary["outside_claimed"] == 1
    assert report.changes == {
        "new": len(report.result.flags),
        **dict.fromkeys(("gone", "kept", "closed", "reopened"), 0),
    }
    assert steps[0] == "reading the basemap"
    assert len(steps) == 5
    assert any("SCHEMATIC" in note.en.upper() for note in report.notes)
    assert len(pd.read_csv(report.out)) == 12


def test_every_located_zone_is_the_one_the_point_was_taken_from(path, basemap):
    sources = run_check(path, basemap="changshan").result.sources
    assert sources["located_code"].tolist() == basemap.zones()["code"].iloc[:12].tolist()


def test_the_run_is_recorded_with_its_provenance(path):
    report = run_check(path, basemap="changshan", lang="en", command="check")
    run = Workspace(report.workspace).runs().iloc[-1]
    assert run["rows"] == 12
    record = report.result.provenance
    assert record["input"]["file"] == "名单.csv"
    assert record["lang"] == "en"
    assert record["basemap"]["code_year"] == 2023
    assert {"geocensus", "python", "pandas"} <= set(record["versions"])


def test_rows_in_another_order_give_the_same_flags(path, tmp_path):
    first = run_check(path, basemap="changshan", workspace=tmp_path / "a.gpkg").result
    other = tmp_path / "other" / path.name  # the label of a group names its file
    other.parent.mkdir()
    pd.read_csv(path, dtype="str").iloc[::-1].to_csv(other, index=False)
    second = run_check(other, basemap="changshan", workspace=tmp_path / "b.gpkg").result
    columns = ["flag_id", "source_id", "rule", "level", "message_zh", "basis"]
    one, two = (r.flags[columns].sort_values("flag_id", ignore_index=True) for r in (first, second))
    pd.testing.assert_frame_equal(one, two)
    keys = first.summary.keys() - {"seconds"}
    assert {k: first.summary[k] for k in keys} == {k: second.summary[k] for k in keys}


def test_a_result_that_fails_leaves_the_workspace_alone(path, tmp_path, monkeypatch):
    run_check(path, basemap="changshan")
    from geocensus.io import results

    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "_write_file", fail)
    with pytest.raises(WorkspaceError, match="No space left"):
        run_check(path, out=tmp_path / "r.csv")
    assert len(Workspace(tmp_path / "名单.gpkg").runs()) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in", "名单.gpkg"]


def test_a_workspace_that_fails_leaves_the_result_alone(path, tmp_path, monkeypatch):
    (tmp_path / "r.csv").write_text("old", encoding="utf-8")

    def fail(*_arguments):
        raise WorkspaceError("no room", "空间不足")

    monkeypatch.setattr(Workspace, "write", fail)
    with pytest.raises(WorkspaceError, match="no room"):
        run_check(path, basemap="changshan", out=tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in", "r.csv"]


def test_the_list_is_neither_workspace_nor_result(path, tmp_path):
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="is the list itself"):
        run_check(path, basemap="changshan", out=path)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    with pytest.raises(SchemaError, match="is the list itself"):
        run_check(path, basemap="changshan", out=link)
    assert path.read_bytes() == before


@pytest.mark.parametrize("named", [None, ""])
def test_no_basemap(path, named):
    with pytest.raises(DataNotFoundError, match="changshan, miaoli"):
        run_check(path, basemap=named)
