"""Write the OpenAPI document of the service, from which the page's typed client is made: tools/openapi.py OUT.json."""

import json
import sys
from pathlib import Path

from geocensus_api import Settings, create_app
from geocensus_api.openapi import definition

if __name__ == "__main__":
    app = create_app(Settings(token="none"), "none.gpkg")  # noqa: S106 - nothing is served
    Path(sys.argv[1]).write_text(json.dumps(definition(app), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
