"""The service benchmark's own parts: the drawn list, its tiles and boxes, the tile reader, the client, the tables."""

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import numpy as np
import pytest
import service_asked as asking
import service_mvt as mvt
import shapely
from service_list import FLAGGED, SPLITS, draw
from service_load import Answer, Client, Sample, Server, Walk, measure, processor_seconds
from service_tables import Goals, markdown, ratio, speed_rows, times
from service_workspace import kept

from geocensus.workspace import Workspace

ROWS = 3_000


@pytest.fixture(scope="module")
def drawn():
    return draw(ROWS)


def test_the_same_list_comes_from_the_same_seed(drawn):
    assert draw(ROWS).sources.equals(drawn.sources)
    assert not draw(ROWS, seed=1).sources["lon"].equals(drawn.sources["lon"])


def test_every_source_lies_in_the_area_of_its_code(drawn):
    townships = drawn.basemap.areas("township").set_index("code")
    shapes = townships.geometry.loc[drawn.sources["located_code"].to_pylist()].to_numpy()
    assert shapely.intersects_xy(shapes, drawn.lon, drawn.lat).all()


def test_areas_of_a_level_tile_the_map_below_their_parents(drawn):
    sizes = {level: len(drawn.basemap.areas(level)) for level in SPLITS}
    assert sizes == {"province": 30, "prefecture": 120, "county": 720, "township": 2_880}
    for level in SPLITS:
        areas = drawn.basemap.areas(level)
        assert areas.geometry.union_all().equals(shapely.box(80, 22, 128, 50))
        assert all(code.startswith(parent) for code, parent in zip(areas["code"], areas["parent_code"], strict=True))


def test_flags_belong_to_flagged_sources(drawn):
    sources, flags = drawn.sources.to_pandas(), drawn.flags.to_pandas()
    flagged = set(sources.loc[sources["status"] == "flagged", "source_id"])
    assert set(flags["source_id"]) == flagged
    assert len(flagged) == pytest.approx(FLAGGED * ROWS, rel=0.2)
    assert flags["flag_id"].is_unique
    assert flags["severity"].value_counts()["error"] == len(flagged)


def test_the_workspace_holds_the_list(drawn, tmp_path):
    path = kept(tmp_path, ROWS)
    workspace = Workspace(path)
    assert workspace.read_sources()["source_id"].tolist() == drawn.sources["source_id"].to_pylist()
    assert len(workspace.read_flags()) == len(drawn.flags)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM rtree_sources_geom").fetchone() == (ROWS,)
        fids = connection.execute("SELECT min(fid), max(fid) FROM sources").fetchone()
    assert fids == (1, ROWS)
    written = path.stat().st_mtime_ns
    assert kept(tmp_path, ROWS).stat().st_mtime_ns == written


def test_tiles_hold_every_source_once(drawn):
    for zoom in (0, 3, 6, 14):
        assert asking.tiles_of(drawn, zoom)[:, 2].sum() == ROWS
    column, row, count = asking.tiles_of(drawn, 0)[0]
    assert (column, row, count) == (0, 0, ROWS)
    kinds = [asking.tiles(drawn, 14, part, densest=densest) for part in (0, 1) for densest in (True, False)]
    asked = [path for kind in kinds for path in kind.paths[asking.OURS]]
    assert len(set(asked)) == len(asked) == 2 * (asking.DENSEST[14] + asking.TILES[14])


def test_servers_name_the_same_tile_in_their_own_order():
    assert asking.tile_path(asking.OURS, 6, 50, 25).endswith("/6/25/50")
    assert asking.tile_path(asking.CAPPED, 6, 50, 25).endswith("/6/50/25")
    assert "/6/50/25?properties=" in asking.tile_path(asking.CAPPED_FEW, 6, 50, 25)


def test_boxes_hold_as_many_sources_as_wanted(drawn):
    boxes = asking.boxes_around(drawn, 20, np.random.default_rng(0))
    west, south, east, north = boxes.T[:, :, None]
    inside = (drawn.lon > west) & (drawn.lon < east) & (drawn.lat > south) & (drawn.lat < north)
    assert (inside.sum(axis=1) >= asking.IN_BOX).all()
    assert (inside.sum(axis=1) < asking.IN_BOX + 60).all()


def test_a_tile_is_read_as_the_specification_draws_it():
    """A layer "p" with two points: n = 3 and class = "a", then n = 1 alone."""
    first = bytes.fromhex("1204 00000101 1801 2203 090204".replace(" ", ""))
    second = bytes.fromhex("1202 0002 1801 2203 090204".replace(" ", ""))
    values = [b"\x28\x03", b"\x0a\x01a", b"\x28\x01"]
    layer = b"\x0a\x01p" + b"".join(b"\x12" + bytes([len(feature)]) + feature for feature in (first, second))
    layer += b"\x1a\x01n" + b"\x1a\x05class" + b"".join(b"\x22" + bytes([len(value)]) + value for value in values)
    tile = b"\x1a" + bytes([len(layer)]) + layer
    assert mvt.features(tile) == [{"n": 3, "class": "a"}, {"n": 1}]
    assert mvt.count(tile) == 2
    assert mvt.features(b"") == []


@pytest.fixture
def server():
    """Answers each request with the next of two forms; the second in chunks."""
    plain = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-form: plain\r\n\r\nhello"
    chunked = b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                for form in (plain, chunked, plain):
                    if b"\r\n\r\n" in connection.recv(4096):
                        connection.sendall(form)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Server("drawn", f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


def test_answers_are_read_whole_whichever_way_they_come(server):
    client = Client(server)
    assert client.get("/a") == Answer(200, {"content-length": "5", "x-form": "plain"}, b"hello")
    assert (client.get("/b").status, client.get("/c").body) == (404, b"hello")
    client.close()


def test_refusals_are_counted(server):
    sample = measure(server, Walk(["/a", "/b", "/c"], once=True), clients=1, seconds=10)
    assert (len(sample.milliseconds), sample.refused, sample.sizes) == (3, 1, [5, 5, 5])


def test_a_walk_goes_on_where_it_stopped():
    walk = Walk(["a", "b"])
    assert [walk.next() for _ in range(3)] == ["a", "b", "a"]
    assert [Walk(["a"], once=True).next(), Walk([], once=True).next()] == ["a", None]


def test_ratios_are_of_medians_for_one_client_and_of_rates_for_several():
    ours, theirs = Sample([1.0, 2.0, 9.0], [1000] * 3, 0, 1.0, 0.006), Sample([20.0, 40.0], [3000, 5000], 0, 2.0, 0.1)
    assert ratio(ours, theirs, 1) == pytest.approx(15.0)
    assert ratio(ours, theirs, 8) == pytest.approx(3.0)
    rows = speed_rows("page", 1, {"us": ours, "them": theirs})
    assert rows == [
        ("page", "1", "us", "3", "2.0", "8.9", "2.0", "3", "1.0", ""),
        ("page", "1", "them", "2", "30.0", "39.8", "50.0", "1", "4.0", "15.0×"),
    ]
    assert (ours + theirs).seconds == 3.0
    assert times(250.4) == "250×"


def test_processor_time_of_a_process_and_its_children():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(6_000_000))']); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while processor_seconds([process.pid]) < 0.05 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert processor_seconds([process.pid]) >= 0.05
        assert processor_seconds([]) == 0
        process.communicate(b"x")


def test_a_goal_is_met_only_by_answers():
    goals = Goals()
    slow = Sample([20.0], [1], 0, 1.0)
    goals.faster("page", 10.0, Sample([1.0], [1], 0, 1.0), slow)
    goals.faster("page", 10.0, Sample([1.0], [1], 1, 1.0), slow)
    goals.faster("page", 30.0, Sample([1.0], [1], 0, 1.0), slow)
    assert [row[-1] for row in goals.rows] == ["yes", "no", "no"]
    assert goals.markdown().splitlines()[2] == "| page | ≥ 10× | 20.0× (1.0 ms) | 20.0 ms | yes |"
    assert markdown(("a",), [("b",)]) == "| a |\n|---|\n| b |"
