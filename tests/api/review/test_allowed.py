"""What a person is told they may do is what the service accepts: every state × every person × every step."""

import sqlite3
from contextlib import closing

import pytest

A = "330822001"
PDF = b"%PDF-1.4\n%%EOF"
PEOPLE = {
    "王工": "qa",  # decides
    "李工": "reviewer",  # judges, and disputes
    "赵工": "reviewer",
    "admin": "admin",
    "规划": "planner",
}
STEPS = {
    "decide": lambda ask: ask("POST", "decisions", {"outcome": "false_alarm"}),
    "review": lambda ask: ask("POST", "reviews", {"verdict": "approved"}),
    "undo": lambda ask: ask("POST", "undo", {}),
    "lock": lambda ask: ask("POST", "lock"),
    "unlock": lambda ask: ask("DELETE", "lock"),
    "comment": lambda ask: ask("POST", "comments", {"text": "好"}),
    "attach": lambda ask: ask("POST", "attachments?name=a.pdf", PDF),
}
ALARM = ("王工", "POST", "decisions", {"outcome": "false_alarm"})
MOVED = ("王工", "POST", "decisions", {"outcome": "corrected", "lon": 118.1, "lat": 28.1})
LOCK = ("王工", "POST", "lock", None)


def judged(verdict, who="李工", **values):
    return (who, "POST", "reviews", {"verdict": verdict, "comment": "因", **values})


def undone(who):
    return (who, "POST", "undo", {})


# by name: the steps that lead to a state of f1
STATES = {
    "open": (),
    "held": (LOCK,),
    "unclear": (("王工", "POST", "decisions", {"outcome": "cannot_decide"}),),
    "decided": (ALARM,),
    "decided by a reviewer": (("李工", *ALARM[1:]),),
    "decided and held by the second person": (ALARM, ("李工", "POST", "lock", None)),
    "taken back": (ALARM, undone("王工")),
    "approved": (ALARM, judged("approved")),
    "rejected": (ALARM, judged("rejected")),
    "disputed": (ALARM, judged("disputed")),
    "a dispute taken back": (ALARM, judged("disputed"), undone("李工")),
    "approved by the third": (ALARM, judged("disputed"), judged("approved", "赵工")),
    "corrected": (MOVED,),
    "corrected otherwise": (MOVED, judged("approved_with_fixes", lon=118.11, lat=28.1)),
    "a correction sent back": (MOVED, judged("rejected")),
    "corrected twice": (MOVED, judged("rejected"), ("李工", *MOVED[1:3], {**MOVED[3], "lon": 118.12})),
}


def asking(client, flag="f1"):
    """Return a function that does a step on a flag as it stands and tells whether it was accepted."""

    def ask(method, step, body=None):
        seen = client.get(f"/flags/{flag}").headers.get("etag", '"?"')
        sent = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        return client.request(method, f"/flags/{flag}/{step}", headers={"If-Match": seen}, **sent)

    return ask


def restored(kept, path):
    with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)


@pytest.mark.parametrize("name", STATES)
def test_allowed_is_what_is_accepted(towns, tmp_path, client_as, name):
    clients = {who: client_as(towns, role, None, who) for who, role in PEOPLE.items()}
    for who, *step in STATES[name]:
        answer = asking(clients[who])(*step)
        assert answer.is_success, answer.text
    kept = tmp_path / "kept.gpkg"
    restored(towns, kept)
    for who, client in clients.items():
        told = client.get("/flags/f1").json()["allowed"]
        accepted = []
        for step, do in STEPS.items():
            if do(asking(client)).is_success:
                accepted.append(step)
                restored(kept, towns)  # what is refused leaves nothing behind
        assert told == accepted, who
