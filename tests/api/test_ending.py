"""Answers that let go of what they hold, also where the client goes away in the middle."""

import anyio
import pytest
from geocensus_api.ending import EndingFile, EndingStream
from starlette.requests import ClientDisconnect

SCOPE = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}, "extensions": {}}
OLD = {**SCOPE, "asgi": {"spec_version": "2.3"}}


async def nothing():
    await anyio.sleep_forever()


async def gone():
    await anyio.sleep(0.01)
    return {"type": "http.disconnect"}


def sending(most):
    """Return a channel that breaks after some messages, and the list of those."""
    sent = []

    async def send(message):
        if len(sent) >= most:
            raise OSError
        sent.append(message)

    return send, sent


def pieces(ended):
    try:
        for number in range(100):
            yield b"%d" % number
    finally:
        ended.append(True)


def test_a_stream_is_closed_at_its_end():
    ended, (send, sent) = [], sending(200)
    anyio.run(EndingStream(pieces(ended)), SCOPE, nothing, send)
    assert len(sent) == 102
    assert ended == [True]


def test_a_stream_is_closed_when_the_client_goes():
    ended, (send, sent) = [], sending(3)
    stream = EndingStream(pieces(ended))
    with pytest.raises(ClientDisconnect):
        anyio.run(stream, SCOPE, nothing, send)
    assert (len(sent), ended) == (3, [True])


def test_a_stream_that_nobody_reads_is_closed_when_the_client_goes():
    ended = []

    async def full(message):
        if message["type"] == "http.response.body":
            await anyio.sleep_forever()

    anyio.run(EndingStream(pieces(ended)), OLD, gone, full)
    assert ended == [True]


@pytest.mark.parametrize("most", [100, 1])
def test_a_file_is_taken_away_in_any_case(tmp_path, most):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 1_000_000)
    send, _sent = sending(most)
    answer = EndingFile(path, end=path.unlink)
    try:
        anyio.run(answer, SCOPE, nothing, send)
    except OSError:
        assert most == 1
    assert not path.exists()
