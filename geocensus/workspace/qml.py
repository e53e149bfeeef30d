"""QGIS styles (QML) as small functions: symbols, renderers, labels."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["Category", "Symbol", "categorized", "single"]

_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_VERSION: Final = "3.22.0-Białowieża"
_LAYER_CLASSES: Final = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}


@dataclass(frozen=True)
class Symbol:
    """A symbol of one layer: kind (marker, line, fill) and QGIS's own property names.

    ``layer`` names QGIS's class of the layer where it is not the simple one; ``inside`` is the symbol that it is
    filled with, as an arrow is.
    """

    kind: str
    properties: Mapping[str, str]
    layer: str = ""
    inside: "Symbol | None" = None


@dataclass(frozen=True)
class Category:
    """One class of a categorised layer; an empty value catches all the rest."""

    value: str
    label: str
    symbol: Symbol


def single(symbol: Symbol, *, label: str = "", label_scale: int = 0) -> str:
    """Return a style with one symbol.

    Parameters
    ----------
    symbol
        For every feature.
    label
        Column shown as label; "" for none.
    label_scale
        Labels only from this scale on (1:n); 0 for always.

    Returns
    -------
    str
        QML.

    Examples
    --------
    >>> "SimpleLine" in single(Symbol("line", {"line_color": "0,0,0,255"}))
    True
    """
    root, renderer = _document("singleSymbol")
    _symbols(renderer, [symbol])
    return _finished(root, label, label_scale)


def categorized(column: str, categories: Iterable[Category], *, label: str = "", label_scale: int = 0) -> str:
    """Return a style with a symbol per value of a column.

    Parameters
    ----------
    column
        The column.
    categories
        In the order of the legend.
    label
        As :func:`single`.
    label_scale
        As :func:`single`.

    Returns
    -------
    str
        QML.
    """
    root, renderer = _document("categorizedSymbol", attr=column)
    classes = list(categories)
    parent = ET.SubElement(renderer, "categories")
    for number, entry in enumerate(classes):
        ET.SubElement(
            parent, "category", value=entry.value, label=entry.label, symbol=str(number), render="true", type="string"
        )
    _symbols(renderer, [entry.symbol for entry in classes])
    return _finished(root, label, label_scale)


def _document(kind: str, **attributes: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology|Labeling", labelsEnabled="0")
    fixed = {"type": kind, "symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    renderer = ET.SubElement(root, "renderer-v2", {**fixed, **attributes})
    return root, renderer


def _symbols(renderer: ET.Element, symbols: Iterable[Symbol]) -> None:
    parent = ET.SubElement(renderer, "symbols")
    for number, symbol in enumerate(symbols):
        _symbol(parent, symbol, str(number))


def _symbol(parent: ET.Element, symbol: Symbol, name: str) -> None:
    element = ET.SubElement(parent, "symbol", name=name, type=symbol.kind, alpha="1", clip_to_extent="1", force_rhr="0")
    shape = symbol.layer or _LAYER_CLASSES[symbol.kind]
    layer = ET.SubElement(element, "layer", {"class": shape, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in symbol.properties.items():  # QGIS reads Option from 3.18 on, prop before
        ET.SubElement(options, "Option", name=key, value=value, type="QString")
        ET.SubElement(layer, "prop", k=key, v=value)
    if symbol.inside is not None:
        _symbol(layer, symbol.inside, f"@{name}@0")


def _finished(root: ET.Element, label: str, scale: int) -> str:
    if label:
        root.set("labelsEnabled", "1")
        settings = ET.SubElement(ET.SubElement(root, "labeling", type="simple"), "settings", calloutType="simple")
        style = ET.SubElement(
            settings,
            "text-style",
            fieldName=label,
            isExpression="0",
            fontSize="9",
            fontSizeUnit="Point",
            textColor="50,50,50,255",
        )
        ET.SubElement(
            style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,255"
        )
        ET.SubElement(settings, "placement", placement="1" if scale else "0", priority="5")
        # QGIS counts from the far end: scaleMin is the larger denominator
        limits = {"scaleVisibility": "1", "scaleMin": str(scale), "scaleMax": "1"} if scale else {}
        ET.SubElement(settings, "rendering", {"drawLabels": "1", "obstacle": "1", **limits})
    return _DOCTYPE + ET.tostring(root, encoding="unicode")
