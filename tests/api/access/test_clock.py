"""A clock that never runs backwards."""

from geocensus_api.access.clock import Clock
from hypothesis import given
from hypothesis import strategies as st


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(0, 1e6)), max_size=20))
def test_it_only_grows_whatever_the_wall_says(steps):
    hands = [1e9, 0.0]
    clock = Clock(lambda: hands[0], lambda: hands[1])
    seen = clock.now()
    for wall, steady in steps:
        hands[0] += wall
        hands[1] += steady
        assert clock.now() >= seen
        seen = clock.now()


def test_set_back_it_goes_on_from_where_it_was():
    hands = [1000.0, 0.0]
    clock = Clock(lambda: hands[0], lambda: hands[1])
    hands[:] = [1600.0, 600.0]
    assert clock.now() == 1600
    hands[:] = [0.0, 700.0]
    assert clock.now() == 1700


def test_what_was_written_down_before_the_start_counts():
    hands = [1000.0, 50.0]
    clock = Clock(lambda: hands[0], lambda: hands[1])
    clock.not_before(5000)
    hands[1] = 60.0
    assert clock.now() == 5010
    clock.not_before(10)
    assert clock.now() == 5010
