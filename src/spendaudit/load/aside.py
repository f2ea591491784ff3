"""What is kept of a tree that cannot be laid out: the start of its text, without what is kept nowhere."""

import json
import re
from collections.abc import Collection
from typing import Any, Final

from spendaudit.ingest.json_trees import Tree
from spendaudit.model.remarks import TOO_DEEP

#: Characters that are kept.
_KEPT: Final = 10_000


def text_of(tree: Tree, private: Collection[str]) -> str:
    """Write a tree, as far as it is kept."""
    try:
        return json.dumps(_public(tree, private), ensure_ascii=False)[:_KEPT]
    except RecursionError:
        return f"({TOO_DEEP} to be written; its parts are {', '.join(map(str, tree))})"[:_KEPT]


def without_private(text: str, private: Collection[str]) -> str:
    """Leave the named parts out of text that no parser can read."""
    for name in sorted(private):
        text = re.sub(rf'"{name}"\s*:\s*(\{{[^{{}}]*(\}}|$)|\[[^\]]*(\]|$))', f'"{name}": null', text)
    return text


def _public(part: Any, private: Collection[str]) -> Any:
    if isinstance(part, dict):
        return {name: _public(value, private) for name, value in part.items() if name not in private}
    return [_public(value, private) for value in part] if isinstance(part, list) else part
