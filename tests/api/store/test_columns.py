"""Columns in memory: numbers from them are those that SQL would count, whoever edits what."""

import sqlite3

import numpy as np
import pytest
from geocensus_api.access.principal import Principal
from geocensus_api.counting import counted
from geocensus_api.features.catalogue import collection, properties
from geocensus_api.features.parameters import Wanted
from geocensus_api.resources import Resources
from geocensus_api.store import columns, columns_keeper
from geocensus_api.store.columns import Coded, numbers_by, read_coded
from geocensus_api.store.columns_keeper import is_coded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.workspace.connection import transaction, writable

ADMIN = Principal("王工", "admin", None)
IN_A = Principal("王工", "qa", ("330822001",))
EDITS = st.one_of(
    st.tuples(
        st.just('UPDATE sources SET "class" = ? WHERE fid = ?'),
        st.sampled_from(["farm", "x", None]),
        st.integers(1, 240),
    ),
    st.tuples(
        st.just("UPDATE sources SET source_id = ? WHERE fid = ?"), st.text("ab", min_size=9), st.integers(1, 240)
    ),
    st.tuples(st.just("UPDATE sources SET located_code = ? WHERE fid = ?"), st.just("330822001"), st.integers(1, 240)),
    st.tuples(st.just('UPDATE unlocated_sources SET "class" = ? WHERE fid = ?'), st.just("mine"), st.integers(1, 5)),
    st.tuples(st.just("DELETE FROM sources WHERE ? <> '' AND fid = ?"), st.just("x"), st.integers(1, 240)),
    st.tuples(
        st.just("UPDATE flags SET source_id = ? WHERE fid = ?"),
        st.sampled_from(["S0009", "S0099", ""]),
        st.integers(1, 4),
    ),
    st.tuples(st.just("UPDATE flags SET review_state = ? WHERE fid = ?"), st.just("decided"), st.integers(1, 4)),
    st.tuples(st.just("UPDATE flags SET flag_state = ? WHERE fid = ?"), st.just("closed"), st.integers(1, 4)),
    st.tuples(st.just("DELETE FROM flags WHERE ? <> '' AND fid = ?"), st.just("x"), st.integers(1, 4)),
    st.tuples(
        st.just("INSERT INTO flags (severity, source_id) SELECT ?, source_id FROM sources WHERE fid = ?"),
        st.just("info"),
        st.integers(1, 240),
    ),
)


@pytest.fixture
def shared(towns):
    with writable(towns, wait_s=5) as connection:
        connection.execute("ALTER TABLE sources ADD COLUMN import_group TEXT")
        connection.execute("UPDATE sources SET import_group = row % 3")
        connection.execute("ALTER TABLE sources ADD COLUMN code_township TEXT")
        connection.execute("UPDATE sources SET code_township = located_code")
    shared = Resources(towns)
    yield shared
    shared.close()


def wanted(equal, bbox=None, text=""):
    return Wanted(bbox, text, equal)


QUERIES = [
    ("sources", ["class"], wanted({})),
    ("sources", ["class", "import_group"], wanted({"severity": ["error", "warning"]})),
    ("sources", ["severity"], wanted({"class": ["farm", "domestic"]}, (118.0, 28.0, 118.2, 28.1))),
    ("sources", ["code_township", "severity"], wanted({"import_group": ["1"]}, None, "row > 40")),
    ("sources", ["claimed_area_code"], wanted({"name": ["企业3", "企业4"]})),
    ("flags", ["rule", "severity"], wanted({})),
    ("flags", ["class", "import_group"], wanted({"flag_state": ["open"]})),
    ("flags", ["code_township", "review_state"], wanted({"class": ["industrial", "farm"]})),
    ("flags", ["severity"], wanted({"code_township": ["330822001"]}, (118.0, 28.0, 118.2, 28.1))),
]


def both_ways(shared, who):
    """Return what memory and what SQL counts."""
    answers = []
    with shared.reading() as connection:
        for name, by, query in QUERIES:
            entry = collection(connection, name, who)
            fields = {one.name: one for one in properties(connection, entry)}
            asked = (connection, entry, fields, query, [fields[key] for key in by])
            held = shared.memory.grouped(*asked)
            assert held is not None, (name, by)
            answers.append((held, counted(asked[0], _Nothing(), *asked[1:])))
    return answers


class _Nothing:
    """A memory that has nothing."""

    def grouped(self, *_asked):
        return None


@pytest.mark.parametrize("who", [ADMIN, IN_A], ids=["all", "A"])
def test_memory_counts_what_sql_counts(shared, who):
    for held, asked in both_ways(shared, who):
        assert held == asked
    assert any(len(held) > 1 for held, _ in both_ways(shared, who))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(EDITS, max_size=5), min_size=1, max_size=3))
def test_after_any_edit_memory_counts_what_sql_counts(shared, batches):
    both_ways(shared, ADMIN)
    for batch in batches:
        with writable(shared.workspace, wait_s=5) as connection, transaction(connection, wait_s=5):
            for statement, *values in batch:
                connection.execute(statement.replace("UPDATE", "UPDATE OR IGNORE"), values)
        for held, asked in both_ways(shared, ADMIN):
            assert held == asked


def edited(shared, statement):
    with writable(shared.workspace, wait_s=5) as connection, transaction(connection, wait_s=5):
        connection.execute(statement)


def test_a_change_reads_only_what_it_concerns(shared, monkeypatch):
    both_ways(shared, ADMIN)

    def never(*_args):
        raise AssertionError("read all again")

    monkeypatch.setattr(columns_keeper, "read_coded", never)
    edited(shared, "UPDATE flags SET review_state = 'decided' WHERE flag_id = 'f3'")
    edited(shared, "UPDATE unlocated_sources SET class = 'mine' WHERE source_id = 'S0049'")
    for held, asked in both_ways(shared, ADMIN):
        assert held == asked


def test_an_area_that_gets_another_parent_is_followed(shared):
    def claimed():
        with shared.reading() as connection:
            entry = collection(connection, "flags", ADMIN)
            fields = {one.name: one for one in properties(connection, entry)}
            return shared.memory.grouped(connection, entry, fields, wanted({}), [fields["claimed_code_county"]])

    edited(shared, "ALTER TABLE sources ADD COLUMN claimed_level TEXT")
    edited(shared, "UPDATE sources SET claimed_level = 'township'")
    edited(shared, "UPDATE gpkg_contents SET last_change = '2030-01-01T00:00:00Z'")
    assert claimed() == [(None, 2), ("330822", 2)]
    edited(shared, "UPDATE areas_township SET parent_code = '330899' WHERE code = '330822100'")
    assert claimed() == [(None, 2), ("330822", 1), ("330899", 1)]


def test_without_notes_of_changes_all_is_read_again(shared):
    both_ways(shared, ADMIN)
    edited(shared, "DROP TRIGGER change_log_update_unlocated_sources")
    edited(shared, "UPDATE unlocated_sources SET class = 'mine' WHERE source_id = 'S0049'")
    for held, asked in both_ways(shared, ADMIN):
        assert held == asked


def test_a_column_that_somebody_makes_anew_is_read_anew(shared):
    both_ways(shared, ADMIN)
    edited(shared, "ALTER TABLE sources DROP COLUMN import_group")
    edited(shared, "ALTER TABLE sources ADD COLUMN import_group TEXT")
    for held, asked in both_ways(shared, ADMIN):
        assert held == asked


def test_too_many_values_are_left_to_sql(shared, monkeypatch):
    monkeypatch.setattr(columns, "_MOST", 3)
    with shared.reading() as connection:
        entry = collection(connection, "sources", ADMIN)
        fields = {one.name: one for one in properties(connection, entry)}
        asked = (connection, entry, fields, wanted({"import_group": ["1"]}), [fields["import_group"]])
        assert shared.memory.grouped(*asked) is None
        assert counted(connection, shared.memory, *asked[1:]) == counted(connection, _Nothing(), *asked[1:])


def test_few_valued_properties_are_told_by_name(shared):
    with shared.reading() as connection:
        fields = {one.name: one for one in properties(connection, collection(connection, "sources", ADMIN))}
    assert {name for name, one in fields.items() if is_coded(one)} >= {"class", "import_group", "severity"}
    assert not any(is_coded(fields[name]) for name in ("name", "row", "lon", "on_border"))


def test_numbers_are_sorted_as_sqlite_sorts():
    names = (None, "b", "a", "ä")
    codes = np.array([0, 0, 1, 2, 3, 3, 3])
    told = numbers_by([Coded(codes, names), Coded(np.zeros(7, np.uint16), ("x",))], None)
    assert told == [("ä", "x", 3), (None, "x", 2), ("a", "x", 1), ("b", "x", 1)]
    assert numbers_by([Coded(codes, names)], np.array([2, 3])) == [("a", 1), ("b", 1)]
    assert numbers_by([Coded(codes[:0], (None,))], None) == []


@pytest.mark.parametrize("dense", [1, 1 << 22])
def test_many_combinations_are_counted_the_same(monkeypatch, dense):
    monkeypatch.setattr(columns, "_DENSE", dense)
    rng = np.random.default_rng(1)
    one, other = (Coded(rng.integers(0, 5, 300), (None, "a", "b", "c", "d")) for _ in range(2))
    pairs = [(one.names[a], other.names[b]) for a, b in zip(one.codes, other.codes, strict=True)]
    told = numbers_by([one, other], None)
    assert {row[:-1]: row[-1] for row in told} == {pair: pairs.count(pair) for pair in pairs}


def test_values_with_separators_in_them_are_read_one_by_one():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (fid INTEGER PRIMARY KEY, a TEXT)")
    connection.executemany("INSERT INTO t (a) VALUES (?)", [("x\x1fy",), (None,), ("",)])
    column = read_coded(connection, "t", np.arange(1, 4), {"a": "a"})["a"]
    assert [column.names[code] for code in column.codes] == ["x\x1fy", None, ""]
    connection.close()
