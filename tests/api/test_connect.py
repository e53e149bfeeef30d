"""The scripts of docs/connect.md do what the page says: f1 (error, of S0001) is decided on, f3 left alone, bulk undone."""

import os
import re
import sqlite3
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from .test_serve import serving

PAGE = (Path(__file__).parents[2] / "docs" / "connect.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.MULTILINE)


def scripts():
    part = PAGE.partition("\n## Python\n")[2].partition("\n## Maps\n")[0]
    return [textwrap.dedent(block).strip() for block in BLOCK.findall(part)]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def test_the_page_s_scripts_run_one_after_another(towns, capsys):
    blocks = scripts()
    told = ("def everything(", "collection_items(", "/uploads", "If-Match", "/flags/bulk")
    assert [name for name in told if not any(name in block for block in blocks)] == []
    with serving(towns, token="gdal-token") as service:
        known = {"URL": service.url.rstrip("/"), "TOKEN": "gdal-token", "time": time}
        for block in blocks:
            if "/uploads" not in block:  # jobs have tests of their own
                exec(compile(block, "connect.md", "exec"), known)
    assert [feature["properties"]["flag_id"] for feature in known["errors"]] == ["f1"]
    assert known["near"]["flag_id"] == "f1"
    assert known["preview"]["matched"] == known["done"]["ok"] == 0
    assert "0 0 []" in capsys.readouterr().out
    with closing(sqlite3.connect(towns)) as connection:
        decided = connection.execute("SELECT flag_id, outcome, author FROM decisions").fetchall()
    assert decided == [("f1", "false_alarm", "admin")]
