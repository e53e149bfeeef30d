"""People in the file: names, roles, scopes, the trail that only grows, and who may read it."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
from geocensus_api.access import people
from geocensus_api.access.database import Database

from geocensus.errors import DataNotFoundError, SchemaError, WorkspaceError

NOW = 1000


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "ws.service")
    yield database
    database.close()


def add(database, name="王工", role="qa", scope=("330822",), **options):
    return people.add(database, name, role=role, scope=scope, by="root", now=NOW, **options)


def trail(database):
    return [tuple(row) for row in database.rows("SELECT author, action, target FROM audit ORDER BY id")]


def test_nothing_is_made_before_somebody_is_added(database):
    assert people.people(database) == []
    assert not database.path.parent.exists()


def test_a_person_is_kept_without_the_token(database):
    made = add(database, " 王工 ", scope=("330822100", "330822001", "330822001"), days=2)
    (person,) = people.people(database)
    assert (person.name, person.role, person.scope, person.by) == ("王工", "qa", ("330822001", "330822100"), "root")
    assert [(token.id, token.expires) for token in person.tokens] == [(made.token_id, NOW + 2 * 86_400)]
    database.close()
    kept = b"".join(file.read_bytes() for file in database.path.parent.iterdir())
    assert made.token.split("_")[2].encode() not in kept
    assert trail(database) == [("root", "person.add", "王工"), ("root", "token.add", "王工")]


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_nobody_else_may_look_into_it(database):
    database.path.parent.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        add(database)
    finally:
        os.umask(before)
    assert database.path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in database.path.parent.iterdir()} == {0o600}


def test_the_same_name_twice_is_the_same_person_with_one_more_token(database):
    first, second = add(database), add(database, role="reviewer", scope=None)
    assert (first.before, second.before.role) == (None, "qa")
    (person,) = people.people(database)
    assert (person.role, person.scope) == ("reviewer", None)
    assert [token.id for token in person.tokens] == [first.token_id, second.token_id]
    change = database.rows("SELECT before, after FROM audit WHERE action = 'person.change'")[0]
    assert [json.loads(text)["role"] for text in change] == ["qa", "reviewer"]


@pytest.mark.parametrize(("name", "same"), [("Ａnna", "anna"), ("cafe\u0301", "café"), ("STRASSE", "straße")])
def test_names_that_look_alike_are_one(database, name, same):
    add(database, name)
    assert add(database, same).before is not None
    assert len(people.people(database)) == 1


@pytest.mark.parametrize("name", ["张三·李四", "𠮷野", "O'Brien", "Ömer", "a b"])
def test_names_of_any_script_stay_as_they_are(database, name):
    assert add(database, name).name == name


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", "a\nb", "a\x00", "x" * 61, "\u200b"])
def test_names_that_cannot_be(database, name):
    with pytest.raises(SchemaError, match="a name has"):
        add(database, name)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"role": "boss"}, "no role 'boss'; there are: viewer, planner"),
        ({"scope": ()}, "the scope is empty"),
        ({"days": 0}, "days: 1 to"),
        ({"days": 4000}, "days: 1 to"),
        ({"name": "ADMIN"}, "choose another name"),
        ({"name": "admin", "role": "admin"}, "choose another name"),
    ],
)
def test_what_cannot_be_is_said(database, options, said):
    with pytest.raises(SchemaError, match=said):
        add(database, **options)
    assert people.people(database) == []


def test_revoking_one_token_or_all(database):
    first, second = add(database), add(database)
    people.revoke(database, "王工", by="root", now=NOW + 5, token=first.token_id)
    (person,) = people.people(database)
    assert [token.revoked for token in person.tokens] == [NOW + 5, None]
    people.revoke(database, "王工", by="root", now=NOW + 9)
    (person,) = people.people(database)
    assert (person.revoked, [token.revoked for token in person.tokens]) == (NOW + 9, [NOW + 5, NOW + 9])
    with pytest.raises(DataNotFoundError, match="not let in any more"):
        people.add_token(database, "王工", by="root", now=NOW)
    add(database)
    (person,) = people.people(database)
    assert (person.revoked, person.tokens[1].revoked, person.tokens[2].revoked) == (None, NOW + 9, None)
    assert person.tokens[1].id == second.token_id


def test_who_and_which_token_must_be_there(database):
    made = add(database)
    with pytest.raises(DataNotFoundError, match="nobody is called '李'"):
        people.revoke(database, "李", by="root", now=NOW)
    with pytest.raises(DataNotFoundError, match=f"no token 'x'; there are: {made.token_id}"):
        people.revoke(database, "王工", by="root", now=NOW, token="x")


def test_the_last_administrator_stays_where_that_is_asked_for(database):
    add(database, "甲", "admin", None)
    add(database, "乙", "admin", ("330822",))
    with pytest.raises(SchemaError, match="last administrator"):
        people.revoke(database, "甲", by="root", now=NOW, keep_one=True)
    add(database, "丙", "admin", None)
    people.revoke(database, "甲", by="root", now=NOW, keep_one=True)
    people.revoke(database, "乙", by="root", now=NOW, keep_one=True)  # of one county: locks nobody out


def test_the_first_administrator_is_made_once(database):
    add(database, "乙", "admin", ("330822",))
    assert people.ensure_admin(database, now=NOW).startswith("gc_")
    assert people.ensure_admin(database, now=NOW) == ""
    people.revoke(database, "admin", by="root", now=NOW)
    assert people.ensure_admin(database, now=NOW).startswith("gc_")


@pytest.mark.parametrize("statement", ["UPDATE audit SET author = 'x'", "DELETE FROM audit"])
def test_the_trail_only_grows(database, statement):
    add(database)
    with (
        closing(sqlite3.connect(database.path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        connection.execute(statement)


def test_a_change_that_fails_leaves_nothing(database):
    add(database)
    with pytest.raises(sqlite3.IntegrityError), database.writing() as connection:  # noqa: PT012 - the second fails
        connection.execute("UPDATE people SET role = 'admin'")
        connection.execute("DELETE FROM audit")
    assert people.people(database)[0].role == "qa"


def test_a_damaged_file_lets_nobody_in_and_says_so(database):
    database.path.parent.mkdir()
    database.path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    with pytest.raises(WorkspaceError, match=r"access\.sqlite cannot be used"):
        people.people(database)


def test_a_later_version_is_not_touched(database):
    add(database)
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(WorkspaceError, match="later version"):
        add(database)


def test_another_program_that_comes_and_goes_does_not_harm_an_open_file(database):
    """A file that is opened and closed besides SQLite would lose its locks, and with them its log."""
    add(database)
    for number in range(5):
        assert len(people.people(database)) == number + 1
        other = Database(database.path.parent)
        add(other, f"p{number}")
        other.close()
        add(database, f"p{number}")
        script = f"import sqlite3; c = sqlite3.connect({str(database.path)!r}); c.execute('UPDATE people SET by = 1'); c.commit(); c.close()"
        _run(script)
        assert {person.by for person in people.people(database)} == {"1"}


def _run(script):
    import subprocess
    import sys

    subprocess.run([sys.executable, "-I", "-c", script], check=True)


def test_a_file_put_back_from_a_backup_is_read_anew(database, tmp_path):
    add(database)
    with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(tmp_path / "backup")) as target:
        source.backup(target)
    add(database, "李工")
    assert len(people.people(database)) == 2
    for file in database.path.parent.iterdir():
        file.unlink()
    assert people.people(database) == []
    (tmp_path / "backup").replace(database.path)
    assert [person.name for person in people.people(database)] == ["王工"]


def test_a_full_disk_is_told_as_such_and_nobody_is_sent_for_a_backup(database):
    add(database)
    with pytest.raises(WorkspaceError, match="the disk may be full") as raised:
        _fill(database)
    assert "磁盘可能已满" in raised.value.message("zh")
    assert "backup" not in raised.value.message("en")
    assert [person.name for person in people.people(database)] == ["王工"]


def _fill(database):
    """Write more than the file may hold."""
    number = database.rows("PRAGMA page_count")[0][0]
    long = "INSERT INTO audit (at, author, action, target) VALUES (1, 'x', 'x', ?)"
    with database.writing() as connection:
        connection.execute(f"PRAGMA max_page_count = {number}")
        connection.executemany(long, [("x" * 5000,)] * 50)
