"""`geocensus users` as an operator types it."""

import importlib
import importlib.metadata
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from geocensus_api.access.database import Database


@pytest.fixture
def run(monkeypatch, capsys, towns):
    """Run the command line; return exit code, stdout and stderr."""
    cli = importlib.import_module("geocensus.cli.main")
    point = importlib.metadata.EntryPoint("users", "geocensus_api.users_command:users", "geocensus.commands")
    monkeypatch.setattr(cli, "entry_points", lambda group: [point])
    monkeypatch.setenv("COLUMNS", "300")

    def start(*words, lang="en", workspace=True):
        where = ["--workspace", str(towns)] if workspace else []
        monkeypatch.setattr("sys.argv", ["geocensus", "users", *words, *where, "--lang", lang])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return start


ADD = ("add", "王工", "--role", "qa", "--scope", "330822001")


def people(towns):
    database = Database(towns.with_suffix(".service"))
    try:
        return [tuple(row) for row in database.rows("SELECT name, role, scope, revoked FROM people ORDER BY id")]
    finally:
        database.close()


def test_the_token_is_alone_on_the_last_line(run, towns):
    code, out, _ = run(*ADD, "--print-token")
    assert code == 0
    assert re.fullmatch(r"gc_[0-9a-f]{16}_[A-Za-z0-9]{43}", out.splitlines()[-1])
    assert people(towns) == [("王工", "qa", '["330822001"]', None)]


def test_without_the_option_it_is_shown_with_its_id(run):
    _, out, _ = run(*ADD)
    token, number = (line.split(": ")[1] for line in out.splitlines()[-2:])
    assert token.startswith(f"gc_{number}_")


def test_several_areas_and_all(run, towns):
    run(*ADD, "--scope", "330822100")
    run("add", "全域", "--role", "viewer", "--scope", "all")
    assert people(towns) == [("王工", "qa", '["330822001", "330822100"]', None), ("全域", "viewer", '"all"', None)]


def test_the_same_name_gets_another_token_and_says_what_changed(run):
    run(*ADD)
    code, out, _ = run("add", "王工", "--role", "reviewer", "--scope", "all")
    assert (code, "role reviewer, scope all (was qa, 330822001)" in out) == (0, True)
    listed = json.loads(run("list", "--json")[1].splitlines()[-1])
    assert len(listed["people"][0]["tokens"]) == 2


@pytest.mark.parametrize(
    ("words", "lang", "said"),
    [
        (("add", "王工", "--role", "qa"), "en", "--scope"),
        (("add", "王工", "--role", "qa"), "zh", "缺少参数"),
        (("add", "王工", "--scope", "all"), "en", "--role"),
        (("add", "王工", "--role", "boss", "--scope", "all"), "en", "there are: viewer, planner, qa, reviewer, admin"),
        (("add", "王工", "--role", "boss", "--scope", "all"), "zh", "没有角色 boss"),
        (
            ("add", "王工", "--role", "qa", "--scope", "99"),
            "en",
            "no area 99; known are: 330822 常山县, 330822001 甲街道",
        ),
        (("add", "王工", "--role", "qa", "--scope", "all", "--scope", "330822"), "en", "not both"),
        (("add", "a/b", "--role", "qa", "--scope", "all"), "en", "a name has"),
        (("add", "王工", "--role", "qa", "--scope", "all", "--days", "0"), "en", "days: 1 to"),
        (("revoke", "李"), "zh", "没有用户 李"),
        (("add", "ADMIN", "--role", "qa", "--scope", "all"), "en", "choose another name"),
    ],
)
def test_wrong_use_is_exit_2_with_what_to_do(run, towns, words, lang, said):
    code, _, err = run(*words, lang=lang)
    assert code == 2
    assert said in err.replace("\n", " ")
    assert people(towns) == []


def test_no_workspace_is_said(run, tmp_path):
    code, _, err = run("list", "--workspace", str(tmp_path / "none.gpkg"), workspace=False)
    assert (code, "no workspace" in err) == (2, True)


def test_revoking_all_and_one(run):
    first = run(*ADD, "--print-token")[1].splitlines()[-1].split("_")[1]
    run(*ADD)
    assert run("revoke", "王工", "--token", first)[0] == 0
    tokens = json.loads(run("list", "--json")[1].splitlines()[-1])["people"][0]["tokens"]
    assert [token["revoked"] is None for token in tokens] == [False, True]
    code, out, _ = run("revoke", "王工", lang="zh")
    assert (code, "已停用 王工" in out) == (0, True)
    assert "已停用" in run("list", lang="zh")[1]


def test_the_list_tells_names_and_times_and_no_secret(run):
    assert "nobody yet" in run("list")[1]
    token = run(*ADD, "--print-token", "--days", "9")[1].splitlines()[-1]
    out = run("list")[1]
    assert "王工  qa  330822001" in out
    assert token.split("_")[1] in out
    assert token.split("_")[2] not in out


@pytest.mark.parametrize(("lang", "said"), [("zh", "添加用户"), ("en", "Let a person in")])
def test_help_is_in_the_language_asked_for(lang, said):
    start = "import sys; from geocensus_api.users_command import users; users(sys.argv[1:])"
    command_line = [sys.executable, "-c", start, "add", "--help", "--lang", lang]
    environment = {**os.environ, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command_line, capture_output=True, check=True, env=environment, encoding="utf-8")
    assert said in done.stdout
    assert "--print-token" in done.stdout


def test_the_commands_are_light_to_import():
    code = "import sys, geocensus_api.users_command; print([m for m in ('fastapi', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_changes_are_on_record_under_the_operators_name(run, towns, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "操作员")
    run(*ADD)
    with closing(sqlite3.connect(towns.with_suffix(".service") / "access.sqlite")) as connection:
        assert set(connection.execute("SELECT author FROM audit")) == {("操作员",)}


def test_a_folder_that_cannot_be_made_is_said(run, towns):
    shutil.rmtree(towns.with_suffix(".service"), ignore_errors=True)
    towns.with_suffix(".service").write_text("a file in its place")
    code, _, err = run(*ADD)
    assert (code, "cannot be used" in err.replace("\n", " ")) == (2, True)
