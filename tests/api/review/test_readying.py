"""A workspace of tables version 2, which knew no review, is served."""

import sqlite3
from contextlib import closing

import pytest
from geocensus_api.review import readying

_LATER = ("reviews", "comments", "locks", "source_versions", "attachments", "audit", "change_log")


@pytest.fixture
def older(towns):
    """Return the two towns as version 2 had them."""
    with closing(sqlite3.connect(towns)) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (SELECT value FROM json_each(?))"
        listed = '["' + '", "'.join((*_LATER, "decisions", "sources", "flags")) + '"]'
        for (name,) in connection.execute(names, (listed,)).fetchall():
            if not name.startswith(("rtree", "gpkg", "trigger")):
                connection.execute(f'DROP TRIGGER "{name}"')
        for table in _LATER:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
            for known in ("gpkg_contents", "gpkg_ogr_contents"):
                connection.execute(f"DELETE FROM {known} WHERE table_name = ?", (table,))
        connection.execute("UPDATE workspace_info SET value = '2' WHERE key = 'schema_version'")
        connection.commit()
    return towns


def test_an_older_workspace_is_reviewed_from_the_first_request_on(older, client_as):
    client = client_as(older, "reviewer")
    assert client.get("/queue").json()["locked"] == {"total": 0, "flags": []}
    assert client.get("/flags/next?near=118.1,28.1").status_code == 200
    assert client.get("/flags/f1").json()["reviews"] == []


def test_an_older_workspace_that_cannot_be_changed_is_told(older, client_as, monkeypatch):
    def refused(*_args):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("geocensus_api.store.writer.migrate", refused)
    client = client_as(older, "reviewer")
    for path in ("/queue", "/flags/next?near=118.1,28.1", "/flags/f1"):
        answer = client.get(path)
        assert (answer.status_code, "只读" in answer.json()["detail"]) == (409, True)
    assert client.get("/collections/sources/items?limit=1").status_code == 200
    assert readying.ready(client.app.state.resources) is False
