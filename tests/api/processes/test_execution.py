"""Processes as they are run: each one for real, and its results are the command line's."""

import csv
import io
import sqlite3
import time
from contextlib import closing

import pandas as pd
import pytest

import geocensus as gc
from geocensus.io import read_labels
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.workspace import Workspace

from .conftest import gone

LATER = {"Prefer": "respond-async"}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return a workspace over changshan with a source in each village, and the list it was checked from."""
    folder = tmp_path_factory.mktemp("county")
    villages = gc.open_basemap("changshan").areas("village")
    points = villages.representative_point()
    table = pd.DataFrame(
        {"编号": [f"S{number:03d}" for number in range(len(villages))], "经度": points.x, "纬度": points.y}
    )
    table["村代码"] = villages["code"].to_numpy()
    table.loc[3, "村代码"] = villages["code"].iloc[-1]  # claims another one
    table.loc[5, "经度"] = None
    table.to_csv(folder / "名单.csv", index=False)
    run_check(
        folder / "名单.csv", basemap="changshan", workspace=folder / "ws.gpkg", columns={"claimed_code": "村代码"}
    )
    return folder


@pytest.fixture
def place(county, tmp_path):
    with (
        closing(sqlite3.connect(county / "ws.gpkg")) as source,
        closing(sqlite3.connect(tmp_path / "ws.gpkg")) as target,
    ):
        source.backup(target)
    return tmp_path / "ws.gpkg"


def content(county):
    return (county / "名单.csv").read_bytes()


def uploaded(client, county):
    return client.post("/uploads", params={"name": "名单.csv"}, content=content(county)).json()["id"]


def run(client, process, inputs, *, headers=None, **more):
    return client.post(f"/processes/{process}/execution", json={"inputs": inputs, **more}, headers=headers)


def ended(client, answer):
    assert answer.status_code == 201, answer.text
    stream = client.get(answer.headers["location"] + "/events").text
    assert "event: end" in stream
    return client.get(answer.headers["location"]).json(), stream


def log(client, job):
    return (client.app.state.work.jobs.folder / job["jobID"] / "log.txt").read_text()


def state(path):
    """Return every row of the tables that jobs write."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        kept = [name for name in names if not name.startswith(("rtree_", "sqlite_"))]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in kept}


def trail(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT author, action, target, after FROM audit").fetchall()


# ---- locate


def test_points_are_located_at_once_as_by_locate(place, client_as):
    client, points = client_as(place), [[118.5, 28.9], "118°31′12″E 28°54′00″N", {"lon": 100, "lat": 1}, "?"]
    told = run(client, "locate", {"points": points})
    assert told.status_code == 200
    assert told.json()["results"] == client.post("/locate", json=points).json()
    assert run(client, "locate", {"points": {"value": points}}).json() == told.json()
    raw = run(client, "locate", {"points": points}, outputs={"results": {}}, response="raw")
    assert raw.json() == told.json()["results"]
    assert client.get("/jobs").json()["jobs"] == []


def test_areas_of_others_are_told_as_none(towns, client_as):
    points = [[118.1, 28.1], [118.3, 28.1], [118.2, 28.1]]
    client = client_as(towns, role="planner", scope=("330822100",))
    told = run(client, "locate", {"points": points}).json()["results"]["results"]
    assert [one["codes"] for one in told] == [
        {"county": None, "township": None},
        {"county": None, "township": "330822100"},
        {"county": None, "township": None},  # on the border: it belongs to the lower code, which is another's
    ]
    assert not any(one["on_border"] for one in told)


def test_points_and_a_list_as_jobs_say_the_same(county, place, client_as):
    client = client_as(place, jobs_at_once=2)
    points = pd.read_csv(county / "名单.csv")[["经度", "纬度"]].dropna().to_numpy().tolist()
    by_points = run(client, "locate", {"points": points}, headers=LATER)
    by_list = run(client, "locate", {"upload": uploaded(client, county), "crs": "cgcs2000"}, headers=LATER)
    assert by_points.headers["preference-applied"] == "respond-async"
    (first, _), (second, stream) = ended(client, by_points), ended(client, by_list)
    assert first["status"] == second["status"] == "successful"
    assert [first["started"] < second["finished"], second["started"] < first["finished"]] == [True, True]
    assert "reading the list" in stream
    results = client.get(f"/jobs/{first['jobID']}/results").json()["results"]["results"]
    told = client.get(f"/jobs/{second['jobID']}/results").json()
    assert told["summary"]["located"] == len(points) == 197
    assert told["summary"]["in_no_area"] == 0
    rows = list(csv.DictReader(io.StringIO(client.get(told["table"]["href"]).content.decode("utf-8-sig"))))
    located = [list(row.values()) for row in rows if "located" in row.values() or "已定位" in row.values()]
    assert len(rows) == 198
    codes = [one["codes"]["village"] for one in results]
    assert codes == gc.open_basemap("changshan").areas("village")["code"].drop(5).tolist()
    assert all(code in row for code, row in zip(codes, located, strict=True))


# ---- check


def test_a_check_into_files_is_the_command_lines(county, place, client_as, tmp_path):
    client = client_as(place, role="qa", name="王工")
    before = state(place)
    inputs = {
        "upload": uploaded(client, county),
        "columns": {"claimed_code": "村代码"},
        "form": "csv",
        "settings": "stack_size = 7\n",
    }
    answer = run(client, "check", inputs)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert 'rel="monitor"' in answer.headers["link"]
    (tmp_path / "s.toml").write_text("stack_size = 7\n")
    (tmp_path / "list.csv").write_bytes(content(county))
    same = run_check(
        tmp_path / "list.csv",
        basemap=place,
        workspace=tmp_path / "same.gpkg",
        out=tmp_path / "same.csv",
        columns={"claimed_code": "村代码"},
        settings=tmp_path / "s.toml",
    )
    assert {**told["summary"], "seconds": 0} == {**same.result.summary, "seconds": 0}
    assert told["summary"]["outside_claimed"] == 1
    assert client.get(told["result"]["href"]).content == (tmp_path / "same.csv").read_bytes()
    got = tmp_path / "got.gpkg"
    got.write_bytes(client.get(told["workspace"]["href"]).content)
    kept = ["flag_id", "source_id", "rule", "severity", "lon", "lat"]
    flags, others = (Workspace(one).read_table("flags")[kept] for one in (got, tmp_path / "same.gpkg"))
    pd.testing.assert_frame_equal(flags, others)
    assert Workspace(got).runs()["operator"].tolist() == ["王工"]
    assert state(place) == before
    assert client.get("/uploads").json()["uploads"] != []


def test_a_check_into_the_workspace(county, place, client_as):
    client = client_as(place, name="甲")
    runs = len(Workspace(place).runs())
    inputs = {"upload": uploaded(client, county), "columns": {"claimed_code": "村代码"}, "into": "workspace"}
    job, stream = ended(client, run(client, "check", inputs, headers=LATER))
    assert job["status"] == "successful", (job, log(client, job))
    steps = [line for line in stream.split("\n") if line.startswith("data")]
    told = [
        next(
            step
            for step in (
                "reading the basemap",
                "reading the list",
                "locating and checking",
                "changing the workspace",
                "done",
            )
            if step in line
        )
        for line in steps
        if "accepted" not in line and "starting" not in line and '"writing' not in line
    ]
    assert told == [
        "reading the basemap",
        "reading the list",
        "locating and checking",
        "changing the workspace",
        "done",
    ]
    assert len(Workspace(place).runs()) == runs + 1
    ((author, action, target, after),) = trail(place)
    assert (author, action, target) == ("甲", "job.check", job["jobID"])
    assert '"list": "名单.csv"' in after
    assert Workspace(place).runs()["run_id"].iloc[-1] in after or Workspace(place).runs()["run_id"].iloc[0] in after
    results = client.get(f"/jobs/{job['jobID']}/results").json()
    assert list(results) == ["summary"]
    assert client.get("/collections/sources/items?limit=1").json()["numberMatched"] == 197


# ---- split


def test_a_split_is_the_command_lines(place, client_as, tmp_path):
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(tmp_path / "same.gpkg")) as target:
        source.backup(target)
    client = client_as(place, role="planner", name="李工", scope=("330822",))
    asked = {"within": ["330822"], "units": "township", "seed": 1, "tolerance": 0.2, "name": "秋季 方案"}
    teams = [{"name": "一组", "people": 2, "phone": "=1"}, {"name": "二组", "people": 1}]
    job, stream = ended(client, run(client, "split", {**asked, "teams": teams}, headers=LATER))
    assert job["status"] == "successful", (job, log(client, job))
    assert "splitting" in stream
    told = client.get(f"/jobs/{job['jobID']}/results").json()
    (tmp_path / "teams.csv").write_text("name,people,phone\n一组,2,=1\n二组,1,\n")
    same = run_split(
        ["330822"], workspace=tmp_path / "same.gpkg", teams=tmp_path / "teams.csv", units="township", seed=1,
        tolerance=0.2, name="秋季 方案", out=tmp_path / "same.csv",
    )  # fmt: skip
    equal = {**same.summary, "labels_file": "秋季 方案-labels.csv", "seconds": 0, "plan": "秋季 方案"}
    assert {**told["report"], "seconds": 0} == equal
    labels = client.get(told["labels"]["href"])
    assert labels.content == same.targets.labels.read_bytes()
    assert "filename*=UTF-8''%E7%A7%8B" in labels.headers["content-disposition"]
    (tmp_path / "labels.csv").write_bytes(labels.content)
    stored = Workspace(place).read_plan("秋季 方案")
    assert stored.members.set_index("code")["field_zone"].to_dict() == read_labels(tmp_path / "labels.csv").to_dict()
    assert {name: client.get(told[name]["href"]).content[:4] for name in ("workbook", "page", "picture", "layers")} == {
        "workbook": b"PK\x03\x04", "page": b"<!DO", "picture": b"\x89PNG", "layers": b"SQLi",
    }  # fmt: skip
    ((author, action, target, _),) = trail(place)
    assert (author, action, target) == ("李工", "job.split", job["jobID"])
    again = run(client, "split", {**asked, "teams": 2})
    assert again.status_code == 409


def test_zones_are_cut(place, client_as):
    client = client_as(place, role="planner")
    answer = run(client, "split", {"within": ["330822001"], "as": "zones", "most_sources": 5})
    assert answer.status_code == 200, answer.text
    report = answer.json()["report"]
    assert report["zones"] == report["villages"] == len(Workspace(place).read_census_zones().zones)
    assert trail(place)[0][1] == "job.split"


def test_what_the_pipeline_refuses_is_told_in_both_languages(place, client_as):
    before = state(place)
    client = client_as(place, role="planner")
    answer = run(client, "split", {"within": ["330822"], "teams": 300, "units": "township"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (
        told["details"]["en"] == "300 field zones cannot be made of 14 units; ask for 1 to 14, or cut the units smaller"
    )
    assert (
        told["detail"] == told["details"]["zh"] == "14 个单元无法划分为 300 个片区：请要求 1 至 14 个，或使用更小的单元"
    )
    job = client.get(f"/jobs/{told['jobID']}").json()
    assert job["problem"] == {"status": 422, "detail": told["detail"], "details": told["details"]}
    assert client.get(f"/jobs/{told['jobID']}/results").status_code == 422
    assert state(place) == before


def test_a_long_split_is_dismissed(place, client_as):
    before = state(place)
    client = client_as(place, role="planner", sync_seconds=0)
    answer = run(client, "split", {"within": ["330822"], "teams": 12, "units": "cell", "visits": True})
    assert answer.status_code == 201  # longer than a request may take: it goes on as a job
    at = answer.headers["location"]
    until = time.monotonic() + 20
    while client.get(at).json()["progress"] < 15:
        assert time.monotonic() < until
        time.sleep(0.05)
    (child,) = client.app.state.work.jobs._children.values()
    begun = time.monotonic()
    assert client.delete(at).json()["status"] == "dismissed"
    assert time.monotonic() - begun < 2
    assert gone(child._process.pid)
    assert state(place) == before
    assert client.get(f"{at}/results").status_code == 404
    folder = client.app.state.work.jobs.folder / client.get(at).json()["jobID"]
    assert sorted(one.name for one in folder.iterdir()) == ["events.jsonl", "job.json", "log.txt"]
