"""Tables in docs say what the program does."""

from pathlib import Path

from geocensus.checks import RULES, Settings
from geocensus.schemas import ROLES

DOCS = Path(__file__).parents[1] / "docs"


def rows_of(name):
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]


def test_rules_are_listed_as_registered():
    listed = [(row[0].strip("`"), row[1], row[2], row[3]) for row in rows_of("rules.md")]
    assert listed == [(rule.code, rule.title.zh, rule.title.en, str(rule.severity)) for rule in RULES]


def test_roles_are_listed_with_headers_they_are_found_by():
    listed = {row[0].strip("`"): row[1] for row in rows_of("input.md")}
    assert list(listed) == list(ROLES)
    assert all(word in ROLES[role] for role, words in listed.items() for word in words.split("、") if word)


def test_settings_named_in_docs_exist():
    for rule in RULES:
        assert set(rule.settings) <= set(Settings.__dataclass_fields__)
