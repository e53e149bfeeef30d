"""Short ways to write JSON Schema."""

from typing import Any, Final

__all__ = [
    "BOX",
    "COUNT",
    "NUMBER",
    "TEXT",
    "TRUTH",
    "Schema",
    "changed",
    "listed",
    "mapped",
    "members",
    "named",
    "or_null",
    "ref",
]

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
COUNT: Final[Schema] = {"type": "integer"}
TRUTH: Final[Schema] = {"type": "boolean"}
BOX: Final[Schema] = {"type": "array", "prefixItems": [NUMBER] * 4, "minItems": 4, "maxItems": 4}


def members(needed: dict[str, Schema], other: dict[str, Schema] | None = None, *, more: Schema | None = None) -> Schema:
    """Return the schema of an object.

    Parameters
    ----------
    needed
        Members that every answer has.
    other
        Members that some have.
    more
        Schema of any further members; without it they are not described, and may be there all the same.

    Returns
    -------
    dict
        JSON Schema.

    Examples
    --------
    >>> members({"n": COUNT})
    {'type': 'object', 'required': ['n'], 'properties': {'n': {'type': 'integer'}}}
    """
    found: Schema = {"type": "object", "required": list(needed), "properties": {**needed, **(other or {})}}
    return found if more is None else {**found, "additionalProperties": more}


def named(schema: Schema, *names: str) -> dict[str, Schema]:
    """Return several members of one kind.

    Parameters
    ----------
    schema
        Of each of them.
    *names
        Theirs.

    Returns
    -------
    dict
        Schemas by name.

    Examples
    --------
    >>> named(TEXT, "code", "name")
    {'code': {'type': 'string'}, 'name': {'type': 'string'}}
    """
    return dict.fromkeys(names, schema)


def or_null(schema: Schema) -> Schema:
    """Return the schema of what may be missing.

    Parameters
    ----------
    schema
        Of what is there.

    Returns
    -------
    dict
        With null.

    Examples
    --------
    >>> or_null(TEXT), or_null(ref("Lock"))
    ({'type': ['string', 'null']}, {'anyOf': [{'$ref': '#/components/schemas/Lock'}, {'type': 'null'}]})
    """
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def listed(schema: Schema) -> Schema:
    """Return the schema of a list.

    Parameters
    ----------
    schema
        Of each of its entries.

    Returns
    -------
    dict
        JSON Schema.
    """
    return {"type": "array", "items": schema}


def mapped(schema: Schema) -> Schema:
    """Return the schema of an object whose members' names are data.

    Parameters
    ----------
    schema
        Of each of them.

    Returns
    -------
    dict
        JSON Schema.
    """
    return {"type": "object", "additionalProperties": schema}


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document.

    Parameters
    ----------
    name
        One of SCHEMAS.

    Returns
    -------
    dict
        JSON Schema.
    """
    return {"$ref": f"#/components/schemas/{name}"}


def changed(name: str) -> Schema:
    """Return the schema of a problem that tells what is other than it was seen.

    Parameters
    ----------
    name
        Schema of the difference, one of SCHEMAS.

    Returns
    -------
    dict
        JSON Schema.
    """
    return {"allOf": [ref("Problem"), members({"difference": ref(name)})]}
