"""The areas that a person holds for, and the values that are kept until their tables change."""

import sqlite3
import threading
from contextlib import closing

import pytest
from geocensus_api.access.principal import Principal
from geocensus_api.features.catalogue import collection, collections
from geocensus_api.features.kept import Kept, keep, keeping
from geocensus_api.features.scope import codes_in_scope, condition_of
from hypothesis import given
from hypothesis import strategies as st

from geocensus.workspace import read_only

from .conftest import A1, A2, B1, B2, COUNTY, PARENTS, A, B, open_clients


def who(*scope):
    return Principal("王工", "qa", scope)


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ((COUNTY,), {COUNTY, A, B, A1, A2, B1, B2}),
        ((A,), {A, A1, A2}),
        ((A, A1, B2), {A, A1, A2, B2}),
        ((B1,), {B1}),
        (("",), set()),
        ((), set()),
    ],
)
def test_codes_in_and_below_the_scope(rights_path, scope, codes):
    with read_only(rights_path) as connection:
        assert codes_in_scope(connection, who(*scope)) == codes


def test_everything_needs_no_condition(rights_path):
    with read_only(rights_path) as connection:
        everybody = Principal("王工", "qa", None)
        assert codes_in_scope(connection, everybody) is None
        assert all(entry.condition.sql == "" for entry in collections(connection, everybody))


@given(scope=st.sets(st.sampled_from(sorted(PARENTS))))
def test_codes_are_those_whose_line_of_parents_meets_the_scope(rights_path, scope):
    def meets(code):
        return bool(code) and (code in scope or meets(PARENTS[code]))

    with read_only(rights_path) as connection:
        assert codes_in_scope(connection, who(*scope)) == {code for code in PARENTS if meets(code)}


def test_a_table_that_nobody_thought_of_is_not_seen_by_who_holds_for_some_areas(rights_path):
    with read_only(rights_path) as connection:
        assert condition_of(connection, "workspace_info", who(COUNTY)).sql == "0"


def copied(path, target):
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def test_a_new_border_holds_with_the_next_request(rights_path, tmp_path):
    path = copied(rights_path, tmp_path / "ws.gpkg")
    with open_clients(path) as clients:
        items = "/collections/sources/items"
        before = clients("qa", A).get(items).json()["numberMatched"]
        with closing(sqlite3.connect(path)) as connection:  # as GDAL and QGIS do it: rows, then the time of the change
            change = "UPDATE areas_village SET parent_code = ? WHERE code = ?"
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'areas_village'"
            ).fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            connection.execute(change, (A, B1))
            connection.execute("UPDATE gpkg_contents SET last_change = '2030-01-01' WHERE table_name = 'areas_village'")
            connection.commit()
        found = {one["properties"]["source_id"] for one in clients("qa", A).get(items).json()["features"]}
        assert before == 4
        assert found == {"a1", "a2", "a3", "ab", "b1"}


def test_values_are_kept_until_their_tables_change(rights_path):
    made = []
    kept = Kept()
    for _ in range(3):
        with read_only(rights_path) as connection, keeping(connection, kept):
            keep(connection, "name", lambda: made.append(1) or "value", tables=lambda name: name == "sources")
            first = collection(connection, "sources", who(A))
    with read_only(rights_path) as connection, keeping(connection, kept):
        assert collection(connection, "sources", who(A)) is first
        assert collection(connection, "sources", who(B)) is not first
    with read_only(rights_path) as connection:
        assert collection(connection, "sources", who(A)) == first  # without a store: read again, and the same
    assert len(made) == 1


def test_a_second_thread_waits_for_the_first_ones_value():
    kept, made, started = Kept(), [], threading.Event()

    def slow():
        started.set()
        made.append(1)
        return threading.Event().wait(0.05) or "value"

    threads = [threading.Thread(target=lambda: kept.get("a", 1, slow)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), kept.get("a", 1, slow)) == (1, "value")


def test_the_least_used_values_are_forgotten():
    kept = Kept(most=2)
    for name in ("a", "b", "a", "c"):
        kept.get(name, 1, lambda name=name: name)
    assert kept.get("a", 1, lambda: "again") == "a"
    assert kept.get("b", 1, lambda: "again") == "again"
