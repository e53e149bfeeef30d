"""The built review page under /app/."""

import gzip

import pytest
from geocensus_api import Settings, create_app

from .conftest import TOKEN, bearer


@pytest.fixture
def built(tmp_path, workspace_path, browser_of):
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!DOCTYPE html><title>审核</title>", encoding="utf-8")
    (folder / "assets" / "index-1a2b.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("geheim")
    app = create_app(Settings(token=TOKEN, page_folder=folder), workspace_path)
    return browser_of(app, headers=bearer(TOKEN))


def test_browsers_go_to_the_page(built):
    for path in ("/", "/app"):
        answer = built.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (303, "http://geo.test/app/")
    page = built.get("/app/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "审核" in page.text
    assert built.get("/").headers["content-type"] == "application/json"
    assert built.get("/app/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304


def test_logging_in_goes_to_the_page(built):
    answer = built.post("/login", data={"token": TOKEN}, headers={"Origin": "http://geo.test"})
    assert answer.headers["location"] == "http://geo.test/app/"


def test_the_policy_lets_the_page_load_its_own_and_nothing_else(built):
    policy = built.get("/app/").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["worker-src"] == "'self' blob:"
    assert "unsafe" not in policy
    assert "http" not in policy


def test_files_with_a_hash_in_their_name_are_kept(built):
    script = built.get("/app/assets/index-1a2b.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in script.headers["cache-control"]
    assert built.get("/app/").headers["cache-control"] == "private, no-cache"


def test_scripts_are_sent_as_small_as_gzip_makes_them(built, tmp_path):
    code = "\n".join(f"export const a{n} = {n * n};" for n in range(5000))
    (tmp_path / "static" / "assets" / "large-1a2b.js").write_text(code)
    packed = built.get("/app/assets/large-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert packed.text == code
    assert int(packed.headers["content-length"]) == len(gzip.compress(code.encode(), 9, mtime=0))
    plain = built.get("/app/assets/large-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == (code, False)
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    "path", ["../secret.txt", "%2e%2e/secret.txt", "assets/../../secret.txt", "..%5csecret.txt", "assets", "none.js", "a%00b", "x" * 5000, "//etc/passwd"]
)  # fmt: skip
def test_nothing_else_can_be_fetched(built, path):
    answer = built.get(f"/app/{path}")
    assert answer.status_code in {404, 401}
    assert "geheim" not in answer.text


def test_a_link_out_of_the_folder_leads_nowhere(built, tmp_path):
    (tmp_path / "static" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert built.get("/app/link.txt").status_code == 404


def test_without_the_page_the_service_works_and_says_so(workspace_path, tmp_path, browser_of):
    app = create_app(Settings(token=TOKEN, page_folder=tmp_path / "none"), workspace_path)
    client = browser_of(app, headers=bearer(TOKEN))
    assert client.get("/", headers={"Accept": "text/html"}).headers["location"] == "http://geo.test/map"
    answer = client.get("/app/")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "不含审核页面" in answer.json()["detail"]
