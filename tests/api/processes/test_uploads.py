"""Uploads: streamed, tested, limited, each of its person."""

import asyncio
import gc
import hashlib
import re
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from geocensus_api import Settings, create_app
from geocensus_api.errors import ProblemError
from geocensus_api.processes.naming import cleaned
from geocensus_api.processes.uploads import Uploads
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

CSV = "编号,经度,纬度\nA1,118.1,28.1\n".encode()


def upload(client, name="list.csv", content=CSV, **kwargs):
    return client.post("/uploads", params={"name": name}, content=content, **kwargs)


def left(path):
    """Return what lies in the folder of uploads."""
    folder = path.with_suffix(".service") / "uploads"
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def test_an_upload_is_kept_listed_and_deleted(towns, client_as):
    client = client_as(towns)
    answer = upload(client, "污染源名单.csv")
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"http://geo.test/uploads/{told['id']}"
    assert (told["name"], told["title"], told["size"]) == ("list.csv", "污染源名单.csv", len(CSV))
    assert told["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert (towns.with_suffix(".service") / "uploads" / told["id"] / "list.csv").read_bytes() == CSV
    assert client.get("/uploads").json() == {"uploads": [told]}
    assert client.get(f"/uploads/{told['id']}").json() == told
    assert client.delete(f"/uploads/{told['id']}").status_code == 204
    assert client.get(f"/uploads/{told['id']}").status_code == 404
    assert left(towns) == []


def test_an_upload_is_its_persons(towns, client_as):
    mine = upload(client_as(towns, name="甲")).json()
    other = client_as(towns, name="乙")
    strange, missing = other.get(f"/uploads/{mine['id']}"), other.get("/uploads/u-" + "0" * 24)
    assert strange.status_code == missing.status_code == 404
    assert strange.json()["detail"].replace(mine["id"], "") == missing.json()["detail"].replace("u-" + "0" * 24, "")
    assert other.get("/uploads").json() == {"uploads": []}
    assert other.delete(f"/uploads/{mine['id']}").status_code == 404
    assert left(towns) == [mine["id"]]


@pytest.mark.parametrize("upload_id", ["u-" + "0" * 25, "%2e%2e", "%2e%2e%5caccess.sqlite", "upload.json", "."])
def test_an_id_is_no_path(tmp_path, upload_id):
    (tmp_path / "upload.json").write_text("{}")
    with pytest.raises(ProblemError) as wrong:
        uploads_of(tmp_path / "uploads").one("甲", upload_id)
    assert wrong.value.status == 404


@pytest.mark.parametrize(
    ("name", "kept", "title"),
    [
        ("../../../etc/passwd.csv", "passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\a.csv", "a.csv", "a.csv"),
        ("a\x00b\x1f\u202e.csv", "ab.csv", "ab.csv"),
        ("CON.csv", "list-CON.csv", "CON.csv"),
        ("com0.XLSX", "list-com0.xlsx", "com0.XLSX"),
        ("x" * 10_000 + ".csv", "x" * 60 + ".csv", "x" * 196 + ".csv"),
        ("名单 (终稿).csv", "list.csv", "名单 (终稿).csv"),
        ("a b;rm -rf.csv", "a-b-rm--rf.csv", "a b;rm -rf.csv"),
        ("---.csv", "list.csv", "---.csv"),
    ],
)
def test_names_are_cleaned(name, kept, title):
    assert cleaned(name) == (kept, title)


@given(st.text(max_size=300), st.sampled_from([".csv", ".XLSX", ".gpkg"]))
def test_a_cleaned_name_is_plain_whatever_is_given(stem, ending):
    try:
        kept, title = cleaned(stem + ending)
    except ProblemError:
        last = re.split(r"[/\\]", stem)[-1]
        assert not any(sign.isalnum() for sign in last)  # refused only where no name is left
        return
    assert kept.isascii()
    assert len(kept) <= 80
    assert not set(kept) & set('/\\:*?"<>| \0')
    assert kept[0] not in ".-"
    assert title.isprintable()


@pytest.mark.parametrize(
    ("name", "status"),
    [("", 400), ("/", 400), ("list", 415), ("list.exe", 415), ("list.csv.html", 415), ("..", 400), (".csv", 415)],
)
def test_other_names_are_refused(towns, client_as, name, status):
    answer = upload(client_as(towns), name)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert left(towns) == []


def test_contents_are_tested(towns, client_as):
    answer = upload(client_as(towns), "list.xlsx", CSV)
    assert answer.status_code == 422
    assert "后缀 .xlsx 不符" in answer.json()["detail"]
    assert left(towns) == []


def test_a_compressed_body_is_refused(towns, client_as):
    assert upload(client_as(towns), headers={"Content-Encoding": "gzip"}).status_code == 415


def test_limits_of_a_file_and_of_a_person(towns, client_as):
    client = client_as(towns, upload_max=1000, upload_sum_max=1500)
    assert upload(client, content=b"a" * 1001).status_code == 413
    assert upload(client, content=b"a" * 1000).status_code == 201
    assert "1500" in upload(client, content=b"a" * 501).json()["detail"]
    assert upload(client, content=b"a" * 500).status_code == 201
    assert upload(client_as(towns, name="乙", upload_max=1000, upload_sum_max=1500)).status_code == 201
    assert client.delete(f"/uploads/{client.get('/uploads').json()['uploads'][0]['id']}").status_code == 204
    assert upload(client, content=b"a" * 500).status_code == 201
    assert len(left(towns)) == 3


def test_who_sees_no_exact_points_uploads_nothing(towns, client_as):
    viewer = client_as(towns, role="viewer")
    assert upload(viewer).status_code == 403
    assert viewer.get("/uploads").status_code == 403
    assert left(towns) == []


def test_a_folder_that_cannot_be_written_is_told(towns, client_as):
    client = client_as(towns)
    towns.with_suffix(".service").mkdir(exist_ok=True)
    (towns.with_suffix(".service") / "uploads").write_text("in the way")
    assert upload(client).status_code == 503


# ---- what a client sends is told piece by piece: the test client would put it together first


def sent(app, pieces, *, headers=(), gone_after=None):
    """Post pieces; return the status, how many were taken and the largest sum of memory meanwhile."""
    taken, answers = 0, []

    async def receive():
        nonlocal taken
        if gone_after is not None and taken >= gone_after:
            return {"type": "http.disconnect"}
        piece = next(pieces, None)
        taken += piece is not None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message):
        answers.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/uploads",
        "raw_path": b"/uploads",
        "root_path": "",
        "query_string": b"name=list.csv",
        "headers": [(b"host", b"geo.test"), (b"authorization", b"Bearer secret"), *headers],
        "server": ("geo.test", 80),
        "client": ("127.0.0.1", 1),
    }
    gc.collect()
    tracemalloc.start()
    with suppress(*([] if gone_after is None else [ClientDisconnect])):  # who is gone gets no answer
        asyncio.run(app(scope, receive, send))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (answers[0]["status"] if answers else None), taken, peak


@pytest.fixture
def app(towns):
    return create_app(Settings(token="secret"), towns)


def test_a_hundred_megabytes_do_not_pass_through_memory(app, towns):
    piece = b"1,118.1,28.1\n" * 5041  # 64 KB
    status, taken, peak = sent(app, iter([piece] * 1600))
    assert (status, taken) == (201, 1600)
    assert peak < 12_000_000
    (place,) = (towns.with_suffix(".service") / "uploads").iterdir()
    assert (place / "list.csv").stat().st_size == len(piece) * 1600 > 100_000_000


def test_what_is_too_large_is_not_read_to_its_end(towns):
    app = create_app(Settings(token="secret", upload_max=5_000_000), towns)
    status, taken, _ = sent(app, iter([bytes(100_000)] * 1000))
    assert status == 413
    assert taken < 70
    status, taken, _ = sent(app, iter([bytes(100_000)] * 1000), headers=[(b"content-length", b"100000000")])
    assert (status, taken) == (413, 0)
    assert left(towns) == []


def test_a_client_that_goes_leaves_nothing(app, towns):
    assert sent(app, iter([b"a" * 100_000] * 100), gone_after=40)[0] != 201
    assert left(towns) == []
    assert sent(app, iter([CSV]))[0] == 201


def uploads_of(folder):
    return Uploads(folder, size_max=100, sum_max=100, unpacked_max=100, days=1)


def test_old_and_half_ones_are_swept(tmp_path):
    uploads = uploads_of(tmp_path)
    for owner in "ab":
        arrival = uploads.arrive(owner, "list.csv", None)
        arrival.add(b"1,2")
        kept = arrival.finish()
        arrival.end()
    half = uploads.arrive("a", "half.csv", None)
    half.add(b"1")
    half._stream.close()  # and then the power went
    record = tmp_path / kept.id / "upload.json"
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    record.write_bytes(orjson.dumps({**orjson.loads(record.read_bytes()), "expires": past}))
    (tmp_path / ("u-" + "1" * 24)).mkdir()  # no record: a disk that was repaired
    with pytest.raises(ProblemError):
        uploads.one("b", kept.id)
    uploads_of(tmp_path).open()
    assert [one.owner for one in uploads._all()] == ["a"]
    assert not list(tmp_path.glob(".arriving-*"))
    assert not (tmp_path / kept.id).exists()
