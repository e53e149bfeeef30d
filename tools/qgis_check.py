"""Let QGIS itself read a running service: every collection, every feature, types, filters, tiles, people.

Run with the Python that QGIS belongs to, by `make qgis`:

    QT_QPA_PLATFORM=offscreen python3 tools/qgis_check.py .venv/bin/geocensus [--picture docs/images/qgis.png]

It makes the demo's workspace with a plan, serves it, and stands between QGIS and the service to write down what QGIS
asks for. It ends with 1 where anything is not as it should be.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from qgis_service import TOKEN, demo, fetch, person, recording, serving

TOWNSHIP = "330822115"
_ASKS_CQL2 = 33200  # the version from which QGIS hands filters of attributes on
_STRAY = 50  # pixels; more is a map


class Check:
    """What was found, printed as it comes."""

    def __init__(self, address: str, token: str, log: Path) -> None:
        self.address, self.token, self.log = address, token, log
        self.failures = 0

    def say(self, good: object, text: str) -> None:
        """Print one line."""
        self.failures += not good
        sys.stdout.write(f"{'ok  ' if good else 'FAIL'} {text}\n")
        sys.stdout.flush()

    def asked_since(self, start: int) -> list[str]:
        """Return the paths that QGIS asked for after a line of the log."""
        lines = self.log.read_text(encoding="utf-8").splitlines()[start:] if self.log.exists() else []
        return [json.loads(line)[1] for line in lines]

    @property
    def lines(self) -> int:
        """How much QGIS has asked so far."""
        return len(self.log.read_text(encoding="utf-8").splitlines()) if self.log.exists() else 0


def layer_of(check: Check, name: str, where: str = "") -> Any:
    """Return a collection as a layer of QGIS."""
    from qgis.core import QgsDataSourceUri, QgsVectorLayer  # noqa: PLC0415 - the recorder runs without QGIS

    uri = QgsDataSourceUri()
    for key, value in (
        ("url", check.address),
        ("typename", name),
        ("pagingEnabled", "true"),
        ("pageSize", "1000"),
        ("restrictToRequestBBOX", "1"),
    ):
        uri.setParam(key, value)
    uri.setUsername("any")
    uri.setPassword(check.token)
    layer = QgsVectorLayer(uri.uri(False), name, "OAPIF")
    if where:
        layer.setSubsetString(where)
    return layer


_KINDS = {"string": {"QString", "QDateTime", "QDate"}, "integer": {"int", "qlonglong"}, "number": {"double"}}
_KINDS["boolean"] = {"bool", "int"}


def check_collections(check: Check) -> dict[str, int]:
    """Read every collection and compare numbers and types with what the service says."""
    from qgis.core import QgsFeatureRequest  # noqa: PLC0415 - as above

    found = {}
    for entry in fetch(f"{check.address}collections", check.token)["collections"]:
        name = entry["id"]
        told = fetch(f"{check.address}collections/{name}/items?limit=1", check.token)["numberMatched"]
        layer = layer_of(check, name)
        read = sum(1 for _ in layer.getFeatures(QgsFeatureRequest())) if layer.isValid() else -1
        found[name] = read
        check.say(layer.isValid() and read == told, f"{name}: valid {layer.isValid()}, {read} of {told} features")
        schema = fetch(f"{check.address}collections/{name}/schema", check.token)["properties"]
        kinds = {one.name(): type_name(one) for one in layer.fields()}
        first = fetch(f"{check.address}collections/{name}/items?limit=10", check.token)["features"]
        wrong, empty = [], 0
        for key in set(kinds) & set(schema):
            wanted = _KINDS.get(schema[key].get("type", "string"), {kinds[key]})
            nothing = all(feature["properties"].get(key) is None for feature in first)
            empty += kinds[key] not in wanted and nothing  # QGIS before it read schemas guesses from ten features
            if kinds[key] not in wanted and not nothing:
                wrong.append(f"{key} is {kinds[key]}, not {schema[key]['type']}")
        told_empty = f", {empty} of them text, for they are empty in the first ten rows" if empty else ""
        check.say(not wrong, f"{name}: {len(kinds)} attributes{told_empty}{'; '.join(['', *wrong[:3]])}")
    return found


def type_name(field: Any) -> str:
    """Return Qt's name of a field's type."""
    from qgis.PyQt.QtCore import QVariant  # noqa: PLC0415 - as above

    return str(QVariant.typeToName(field.type()))


def check_filters(check: Check) -> None:
    """Ask for a part and look whether the service was asked for this part only."""
    from qgis.core import Qgis, QgsFeatureRequest, QgsRectangle  # noqa: PLC0415 - as above

    start = check.lines
    layer = layer_of(check, "sources")
    box = QgsRectangle(118.45, 28.85, 118.55, 28.95)
    inside = sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterRect(box)))
    boxes = [
        parse_qs(urlsplit(path).query).get("bbox") for path in check.asked_since(start) if "/sources/items" in path
    ]
    told = fetch(f"{check.address}collections/sources/items?limit=1&bbox=118.45,28.85,118.55,28.95", check.token)[
        "numberMatched"
    ]
    check.say(inside == told and any(boxes), f"box: {inside} of {told} features, asked with bbox {any(boxes)}")
    for collection, where, query in (
        ("flags", "\"severity\" = 'error'", "severity=error"),
        ("sources", "\"class\" = 'industrial'", "class=industrial"),
    ):
        start = check.lines
        part = layer_of(check, collection, where)
        read = sum(1 for _ in part.getFeatures(QgsFeatureRequest()))
        asked = [parse_qs(urlsplit(path).query) for path in check.asked_since(start) if f"/{collection}/items" in path]
        address = f"{check.address}collections/{collection}/items?limit=1&{quote(query, safe='=')}"
        told = fetch(address, check.token)["numberMatched"]
        pushed = any("filter" in one or query.partition("=")[0] in one for one in asked)
        who = "the service filtered" if pushed else "QGIS filtered by itself"
        check.say(
            read == told and (pushed or Qgis.versionInt() < _ASKS_CQL2), f"{where}: {read} of {told} features, {who}"
        )


def check_tiles(check: Check, authcfg: str) -> Any:
    """Load the tiles of the sources as a layer of QGIS and draw them."""
    from qgis.core import QgsVectorTileLayer  # noqa: PLC0415 - as above

    told = fetch(f"{check.address}collections/sources/tiles/WebMercatorQuad/tilejson.json", check.token)
    template = f"{check.address}collections/sources/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    zooms = f"zmin={told.get('minzoom', 0)}&zmax={told.get('maxzoom', 16)}"
    start = check.lines
    layer = QgsVectorTileLayer(f"type=xyz&url={template}&{zooms}&authcfg={authcfg}", "sources (tiles)")
    layer.setCrs(layer.crs())
    picture = drawn([layer], (600, 500))
    asked = [path for path in check.asked_since(start) if "/tiles/WebMercatorQuad/" in path]
    inked = sum(1 for x in range(0, 600, 2) for y in range(0, 500, 2) if picture.pixelColor(x, y).name() != "#ffffff")
    check.say(
        layer.isValid() and bool(asked) and inked > _STRAY,
        f"tiles: valid {layer.isValid()}, {len(asked)} asked for, drawn",
    )
    return layer


def drawn(layers: list[Any], size: tuple[int, int], box: Any = None) -> Any:
    """Return a picture of the county."""
    from qgis.core import (  # noqa: PLC0415 - as above
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsMapRendererParallelJob,
        QgsMapSettings,
        QgsProject,
        QgsRectangle,
    )
    from qgis.PyQt.QtCore import QEventLoop, QSize  # noqa: PLC0415 - as above

    mercator, degrees = QgsCoordinateReferenceSystem("EPSG:3857"), QgsCoordinateReferenceSystem("EPSG:4326")
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(mercator)
    settings.setOutputSize(QSize(*size))
    county = box or QgsRectangle(118.24, 28.70, 118.78, 29.22)
    settings.setExtent(QgsCoordinateTransform(degrees, mercator, QgsProject.instance()).transformBoundingBox(county))
    job, loop = QgsMapRendererParallelJob(settings), QEventLoop()
    job.finished.connect(loop.quit)
    job.start()
    loop.exec_()
    return job.renderedImage()


def login_of(token: str) -> str:
    """Return the id of a login as QGIS keeps it."""
    from qgis.core import QgsApplication, QgsAuthMethodConfig  # noqa: PLC0415 - as above

    manager = QgsApplication.authManager()
    manager.setMasterPassword("for this run only", True)
    login = QgsAuthMethodConfig("Basic")
    login.setName("geocensus")
    login.setConfig("username", "any")
    login.setConfig("password", token)
    manager.storeAuthenticationConfig(login)
    return str(login.id())


def paint(check: Check, path: Path) -> None:
    """Draw townships, field zones, sources and proposals as QGIS shows them, and keep the picture."""
    from qgis.core import (  # noqa: PLC0415 - as above
        QgsCategorizedSymbolRenderer,
        QgsFillSymbol,
        QgsLineSymbol,
        QgsMarkerSymbol,
        QgsPalLayerSettings,
        QgsRendererCategory,
        QgsSingleSymbolRenderer,
        QgsTextBufferSettings,
        QgsTextFormat,
        QgsVectorLayerSimpleLabeling,
    )
    from qgis.PyQt.QtGui import QColor, QFont  # noqa: PLC0415 - as above

    zones, towns, points, moves = (
        layer_of(check, name, where)
        for name, where in (
            ("field-zones", "\"plan\" = 'demo'"),
            ("areas-township", ""),
            ("sources", ""),
            ("repairs", '"moved_m" < 4000'),
        )
    )
    tints = ("#A9D3EE", "#F7D48F", "#A5DCC6", "#EBC3D8", "#F3ECA0")
    fills = [
        QgsRendererCategory(
            str(n + 1),
            QgsFillSymbol.createSimple({"color": tint, "outline_color": "#2b3947", "outline_width": "0.6"}),
            "",
        )
        for n, tint in enumerate(tints)
    ]
    zones.setRenderer(QgsCategorizedSymbolRenderer("field_zone", fills))
    towns.setRenderer(
        QgsSingleSymbolRenderer(
            QgsFillSymbol.createSimple({"style": "no", "outline_color": "#7d8892", "outline_width": "0.25"})
        )
    )
    classes = {row["class"] for row in points.getFeatures()}
    colours = dict(
        zip(sorted(map(str, classes)), ("#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#009E73", "#555555"), strict=False)
    )
    symbols = [
        QgsRendererCategory(
            name,
            QgsMarkerSymbol.createSimple(
                {"color": colour, "size": "1.5", "outline_color": "white", "outline_width": "0.15"}
            ),
            name,
        )
        for name, colour in colours.items()
    ]
    points.setRenderer(QgsCategorizedSymbolRenderer("class", symbols))
    moves.setRenderer(QgsSingleSymbolRenderer(QgsLineSymbol.createSimple({"color": "#B24A00", "width": "0.5"})))
    words, halo, label = QgsTextFormat(), QgsTextBufferSettings(), QgsPalLayerSettings()
    halo.setEnabled(True)
    halo.setColor(QColor("white"))
    words.setBuffer(halo)
    words.setFont(QFont("WenQuanYi Micro Hei"))
    words.setSize(11)
    label.setFormat(words)
    label.fieldName = "name"
    towns.setLabeling(QgsVectorLayerSimpleLabeling(label))
    towns.setLabelsEnabled(True)
    drawn([moves, points, towns, zones], (1100, 1180)).save(str(path))
    check.say(path.stat().st_size > 0, f"picture: {path}")


def check_all(program: str, picture: Path | None) -> int:
    """Run everything; return the number of failures."""
    from qgis.core import Qgis, QgsApplication  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="geocensus-qgis-") as folder:
        root, log = Path(folder), Path(folder) / "requests"
        os.environ["QGIS_CUSTOM_CONFIG_PATH"] = os.environ["XDG_RUNTIME_DIR"] = folder
        workspace = demo(program, root)
        scoped = person(program, workspace, "qgis-check", "qa", TOWNSHIP)
        QgsApplication.setPrefixPath("/usr", True)
        application = QgsApplication([], False)
        application.initQgis()
        sys.stdout.write(f"QGIS {Qgis.version()}\n")
        with serving(program, workspace) as port, recording(port, log) as address:
            started = time.perf_counter()
            admin = Check(address, TOKEN, log)
            whole = check_collections(admin)
            check_filters(admin)
            check_tiles(admin, login_of(TOKEN))
            sys.stdout.write(f"as qa of {TOWNSHIP}, by HTTP Basic\n")
            limited = Check(address, scoped, log)
            part = check_collections(limited)
            for name in ("sources", "flags", "areas-village"):
                limited.say(0 < part[name] < whole[name], f"{name}: {part[name]} of {whole[name]} are in scope")
            if picture is not None:
                paint(admin, picture)
            failures = admin.failures + limited.failures
            seconds = time.perf_counter() - started
            sys.stdout.write(f"{admin.lines} requests, {seconds:.0f} s, {failures} failures\n")
            sys.stdout.flush()
        application.exitQgis()
    return failures


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("program", help="the command geocensus of an environment with the extra api")
    parser.add_argument("--picture", type=Path, help="where to keep a picture of the canvas")
    asked = parser.parse_args()
    return int(check_all(asked.program, asked.picture) > 0)


if __name__ == "__main__":
    sys.exit(main())
