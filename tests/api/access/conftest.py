"""A keeper of its own for every test, with a clock that the test turns."""

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.access import people, tokens
from geocensus_api.access.clock import Clock
from geocensus_api.access.keeper import Keeper
from starlette.testclient import TestClient

from ..conftest import TOKEN  # noqa: TID252 - the operator's, as for all clients

START = 1_790_000_000


class Hands:
    """Hands of a clock: the one on the wall, and the one that only goes forward."""

    def __init__(self):
        self.wall, self.steady = float(START), 0.0

    def pass_(self, seconds):
        self.wall += seconds
        self.steady += seconds


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch):
    """Cost nothing but in the tests of the cost itself: the mathematics stays the same."""
    monkeypatch.setattr(tokens, "_COST", {"n": 16, "r": 8, "p": 1, "dklen": 32})


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def make_keeper(tmp_path, hands):
    made = []

    def make(folder=None, **options):
        clock = Clock(lambda: hands.wall, lambda: hands.steady)
        keeper = Keeper(
            folder or tmp_path / "ws.service", token=TOKEN, clock=clock, steady=lambda: hands.steady, **options
        )
        made.append(keeper)
        return keeper

    yield make
    for keeper in made:
        keeper.close()


@pytest.fixture
def keeper(make_keeper):
    return make_keeper()


def add(keeper, name="王工", role="qa", scope=("330822001",), **options):
    return people.add(keeper.database, name, role=role, scope=scope, by="test", now=keeper.now(), **options)


def bearer(token):
    return {"Authorization": f"Bearer {token}".encode()}


@pytest.fixture
def service(towns, make_keeper, hands):
    """Return the application over a workspace of its own, and the keeper of its door; time is the test's."""
    app = create_app(Settings(token=TOKEN, failures_max=3, page_folder=towns.with_name("no-page")), towns)
    app.state.door.keeper = make_keeper(towns.with_suffix(".service"))
    app.state.door.failures._steady = lambda: hands.steady
    return app


@pytest.fixture
def browser_of():
    """Return a function that opens another client of an application, with cookies of its own."""
    opened = []

    def start(app, address="http://geo.test", **options):
        client = TestClient(app, base_url=address, raise_server_exceptions=False, follow_redirects=False, **options)
        opened.append(client.__enter__())
        return opened[-1]

    yield start
    for client in opened:
        client.__exit__(None, None, None)
