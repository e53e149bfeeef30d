"""Write the OpenAPI document of the service, from which the page's typed client is made: tools/openapi.py OUT.json."""

import json
import sys
from pathlib import Path

from geocensus_api import Settings, create_app
from geocensus_api.openapi import definition

if __name__ == "__main__":
    app = create_app(Settings(token="none"), "none.gpkg")  # noqa: S106 - nothing is served
    text = json.dumps(definition(app), ensure_ascii=False, indent=1) + "\n"
    out = Path(sys.argv[1])
    if not out.is_file() or out.read_text(encoding="utf-8") != text:  # what did not change stays as old as it is
        out.write_text(text, encoding="utf-8")
