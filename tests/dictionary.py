"""The document's dictionary and schema, written from its own models: ``python -m tests.dictionary``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gaitcheck.advice.intake import TABLES
from gaitcheck.analysis.document import Analysis
from gaitcheck.wording import load_wording

DOCS = Path(__file__).resolve().parents[1] / "docs"
OPENING = """# The document

Every field of `analysis.json`, part by part; [analysis.schema.json](analysis.schema.json) is the same as JSON Schema.
The document holds names and codes, never sentences: those are in `src/gaitcheck/wording/`.
`gaitcheck.load(folder).document` has the same fields.
"""


def schema() -> dict[str, Any]:
    """The document's JSON Schema; every answer is described by the question it answers."""
    made = Analysis.model_json_schema()
    wording = load_wording()
    for table, model in TABLES.items():
        name = next(n for n in made["$defs"] if n == model.__name__ or n.endswith(f"intake__{model.__name__}"))
        for key, field in made["$defs"][name]["properties"].items():
            field["description"] = wording.question(f"{table}.{key}")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return made


def _kind(field: dict[str, Any]) -> str:
    """A field's type in a few words."""
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"])
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1].rsplit("__", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}" if "items" in field else "list"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        return f"by name: {_kind(inner)}" if isinstance(inner, dict) else "table"
    plain = {
        "number": "number",
        "integer": "whole number",
        "string": "text",
        "boolean": "true or false",
        "null": "null",
    }
    return plain.get(field.get("type", ""), "any") + (f" ({field['format']})" if "format" in field else "")


def document() -> str:
    """The dictionary as Markdown."""
    made = schema()
    lines = [OPENING]
    for name, part in {"Analysis": made, **made["$defs"]}.items():
        if "properties" not in part:
            continue
        title = name.rsplit("__", 1)[-1]
        about = " ".join(part.get("description", "").split())
        lines += [f"## {title}", "", *([about, ""] if about else []), "| field | is | type |", "|---|---|---|"]
        for key, field in part["properties"].items():
            said = field.get("description") or made["$defs"][field["$ref"].rsplit("/", 1)[-1]]["description"]
            lines.append(f"| `{key}` | {' '.join(said.split()).replace('|', chr(92) + '|')} | {_kind(field)} |")
        lines.append("")
    return "\n".join(lines)


def written() -> dict[Path, str]:
    """What stands in each file."""
    text = json.dumps(schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return {DOCS / "document.md": document(), DOCS / "analysis.schema.json": text}


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
