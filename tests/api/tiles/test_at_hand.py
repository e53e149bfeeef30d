"""Tiles that are at hand: the same bytes as those made on the way, and nobody's but those who have the same rights."""

import gzip

import numpy as np
import pytest
from geocensus_api import Settings, create_app
from geocensus_api.access.door import DoorMiddleware
from geocensus_api.access.principal import Principal
from geocensus_api.tiles import encoding
from geocensus_api.tiles.at_hand import AtHandMiddleware
from geocensus_api.tiles.encoding import Shapes
from hypothesis import given
from hypothesis import strategies as st
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from geocensus.workspace.connection import transaction, writable

SOURCES = "/collections/sources/tiles/WebMercatorQuad"


@pytest.fixture
def answered(monkeypatch):
    """What was answered at hand: a list of paths, filled while the test runs."""
    paths, plain = [], AtHandMiddleware._answer

    def noting(self, scope):
        answer = plain(self, scope)
        paths.extend([scope["path"]] if answer is not None and answer.status_code == 200 else [])
        return answer

    monkeypatch.setattr(AtHandMiddleware, "_answer", noting)
    return paths


def test_the_second_tile_is_at_hand_and_the_same(client_as, towns, answered):
    client = client_as(towns)
    first = client.get(f"{SOURCES}/0/0/0")
    assert answered == []
    second = client.get(f"{SOURCES}/0/0/0")
    assert answered == [f"{SOURCES}/0/0/0"]
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)


def test_other_tiles_of_points_are_made_at_hand(client_as, towns, answered):
    client, other = client_as(towns), client_as(towns)
    client.get(f"{SOURCES}/0/0/0")
    path = f"{SOURCES}/4/6/13"
    made = client.get(path)
    assert answered == [path]
    assert made.content
    assert made.content == other.get(path).content
    assert answered == [path]  # another service has nothing at hand yet


@pytest.mark.parametrize("collection", ["sources", "areas-township"])
def test_a_filter_is_part_of_what_is_kept(client_as, towns, answered, collection):
    client = client_as(towns)
    path = f"/collections/{collection}/tiles/WebMercatorQuad/8/107/212"
    query = {"filter": "code = '9'" if collection.startswith("areas") else "row < 9"}
    everything = client.get(path).content
    assert client.get(path, params=query).content != everything
    assert answered == []
    assert client.get(path).content == everything
    assert client.get(path, params=query).content != everything
    assert answered == [path, path]


class _Named:
    """Somebody whose role the request itself tells."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            areas = headers.get(b"x-scope", b"").decode()
            scope["geocensus.principal"] = Principal("王工", headers[b"x-role"].decode(), tuple(areas.split()) or None)
        await self.app(scope, receive, send)


@pytest.fixture
def service(towns):
    """Return a client of one service, which many people ask."""
    app = create_app(Settings(token="t" * 24), towns)
    door = next(place for place, one in enumerate(app.user_middleware) if one.cls is DoorMiddleware)
    app.user_middleware.insert(door + 1, Middleware(_Named))
    with TestClient(app, headers={"Authorization": f"Bearer {'t' * 24}"}) as client:
        yield client


def test_nobody_is_given_another_one_s_tile(service, answered):
    path, flags = f"{SOURCES}/8/107/212", "/collections/flags/tiles/WebMercatorQuad/8/107/212"
    people = [{"X-Role": "admin"}, {"X-Role": "viewer"}, {"X-Role": "admin", "X-Scope": "330822100"}]
    first = [service.get(path, headers=who).content for who in people]
    assert answered == []
    assert len(set(first)) == 3
    assert [service.get(path, headers=who).content for who in people] == first
    assert answered == [path] * 3
    assert [service.get(flags, headers=people[0]).status_code for _ in range(2)] == [200, 200]
    assert service.get(flags, headers=people[1]).status_code == 403
    # a tile that nobody asked for yet is made of what each of them sees
    wide = f"{SOURCES}/3/3/6"
    assert len({service.get(wide, headers=who).content for who in people}) == 3
    assert answered[-3:] == [wide] * 3


def test_a_commit_leaves_nothing_at_hand(client_as, towns, answered):
    client = client_as(towns)
    before = client.get(f"{SOURCES}/0/0/0").content
    with writable(towns, wait_s=5) as connection, transaction(connection, wait_s=5):
        connection.execute("DELETE FROM sources WHERE fid = 1")
    after = client.get(f"{SOURCES}/0/0/0").content
    assert answered == []
    assert after != before


def test_a_client_without_gzip_is_given_what_it_can_read(client_as, towns):
    client = client_as(towns)
    for _ in range(2):
        packed = client.get(f"{SOURCES}/0/0/0", headers={"Accept-Encoding": "gzip"})
        plain = client.get(f"{SOURCES}/0/0/0", headers={"Accept-Encoding": "identity"})
        assert plain.headers["content-encoding"] == "identity"
        assert packed.content == plain.content
        assert not plain.content.startswith(gzip.compress(b"")[:2])


@given(st.integers(1, 60), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_few_features_are_encoded_as_many_are(count, kind, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 12, count)
    shapes = Shapes(kind, rng.integers(0, 2 ** rng.integers(1, 40), lengths.sum()), lengths)
    ids, tags = rng.integers(-1, 10**6, count), rng.integers(-1, 20_000, (count, 6))
    assert encoding._few_features(shapes, ids, tags) == encoding._features(shapes, ids, tags)


@given(st.lists(st.integers(-5, 6_000), min_size=1, max_size=30))
def test_a_column_has_each_number_once_and_rising(values):
    found = encoding.column(np.array(values))
    assert found.values == sorted(set(values))
    assert [found.values[code] for code in found.codes.tolist()] == values
