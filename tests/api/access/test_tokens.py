"""The form of tokens, and what is kept of them."""

import pytest
from geocensus_api.access.tokens import hashed, matches, new_token, parsed


def test_no_two_are_alike_and_nothing_of_the_secret_is_shown():
    made = [new_token() for _ in range(50)]
    assert len({token.id for token in made}) == len({token.text for token in made}) == 50
    assert all(token.text.split("_")[2] not in repr(token) for token in made)
    assert all(parsed(token.text) == (token.id, token.text.split("_")[2]) for token in made)


def test_every_flipped_bit_is_another_token():
    token = new_token()
    for place in range(0, len(token.text), 7):
        for bit in (1, 2, 16):
            forged = token.text[:place] + chr(ord(token.text[place]) ^ bit) + token.text[place + 1 :]
            assert not matches(forged, token.salt, token.hash)
    assert matches(token.text, token.salt, token.hash)


def test_the_same_token_has_another_hash_under_another_salt():
    assert hashed("gc_x", b"1" * 16) != hashed("gc_x", b"2" * 16)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gc_",
        "gc__",
        "x" * 10_000,
        "gc_" + "0" * 16 + "_",
        "gc_" + "0" * 16 + "_" + "a" * 42,
        "令牌",
        "\udc80",
        "gc_\n",
    ],
)
def test_what_is_no_token(text):
    assert parsed(text) is None


def test_a_line_break_at_the_end_is_no_part_of_a_token():
    assert parsed(new_token().text + "\n") is None


def test_the_cost_is_that_of_rfc_7914(monkeypatch):
    monkeypatch.undo()
    from geocensus_api.access import tokens

    assert tokens._COST["n"] * tokens._COST["r"] * 128 == 16 * 2**20  # bytes of memory
