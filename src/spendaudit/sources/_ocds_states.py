"""What is the last state of a contracting process? Releases, records and versioned releases of OCDS tell it.

The rules of merging are those of the standard
(https://standard.open-contracting.org/latest/en/schema/merging/). The library `ocdsmerge` follows the
publisher's extensions over the network to know them better; here all objects with an `id` are merged by it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from spendaudit.model.remarks import ELSEWHERE, NO_RELEASE, NO_VERSIONS, NOTHING_OF_OCDS
from spendaudit.sources._json_parts import Tree
from spendaudit.sources._layouts import StrangeTreeError

#: What every value of a versioned release stands beside.
_VERSION: Final = frozenset({"releaseDate", "value"})

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def state_of(tree: Tree) -> Tree:
    """Return the release, or what a record's releases (or a release's versions) come to."""
    if "ocid" not in tree:
        raise StrangeTreeError(NO_RELEASE.format(what=_error(tree)) if _error(tree) else NOTHING_OF_OCDS)
    compiled: Tree | None = tree.get("compiledRelease")
    if isinstance(compiled, dict):
        return {"ocid": tree["ocid"], **compiled, "tag": ["compiled"]}
    if isinstance(releases := tree.get("releases"), list):
        if embedded := [release for release in releases if isinstance(release, dict) and "ocid" in release]:
            return merged(embedded)
        if tree.get("versionedRelease") is None:
            raise StrangeTreeError(ELSEWHERE)
    versions = tree.get("versionedRelease")
    # A versioned release has no date of its own, nor a tag.
    if versions is not None or not ("date" in tree or "tag" in tree):
        versions = tree if versions is None else versions
        if not isinstance(versions, dict):
            raise StrangeTreeError(NO_VERSIONS)
        last: Tree = {"ocid": tree["ocid"], **_last(versions)}
        return last
    return tree


def merged(trees: Sequence[Tree]) -> Tree:
    """Make one release of all that are known of a process, the last word counting."""
    states: list[Tree] = []
    for tree in trees:
        try:
            states.append(state_of(tree))
        except StrangeTreeError:
            continue
    if not states:
        return state_of(trees[-1])
    states.sort(key=_moment)
    if compiled := [state for state in states if "compiled" in _tags(state)]:
        return compiled[-1]
    whole: Any = states[0]
    for state in states[1:]:
        whole = _over(whole, state)
    return {**whole, "ocid": states[0]["ocid"]}


def _tags(state: Tree) -> Sequence[object]:
    tag = state.get("tag")
    return tag if isinstance(tag, list | str) else ()


def _error(tree: Tree) -> str:
    """Return what a portal's error body says, if it is one."""
    words = (tree.get(name) for name in ("status", "error", "message", "detail"))
    return ", ".join(str(word) for word in words if isinstance(word, str))


def _moment(state: Tree) -> datetime:
    try:
        moment = datetime.fromisoformat(state["date"])
    except (KeyError, TypeError, ValueError):
        return _LONG_AGO
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _over(old: Any, new: Any) -> Any:
    """Lay what is newer over what is older: null takes away, lists of objects with ids are merged by them."""
    if isinstance(old, dict) and isinstance(new, dict):
        laid = dict(old)
        for name, value in new.items():
            if value is None:
                laid.pop(name, None)
            else:
                laid[name] = _over(laid[name], value) if name in laid else value
        return laid
    if _has_ids(old) and _has_ids(new):
        by_id = {str(one["id"]): one for one in old}
        for one in new:
            number = str(one["id"])
            by_id[number] = _over(by_id[number], one) if number in by_id else one
        return list(by_id.values())
    return new


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and one.get("id") for one in value)


def _is_versions(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and one.keys() >= _VERSION for one in value)
    )


def _last(value: Any) -> Any:
    """Take the last of the versions of everything."""
    if _is_versions(value):
        return max(value, key=lambda one: _moment({"date": one["releaseDate"]}))["value"]
    if isinstance(value, dict):
        return {name: _last(one) for name, one in value.items()}
    return [_last(one) for one in value] if isinstance(value, list) else value
