"""Statements on flags: brought, listed, fetched; f1 and f0 belong to town A, f3 to town B, f2 to a whole group."""

import hashlib
import io
import os
import sqlite3
import zipfile
from contextlib import closing

import pytest
from geocensus_api.access.principal import Principal
from geocensus_api.attachments.shelf import Shelf

A, B = "330822001", "330822100"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 50 + b"\xff\xd9"
TIFF = b"II*\x00\x08\x00\x00\x00\x00\x00"
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\0" * 40


def ofd(names=("OFD.xml",), content=b"<OFD/>"):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names:
            package.writestr(name, content)
    return target.getvalue()


def attach(client, flag="f1", name="说明.pdf", content=PDF):
    return client.post(f"/flags/{flag}/attachments", params={"name": name}, content=content)


def files(path):
    folder = path.with_suffix(".service") / "attachments"
    return sorted(entry.name for entry in folder.rglob("*") if entry.is_file())


def rows(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_a_statement_is_brought_listed_and_fetched(towns, client_as):
    client = client_as(towns, "qa", (A,))
    answer = attach(client, name="情况 说明.pdf")
    assert answer.status_code == 201
    told = answer.json()
    digest = hashlib.sha256(PDF).hexdigest()
    assert (told["flag_id"], told["source_id"], told["name"]) == ("f1", "S0001", "情况 说明.pdf")
    assert (told["media_type"], told["size"], told["sha256"], told["author"]) == (
        "application/pdf",
        len(PDF),
        digest,
        "王工",
    )
    listed = client.get("/flags/f1/attachments").json()["attachments"]
    assert [row["attachment_id"] for row in listed] == [told["attachment_id"]]
    assert listed[0]["links"][0]["href"] == answer.headers["location"]
    got = client.get(answer.headers["location"])
    assert (got.content, got.headers["content-type"], got.headers["etag"]) == (PDF, "application/pdf", f'"{digest}"')
    assert got.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E6%83%85%E5%86%B5%20%E8%AF%B4%E6%98%8E.pdf"
    )
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox")
    assert files(towns) == [digest]


def test_the_audit_trail_tells_it_in_the_same_write(towns, client_as):
    told = attach(client_as(towns, "qa")).json()
    assert rows(towns, "SELECT author, action, target FROM audit") == [("王工", "attachment.add", "f1")]
    assert told["sha256"] in rows(towns, "SELECT after FROM audit")[0][0]


def test_the_same_content_is_kept_once_and_counts_once_on_a_flag(towns, client_as):
    client = client_as(towns, "qa")
    first, again, other = attach(client), attach(client, name="另一名称.pdf"), attach(client, "f3")
    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 201]
    assert again.json() == first.json()
    assert len(files(towns)) == 1
    assert len(rows(towns, "SELECT * FROM attachments")) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.PNG", PNG),
        ("a.jpg", JPEG),
        ("a.jpeg", JPEG),
        ("a.tif", TIFF),
        ("a.heic", HEIC),
        ("a.ofd", ofd()),
    ],
)
def test_what_offices_stamp_and_scan_is_taken(towns, client_as, name, content):
    assert attach(client_as(towns), name=name, content=content).status_code == 201


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.pdf", b"", 400),
        ("a.pdf", b"MZ\x90\0" + b"\0" * 90, 415),
        ("a.pdf", PDF[:-8], 415),
        ("a.pdf", b"<html><script>alert(1)</script>" + PDF, 415),
        ("a.png", PDF, 415),
        ("a.png", PNG + b"<script>alert(1)</script>", 415),
        ("a.exe", PDF, 415),
        ("a.docx", ofd(("word/document.xml",)), 415),
        ("a.html", b"<html>", 415),
        ("a.svg", b"<svg/>", 415),
        ("a", PDF, 415),
        ("a.ofd", ofd(("other.xml",)), 415),
        ("a.ofd", ofd(("OFD.xml", "../../x")), 415),
        ("a.ofd", b"PK\x03\x04 but no package", 415),
        ("../../x.pdf", PDF, 400),
        ("..\\x.pdf", PDF, 400),
        ("C:x.pdf", PDF, 400),
        ("a\0.pdf", PDF, 400),
        ("a\u202efdp.exe.pdf", PDF, 400),
        ("a\n.pdf", PDF, 400),
        ("x" * 10_000 + ".pdf", PDF, 400),
        (".pdf", PDF, 400),
        ("", PDF, 400),
    ],
)
def test_anything_else_is_refused_and_leaves_nothing(towns, client_as, name, content, status):
    answer = attach(client_as(towns), name=name, content=content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert files(towns) == []
    assert client_as(towns).get("/flags/f1/attachments").json()["attachments"] == []


def test_a_package_that_unpacks_to_gigabytes_is_refused(towns, client_as):
    bomb = ofd(("OFD.xml",), b"\0" * 500_000_000)
    assert len(bomb) < 1_000_000
    assert attach(client_as(towns), name="a.ofd", content=bomb).status_code == 415


def test_a_large_file_is_refused_by_its_announced_length_before_it_is_read(towns, client_as):
    client = client_as(towns, attachment_max=1000)
    read = []

    def body():
        for _ in range(100):
            read.append(1)
            yield b"x" * 1000

    answer = client.post(
        "/flags/f1/attachments", params={"name": "a.pdf"}, content=body(), headers={"Content-Length": "100000"}
    )
    assert answer.status_code == 413
    assert "1000" not in answer.json()["detail"]  # megabytes, as people read them
    without_length = client.post("/flags/f1/attachments", params={"name": "a.pdf"}, content=body())
    assert without_length.status_code == 413
    assert files(towns) == []


def test_a_flag_has_no_more_than_it_may_have(towns, client_as):
    client = client_as(towns, attachments_most=2)
    answers = [attach(client, content=PDF + b" %d" % number) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]


@pytest.mark.parametrize(
    ("role", "scope", "flag", "status"),
    [
        ("qa", (A,), "f1", 201),
        ("qa", (A,), "f0", 201),  # not located, but claimed for A
        ("reviewer", (A,), "f1", 201),
        ("admin", (A,), "f1", 201),
        ("qa", (A,), "f3", 404),
        ("qa", (A,), "f2", 404),  # of a whole group
        ("qa", None, "f2", 201),
        ("qa", None, "none", 404),
        ("planner", None, "f1", 403),
        ("viewer", None, "f1", 403),
    ],
)
def test_role_and_scope_hold(towns, client_as, role, scope, flag, status):
    assert attach(client_as(towns, role, scope), flag).status_code == status


def test_what_is_out_of_scope_is_told_like_what_is_not_there(towns, client_as):
    of_b = attach(client_as(towns, "qa", (B,)), "f3").json()
    client = client_as(towns, "qa", (A,))
    bodies = [
        {**client.get(path).json(), "instance": ""}
        for path in (f"/attachments/{of_b['attachment_id']}", "/attachments/unknown")
    ]
    assert [body["status"] for body in bodies] == [404, 404]
    assert bodies[0]["detail"].replace(of_b["attachment_id"], "unknown") == bodies[1]["detail"]
    listed = [client.get(f"/flags/{flag}/attachments") for flag in ("f3", "unknown")]
    assert [answer.status_code for answer in listed] == [404, 404]
    assert client_as(towns, "viewer", (B,)).get(f"/attachments/{of_b['attachment_id']}").status_code == 403


def test_a_lost_file_is_said_to_be_lost(towns, client_as):
    client = client_as(towns)
    told = attach(client).json()
    Shelf(towns.with_suffix(".service") / "attachments").place(told["sha256"]).unlink()
    assert client.get(f"/attachments/{told['attachment_id']}").status_code == 410


def test_what_a_crash_left_behind_is_swept_at_the_next_start(towns, client_as):
    kept = attach(client_as(towns)).json()["sha256"]
    shelf = Shelf(towns.with_suffix(".service") / "attachments")
    old, young, part = shelf.place("0" * 64), shelf.place("1" * 64), shelf.folder / "x.part"
    for path in (old, young, part):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    for path in (old, part, shelf.place(kept)):
        os.utime(path, (0, 0))
    client_as(towns)
    assert files(towns) == sorted([kept, "1" * 64])


def test_a_row_that_cannot_be_written_leaves_no_row_and_says_so(towns, client_as):
    client = client_as(towns)
    with closing(sqlite3.connect(towns)) as connection:
        connection.execute("DROP TABLE attachments")
    assert attach(client).status_code >= 500
    assert rows(towns, "SELECT count(*) FROM audit") == [(0,)]


def test_the_person_is_the_author(towns, client_as):
    assert Principal("李工", "qa").may("decide")
    assert attach(client_as(towns, "qa", None, "李工")).json()["author"] == "李工"
