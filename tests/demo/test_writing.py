"""The files of the demo."""

import openpyxl
import pandas as pd

from geocensus.demo import make_sources, write_demo
from geocensus.files import sha256


def test_files_hold_the_list_and_the_truth_as_text(tiny, tmp_path):
    sources, answers = write_demo(tmp_path / "new", tiny, rows=60)
    table, truth = make_sources(tiny, rows=60)
    sheet = openpyxl.load_workbook(sources).active
    cells = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells[0] == list(table.columns)
    assert cells[1:] == table.to_numpy().tolist()
    read = pd.read_csv(answers, dtype={"source_id": "str", "true_code": "str"}, keep_default_na=False)
    assert read["kind"].tolist() == truth["kind"].tolist()
    assert read["true_code"].tolist() == truth["true_code"].tolist()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["crosswalk.csv", "sources.xlsx", "truth.csv"]


def test_same_seed_same_bytes(tiny, tmp_path):
    digests = {
        folder: [sha256(path) for path in write_demo(tmp_path / folder, tiny, rows=60, seed=5)] for folder in ("a", "b")
    }
    assert digests["a"] == digests["b"]
