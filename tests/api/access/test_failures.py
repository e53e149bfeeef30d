"""The sliding window over failed attempts."""

import pytest
from geocensus_api.access import failures as module
from geocensus_api.access.failures import Failures, neighbourhood


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def failures(now):
    return Failures(most=3, window_s=60, steady=lambda: now[0])


def test_the_window_slides(failures, now):
    for now[0] in (0.0, 10.0, 20.0):
        assert failures.wait_s("10.0.0.1") == 0
        failures.note("10.0.0.1")
    assert failures.wait_s("10.0.0.1") == 40
    now[0] = 59.5
    assert failures.wait_s("10.0.0.1") == 1
    now[0] = 60.0
    assert failures.wait_s("10.0.0.1") == 0
    failures.note("10.0.0.1")
    assert failures.wait_s("10.0.0.1") == 10


def test_neighbours_do_not_wait(failures):
    for _ in range(3):
        failures.note("10.0.0.1")
    assert failures.wait_s("10.0.0.1")
    assert not failures.wait_s("10.0.0.2")


def test_memory_has_an_end_and_old_addresses_leave_it(failures, now, monkeypatch):
    monkeypatch.setattr(module, "_ADDRESSES", 100)
    for number in range(1000):
        failures.note(f"10.0.{number // 250}.{number % 250}")
    assert len(failures) == 100
    now[0] = 61.0
    assert failures.wait_s("10.0.3.249") == 0
    assert len(failures) == 99


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_what_one_client_can_choose_from_is_one(address, network):
    assert neighbourhood(address) == network
