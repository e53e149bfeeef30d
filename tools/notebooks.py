"""Run every notebook script and write it, with its outputs, beside the script."""

import tempfile
from pathlib import Path

import jupytext
import nbclient

for script in sorted((Path(__file__).parents[1] / "notebooks").glob("*.py")):
    notebook = jupytext.read(script)
    notebook.metadata.pop("jupytext", None)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.pop("id", None)
        cell.metadata.pop("execution", None)
    notebook.nbformat_minor = 4
    jupytext.write(notebook, script.with_suffix(".ipynb"))
