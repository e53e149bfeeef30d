"""The queue: order, limits, dismissal, what a restart finds; with stand-ins for the processes."""

import shutil
import time
from dataclasses import replace
from types import SimpleNamespace

import geocensus_api.routes.jobs as route
import orjson
import pytest
from geocensus_api.errors import ProblemError
from geocensus_api.processes.children import outcome
from geocensus_api.processes.records import State, load, new_job, save
from geocensus_api.processes.steps import progress_of

from geocensus.model import Text
from geocensus.workspace import Workspace, audit

from .conftest import STEP, person, submit


def wait(jobs, job, *states):
    until = time.monotonic() + 5
    while jobs.now(job.id).state not in (states or {State.SUCCESSFUL, State.FAILED, State.DISMISSED}):
        assert time.monotonic() < until, jobs.now(job.id)
        time.sleep(0.005)
    return jobs.now(job.id)


def at_work(jobs, job):
    until = time.monotonic() + 5
    while jobs.now(job.id).message != STEP:
        assert time.monotonic() < until
        time.sleep(0.005)


def told(jobs, job, after=0):
    return [(one.number, str(one.state), one.progress, one.message.en) for one in jobs.events(job.id, after)]


def test_a_job_runs_and_its_events_come_in_order(open_jobs, children):
    jobs = open_jobs()
    job = submit(jobs)
    at_work(jobs, job)
    children.free.set()
    ended = wait(jobs, job)
    assert ended.outputs["summary"]["file"] == "summary.json"
    assert ended.created <= ended.started <= ended.finished == ended.updated
    assert told(jobs, job) == [
        (1, "accepted", 0, "waiting for its turn"),
        (2, "running", 0, "starting"),
        (3, "running", 30, "locating and checking"),
        (4, "successful", 100, "done"),
    ]
    assert told(jobs, job, after=3) == [(4, "successful", 100, "done")]
    assert told(jobs, job, after=9) == []
    folder = jobs.folder / job.id
    assert (folder / "outputs" / "summary.json").read_text() == '{"rows": 3}'
    assert not (folder / "inputs").exists()
    assert folder.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_run_at_once_than_may(open_jobs, children, at_once):
    jobs = open_jobs(at_once=at_once)
    listed = [submit(jobs) for _ in range(3)]
    for job in listed[:at_once]:
        at_work(jobs, job)
    time.sleep(0.05)
    assert len(children.living) == at_once
    assert [jobs.now(job.id).state for job in listed[at_once:]] == [State.ACCEPTED] * (3 - at_once)
    children.free.set()
    assert [wait(jobs, job).state for job in listed] == [State.SUCCESSFUL] * 3


def test_a_person_has_so_many_and_no_more(open_jobs, children):
    jobs = open_jobs(waiting_max=2)
    submit(jobs), submit(jobs)
    with pytest.raises(ProblemError) as wrong:
        submit(jobs)
    assert wrong.value.status == 429
    submit(jobs, person("李工"))
    assert len(list(jobs.folder.iterdir())) == 3


def test_a_waiting_job_is_dismissed_and_never_runs(open_jobs, children):
    jobs = open_jobs()
    first, second = submit(jobs), submit(jobs)
    at_work(jobs, first)
    assert jobs.dismiss(second).state is State.DISMISSED
    children.free.set()
    wait(jobs, first)
    assert told(jobs, second)[-1] == (2, "dismissed", 0, "dismissed")
    assert jobs.now(second.id).started == ""


def test_a_running_job_is_stopped_and_leaves_nothing(open_jobs, children):
    jobs = open_jobs()
    job = submit(jobs)
    at_work(jobs, job)
    begun = time.monotonic()
    assert jobs.dismiss(job).state is State.DISMISSED
    assert time.monotonic() - begun < 2
    assert children.living == []
    assert not (jobs.folder / job.id / "outputs").exists()
    assert jobs.dismiss(jobs.now(job.id)).state is State.DISMISSED  # a second time: the record goes, too
    with pytest.raises(ProblemError):
        jobs.one(person(), job.id)
    assert list(jobs.folder.iterdir()) == []


def test_what_has_changed_the_workspace_is_not_dismissed(open_jobs, children, towns):
    jobs = open_jobs()
    job = submit(jobs)
    at_work(jobs, job)
    (jobs.folder / job.id / "outputs.part").mkdir()
    (jobs.folder / job.id / "outputs.json").write_text("{}")
    with Workspace(towns).transaction() as connection:
        audit(connection, author="王工", action="job.check", target=job.id)
    with pytest.raises(ProblemError) as wrong:
        jobs.dismiss(job)
    assert wrong.value.status == 409
    assert jobs.now(job.id).state is State.SUCCESSFUL


def test_a_process_that_breaks_off_fails_its_job_alone(open_jobs, children, caplog):
    jobs = open_jobs()
    job, other = submit(jobs), submit(jobs)
    at_work(jobs, job)
    children.living[0].kill()
    failed = wait(jobs, job)
    assert failed.state is State.FAILED
    assert failed.problem["status"] == 500
    assert "code -9" in failed.problem["en"]
    assert "代码 -9" in failed.problem["zh"]
    children.free.set()
    assert wait(jobs, other).state is State.SUCCESSFUL


def test_an_error_of_ours_fails_the_job_and_the_next_one_runs(open_jobs, children, monkeypatch):
    jobs = open_jobs()
    children.free.set()
    monkeypatch.setattr(children, "steps", lambda self: 1 / 0)
    assert "ZeroDivisionError" in wait(jobs, submit(jobs)).problem["en"]
    monkeypatch.undo()
    monkeypatch.setattr("geocensus_api.processes.jobs.Child", children)
    assert wait(jobs, submit(jobs)).state is State.SUCCESSFUL


def test_a_restart_fails_what_ran_keeps_what_ended_and_goes_on_with_what_waited(open_jobs, children):
    jobs = open_jobs()
    children.free.set()
    ended = wait(jobs, submit(jobs))
    children.free.clear()
    running, waiting = submit(jobs), submit(jobs)
    at_work(jobs, running)
    before = told(jobs, ended)
    shutil.copytree(jobs.folder, jobs.folder.with_name("kept"))  # as a kill would leave it
    jobs.close()
    shutil.rmtree(jobs.folder)
    jobs.folder.with_name("kept").rename(jobs.folder)
    (jobs.folder / ".new-half").mkdir()
    children.free.set()
    again = open_jobs()
    assert again.now(ended.id) == ended
    assert told(again, ended) == before
    assert (again.folder / ended.id / "outputs" / "summary.json").exists()
    failed = again.now(running.id)
    assert (failed.state, failed.problem["status"]) == (State.FAILED, 503)
    assert failed.problem["en"].startswith("service restarted")
    assert told(again, running)[-1][1] == "failed"
    assert wait(again, waiting).state is State.SUCCESSFUL
    assert not (again.folder / ".new-half").exists()


def test_a_job_that_had_written_when_the_service_was_killed_is_successful(open_jobs, towns):
    jobs = open_jobs()
    job = replace(new_job("split", person(), "zh"), state=State.RUNNING)
    folder = jobs.folder / job.id
    (folder / "outputs.part").mkdir(parents=True)
    (folder / "outputs.json").write_text("{}")
    save(job, folder)
    with Workspace(towns).transaction() as connection:
        audit(connection, author="王工", action="job.split", target=job.id)
    assert open_jobs().now(job.id).state is State.SUCCESSFUL
    assert (folder / "outputs").is_dir()


def test_closing_ends_the_processes(open_jobs, children):
    jobs = open_jobs()
    job = submit(jobs)
    at_work(jobs, job)
    jobs.close()
    assert children.living == []
    assert jobs.now(job.id).problem["status"] == 503
    with pytest.raises(ProblemError) as wrong:
        submit(jobs)
    assert wrong.value.status == 503


def test_old_jobs_go(open_jobs, children):
    children.free.set()
    jobs = open_jobs()
    job = wait(jobs, submit(jobs))
    assert open_jobs(days=1).now(job.id) is not None
    assert open_jobs(days=0).now(job.id) is None
    assert list(jobs.folder.iterdir()) == []


def test_who_sees_which_job(open_jobs, children):
    jobs = open_jobs()
    a, b = person("甲", "planner", ("330822001",)), person("乙", "planner")
    mine, theirs = submit(jobs, a), submit(jobs, b)

    def seen(who):
        return [job.id for job in jobs.seen_by(who)]

    assert seen(a) == [mine.id]
    assert seen(b) == [theirs.id]
    assert seen(person("丙", "admin")) == [theirs.id, mine.id]
    assert seen(person("丙", "admin", ("330822",))) == []
    assert seen(person("甲", "planner", ("330822100",))) == []  # moved to another area
    assert seen(person("乙", "viewer")) == []  # and demoted
    with pytest.raises(ProblemError) as strange:
        jobs.one(a, theirs.id)
    with pytest.raises(ProblemError) as missing:
        jobs.one(a, "20260101-" + "0" * 24)
    assert strange.value.status == missing.value.status == 404
    assert strange.value.detail.en.replace(theirs.id, "") == missing.value.detail.en.replace("20260101-" + "0" * 24, "")


def test_a_folder_that_cannot_be_written_is_told(open_jobs, towns):
    jobs = open_jobs()
    towns.with_suffix(".service").mkdir(exist_ok=True)
    jobs.folder.write_text("in the way")
    with pytest.raises(ProblemError) as wrong:
        submit(jobs)
    assert wrong.value.status == 503


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"id": 1'])
def test_a_record_that_cannot_be_read_is_no_job(tmp_path, content):
    (tmp_path / "job.json").write_bytes(content)
    assert load(tmp_path) is None


def test_a_record_comes_back_as_it_was(tmp_path):
    job = replace(new_job("split", person(scope=("330822",)), "en"), inputs={"values": {"name": "甲"}})
    save(job, tmp_path)
    assert load(tmp_path) == job
    assert [one.name for one in tmp_path.iterdir()] == ["job.json"]


def test_a_late_job_is_told(tmp_path, towns):
    job = new_job("check", person(), "zh")
    ended = outcome(tmp_path, job, towns, code=-9, late=True)
    assert ended["problem"] == {"status": 500, "en": "it ran too long and was stopped", "zh": "运行时间过长，已被终止"}


def test_progress_never_goes_back_at_a_remark():
    assert progress_of("split", Text("某园区工作量过大", "a park is too heavy")) == 0
    assert [progress_of("split", Text("", f"splitting {share}%")) for share in (0, 50, 100)] == [15, 42, 70]


# ---- over HTTP


def routes(towns, client_as, **kwargs):
    client = client_as(towns, **kwargs)
    return client, client.app.state.work.jobs


def test_the_stream_of_events(towns, client_as, children):
    client, jobs = routes(towns, client_as, heartbeat_s=0.05, role="qa")
    job = submit(jobs, person())
    at_work(jobs, job)
    time.sleep(0.01)
    from threading import Timer

    Timer(0.4, children.free.set).start()
    answer = client.get(f"/jobs/{job.id}/events?lang=en", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    blocks = answer.text.split("\n\n")
    assert blocks[0] == "retry: 2000"
    assert ": still there" in blocks
    events = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks if block.startswith("id")]
    assert [(one["id"], one["event"]) for one in events] == [
        ("1", "progress"),
        ("2", "progress"),
        ("3", "progress"),
        ("4", "end"),
    ]
    data = [orjson.loads(one["data"]) for one in events]
    assert [one["progress"] for one in data] == [0, 0, 30, 100]
    assert data[2]["message"] == "locating and checking"
    assert data[2]["messages"]["zh"] == "定位与核查"
    missed = client.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": "3"}).text
    assert [line for line in missed.split("\n") if line.startswith("id")] == ["id: 4"]


def test_the_stream_ends_when_the_service_does(towns, client_as, children):
    client, jobs = routes(towns, client_as)
    job = submit(jobs, person())
    client.app.state.closing.set()
    assert "event: end" not in client.get(f"/jobs/{job.id}/events").text


def test_the_stream_ends_with_the_token(towns, client_as, children, monkeypatch):
    client, jobs = routes(towns, client_as)
    job = submit(jobs, person())
    at_work(jobs, job)
    monkeypatch.setattr(route, "_LOOK_S", 0.0)
    monkeypatch.setattr(client.app.state.door.keeper, "holds", lambda entry: entry.person != 0)
    assert "event: end" not in client.get(f"/jobs/{job.id}/events").text
    assert jobs.now(job.id).state == "running"


def test_jobs_are_listed_and_filtered(towns, client_as, children):
    client, jobs = routes(towns, client_as, role="qa")
    first, second = submit(jobs, person()), submit(jobs, person(), process="split")
    at_work(jobs, first)
    told = client.get("/jobs").json()
    assert [one["jobID"] for one in told["jobs"]] == [second.id, first.id]
    assert (told["numberMatched"], told["numberReturned"]) == (2, 2)
    assert [one["jobID"] for one in client.get("/jobs?status=running").json()["jobs"]] == [first.id]
    assert [one["jobID"] for one in client.get("/jobs?processID=split").json()["jobs"]] == [second.id]
    assert client.get("/jobs?limit=1").json()["numberReturned"] == 1
    for wrong in ("status=odd", "limit=0", "limit=-1", "limit=x", "colour=red"):
        assert client.get(f"/jobs?{wrong}").status_code == 400


def test_results_before_and_after(towns, client_as, children):
    client, jobs = routes(towns, client_as, role="qa")
    job = submit(jobs, person())
    early = client.get(f"/jobs/{job.id}/results")
    assert early.status_code == 404
    assert early.json()["type"].endswith("/result-not-ready")
    children.free.set()
    wait(jobs, job)
    assert client.get(f"/jobs/{job.id}/results").json() == {"summary": {"rows": 3}}
    one = client.get(f"/jobs/{job.id}/results/summary")
    assert one.json() == {"rows": 3}
    assert one.headers["content-disposition"].startswith('attachment; filename="summary.json"')
    assert "sandbox" in one.headers["content-security-policy"]
    assert client.get(f"/jobs/{job.id}/results/table").status_code == 404
    status = client.get(f"/jobs/{job.id}").json()
    assert (status["status"], status["progress"]) == ("successful", 100)
    assert client.delete(f"/jobs/{job.id}").json()["status"] == "dismissed"
    gone = client.get(f"/jobs/{job.id}")
    assert gone.status_code == 404
    assert gone.json()["type"].endswith("/no-such-job")


def test_anothers_job_is_like_none(towns, client_as, children):
    client, jobs = routes(towns, client_as, role="qa", name="李工")
    job = submit(jobs, person())
    calls = SimpleNamespace(paths=["", "/results", "/results/summary", "/events"])
    for path in calls.paths:
        strange, missing = client.get(f"/jobs/{job.id}{path}"), client.get(f"/jobs/nothing{path}")
        assert strange.status_code == missing.status_code == 404
        assert strange.json()["detail"].replace(job.id, "") == missing.json()["detail"].replace("nothing", "")
    assert client.delete(f"/jobs/{job.id}").status_code == 404
    assert jobs.now(job.id).state is not State.DISMISSED


def test_a_job_that_broke_off_on_a_full_disk_says_so(tmp_path, towns, monkeypatch):
    job = new_job("check", person(), "zh")
    memory = outcome(tmp_path, job, towns, code=1)["problem"]
    assert memory["status"] == 500
    assert "memory" in memory["en"]
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=100))
    full = outcome(tmp_path, job, towns, code=1)["problem"]
    assert full == {
        "status": 503,
        "en": "the disk is full: free some space and ask for it again",
        "zh": "磁盘已满，请清理空间后重新提交",
    }
