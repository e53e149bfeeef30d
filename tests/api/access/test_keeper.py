"""Whose token, session or code it is, and until when."""

import pytest
from geocensus_api.access import keeper as module
from geocensus_api.access import people
from geocensus_api.access.principal import Principal
from geocensus_api.access.tokens import new_token

from .conftest import TOKEN, add

WHO = Principal("王工", "qa", ("330822001",))


def known(keeper, token):
    return keeper.remembered(token) or keeper.verified(token)


def test_a_token_opens_as_the_person_it_was_made_for(keeper):
    made = add(keeper)
    assert keeper.remembered(made.token) is None
    assert known(keeper, made.token).who == WHO
    assert keeper.remembered(made.token).who == WHO


def test_the_operators_token_is_the_administrator_of_everything(keeper):
    assert keeper.remembered(TOKEN).who == Principal("admin", "admin")
    assert keeper.verified(TOKEN) is None  # it has not the form of a stored one, and is never looked for there


@pytest.mark.parametrize("token", ["", " ", "gc_", "x" * 10_000, TOKEN + "x", TOKEN[:-1], "\udc80"])
def test_what_is_no_token_opens_nothing(keeper, token):
    add(keeper)
    assert known(keeper, token) is None


def test_forged_tokens_open_nothing(keeper, make_keeper, tmp_path):
    made, other = add(keeper), add(make_keeper(tmp_path / "other.service"))
    last = "b" if made.token[-1] == "a" else "a"
    swapped = f"gc_{made.token_id}_{other.token.split('_')[2]}"
    for forged in (made.token[:-1] + last, other.token, swapped, made.token.upper(), made.token + "a"):
        assert known(keeper, forged) is None
    assert known(keeper, made.token)


def test_an_unknown_id_costs_no_scrypt_and_a_known_one_does(keeper, monkeypatch):
    made, asked = add(keeper), []
    monkeypatch.setattr(module, "matches", lambda *given: asked.append(given[0]) or False)
    assert known(keeper, new_token().text) is None
    assert asked == []
    wrong = made.token[:-1] + ("b" if made.token[-1] == "a" else "a")
    assert known(keeper, wrong) is None
    assert asked == [wrong]


def test_a_token_ends_on_its_day(keeper, hands):
    made = add(keeper, days=1)
    hands.pass_(86_399)
    assert known(keeper, made.token).expires == keeper.now() + 1
    hands.pass_(1)
    assert known(keeper, made.token) is None


def test_revoking_from_elsewhere_takes_effect_with_the_next_request(keeper, make_keeper):
    made, other = add(keeper), make_keeper()
    assert known(keeper, made.token)
    assert keeper.remembered(made.token)
    people.revoke(other.database, "王工", by="x", now=1)
    assert keeper.remembered(made.token) is None
    assert known(keeper, made.token) is None


def test_one_revoked_token_leaves_the_other(keeper):
    first, second = add(keeper), add(keeper)
    people.revoke(keeper.database, "王工", by="x", now=1, token=first.token_id)
    assert known(keeper, first.token) is None
    assert known(keeper, second.token)


def test_a_changed_role_holds_for_tokens_that_are_known(keeper):
    made = add(keeper)
    assert known(keeper, made.token).who.role == "qa"
    add(keeper, role="viewer", scope=None)
    assert known(keeper, made.token).who == Principal("王工", "viewer")


def test_using_a_token_is_written_down_now_and_then_and_forgets_nothing(keeper, hands, monkeypatch):
    made = add(keeper)
    known(keeper, made.token)
    monkeypatch.setattr(module, "matches", lambda *_: pytest.fail("scrypt again"))
    for _ in range(5):
        hands.pass_(400)
        assert known(keeper, made.token)
    used = people.people(keeper.database)[0].tokens[0].last_used
    assert keeper.now() - 800 < used <= keeper.now()


def test_the_memory_of_tokens_has_an_end(keeper, monkeypatch):
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    for _ in range(6):
        made = add(keeper)
        keeper.remembered(made.token)
        known(keeper, made.token)
    assert len(keeper._known) <= 3


def test_a_session_lasts_as_long_as_it_is_used(make_keeper, hands):
    keeper = make_keeper(idle_s=1000)
    cookie = keeper.open_session(known(keeper, add(keeper).token))
    assert keeper.session(cookie).who.name == "王工"
    assert keeper.session(cookie).who.session
    assert keeper.session(cookie).who.session not in cookie
    for _ in range(5):
        hands.pass_(900)
        assert keeper.session(cookie)
        assert keeper.session_is_stale(cookie)
        keeper.touch_session(cookie)
        assert not keeper.session_is_stale(cookie)
    hands.pass_(1000)
    assert keeper.session(cookie) is None


def test_a_page_left_open_does_not_keep_a_session_for_ever(keeper, hands):
    cookie = keeper.open_session(known(keeper, add(keeper).token))
    for _ in range(7 * 24):
        assert keeper.session(cookie)
        keeper.touch_session(cookie)
        hands.pass_(3600)
    assert keeper.session(cookie) is None


def test_a_session_ends_with_its_token(keeper, hands):
    made = add(keeper, days=1)
    cookie = keeper.open_session(known(keeper, made.token))
    hands.pass_(80_000)
    keeper.touch_session(cookie)
    assert keeper.session(cookie).expires == keeper.now() + 6400
    hands.pass_(6400)
    assert keeper.session(cookie) is None


@pytest.mark.parametrize("whole", [True, False])
def test_a_session_ends_when_its_token_or_person_is_revoked(keeper, make_keeper, whole):
    made = add(keeper)
    cookie = keeper.open_session(known(keeper, made.token))
    people.revoke(make_keeper().database, "王工", by="x", now=1, token="" if whole else made.token_id)
    assert keeper.session(cookie) is None


def test_logging_out_ends_one_session(keeper):
    entry = known(keeper, add(keeper).token)
    first, second = keeper.open_session(entry), keeper.open_session(entry)
    keeper.close_session(first, "王工")
    assert keeper.session(first) is None
    assert keeper.session(second)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 10_000, "\udc80"])
def test_what_is_no_session(keeper, cookie):
    add(keeper)
    assert keeper.session(cookie) is None


def test_sessions_of_people_outlive_a_restart_and_the_operators_do_not(keeper, make_keeper):
    theirs, ours = keeper.open_session(known(keeper, add(keeper).token)), keeper.open_session(keeper.operator)
    assert keeper.session(ours).who.role == "admin"
    again = make_keeper()
    assert again.session(theirs).who.name == "王工"
    assert again.session(ours) is None


def test_sessions_that_ended_are_cleared_away(keeper, hands):
    entry = known(keeper, add(keeper).token)
    for _ in range(3):
        keeper.open_session(entry)
    hands.pass_(50_000)
    keeper.open_session(entry)
    assert keeper.database.rows("SELECT count(*) FROM sessions")[0][0] == 1


def test_a_clock_set_back_revives_nothing(keeper, make_keeper, hands):
    made = add(keeper, days=1)
    cookie = keeper.open_session(known(keeper, made.token))
    hands.pass_(86_400)
    assert known(keeper, made.token) is None
    other = add(keeper, "李工")
    assert known(keeper, other.token)  # the time of its use is on the disk
    hands.wall -= 80_000
    for one in (keeper, make_keeper()):  # also after a restart
        assert known(one, made.token) is None
        assert one.session(cookie) is None
        assert known(one, other.token)


def test_a_code_logs_in_once(keeper):
    code = keeper.code(known(keeper, add(keeper).token))
    assert keeper.redeemed(code + "x") is None
    assert keeper.redeemed(code).who == WHO
    assert keeper.redeemed(code) is None


def test_a_code_is_good_for_ten_minutes(keeper, hands):
    early, late = (keeper.code(keeper.operator) for _ in range(2))
    hands.pass_(599)
    assert keeper.redeemed(early)
    hands.pass_(1)
    assert keeper.redeemed(late) is None


def test_a_code_opens_nothing_for_somebody_revoked_meanwhile(keeper):
    code = keeper.code(known(keeper, add(keeper).token))
    people.revoke(keeper.database, "王工", by="x", now=1)
    assert keeper.redeemed(code) is None


def test_the_administrator_is_the_first_who_is_let_in(keeper):
    assert keeper.administrator() is None
    add(keeper, "甲", "admin", ("330822",))
    add(keeper, "乙", "admin", None)
    add(keeper, "丙", "admin", None)
    assert keeper.administrator().who.name == "乙"
    people.revoke(keeper.database, "乙", by="x", now=1)
    assert keeper.administrator().who.name == "丙"


def test_an_answer_that_goes_on_ends_with_what_opened_it(keeper, hands):
    made, other = add(keeper, days=1), add(keeper, "李工")
    entry, session = known(keeper, made.token), keeper.open_session(known(keeper, made.token))
    second = known(keeper, other.token)
    browser = keeper.session(session)
    assert all(map(keeper.holds, (keeper.operator, entry, browser, second)))
    keeper.close_session(session, "王工")
    assert [keeper.holds(one) for one in (entry, browser)] == [True, False]
    add(keeper, "李工", role="reviewer")  # the same token means another role now
    assert not keeper.holds(second)
    hands.pass_(86_400)
    assert not keeper.holds(entry)


@pytest.mark.parametrize("token", [True, False])
def test_an_answer_that_goes_on_ends_when_somebody_is_revoked(keeper, token):
    made = add(keeper)
    entry = known(keeper, made.token)
    people.revoke(keeper.database, "王工", token=made.token_id if token else "", by="test", now=keeper.now())
    assert not keeper.holds(entry)
