"""A portal on this machine that misbehaves on demand, and a person at the command line who fetches."""

import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from spendaudit.__main__ import main
from spendaudit.cli import fetching
from spendaudit.ingest.rawstore import RawStore
from spendaudit.sources import load_sources

PLUGIN = '''
"""A portal on this machine.

What it holds
-------------
Contracts.

How often
---------
Monthly.

Licence
-------
CC0.

Caveats
-------
None.
"""

from functools import partial

from spendaudit.ingest import cells
from spendaudit.sources._releases import *
from spendaudit.sources._source import Csv, Output, Source

SOURCE = Source(
    id="xx_portal",
    page=__doc__,
    jurisdiction="XX",
    homepage="https://portal.example",
    licence="CC0-1.0",
    layout=Csv(encodings=("utf-8",), separator=","),
    outputs=(Output(table="contracts", columns={"contract_id": cells.text("id")}),),
    downloads=%s,
)
'''
MONTHLY = "Downloads(partial(monthly, 'PORTAL/{year}-{month}.csv', since='2007-01'), delay=0)"
Answering = Callable[[Request], Response]


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[str]:
        """The table on standard output without its headings."""
        return self.out.splitlines()[1:]

    @property
    def error(self) -> str:
        """The one error, in a line."""
        return " ".join(self.err.partition("error: ")[2].partition("\nhint: ")[0].split())

    @property
    def hint(self) -> str:
        return " ".join(self.err.partition("\nhint: ")[2].split())


@dataclass
class Person:
    """Somebody at the command line who never really waits; `portal` is the source's `Downloads`."""

    url: str
    plugins: Path
    store: RawStore
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    waits: list[float] = field(default_factory=list)
    wait: Callable[[float], None] | None = None

    def opens(self, portal: str) -> None:
        """Let the source of the plug-in be this portal."""
        self.plugins.mkdir(exist_ok=True)
        (self.plugins / "xx_plugin.py").write_text(PLUGIN % portal.replace("PORTAL", self.url))
        named = self.plugins / "xx_plugin-1.0.dist-info"
        named.mkdir(exist_ok=True)
        (named / "METADATA").write_text("Metadata-Version: 2.1\nName: xx-plugin\nVersion: 1.0\n")
        (named / "entry_points.txt").write_text("[spendaudit.sources]\nxx_portal = xx_plugin:SOURCE\n")
        self.monkeypatch.syspath_prepend(self.plugins)
        self.forgets()

    def forgets(self) -> None:
        load_sources.cache_clear()
        sys.modules.pop("xx_plugin", None)

    def fetches(self, *words: str) -> Said:
        """Run `spendaudit fetch xx_portal`."""
        command = ["spendaudit", "fetch", "xx_portal", *words, "--store", str(self.store.root)]
        self.monkeypatch.setattr(sys, "argv", command)
        self.monkeypatch.setattr(fetching, "sleep", self.wait or self.waits.append)
        self.capsys.readouterr()
        code = main()
        said = self.capsys.readouterr()
        return Said(code, said.out, said.err)

    def january(self, *words: str) -> Said:
        return self.fetches("--from", "2024-01", "--to", "2024-01", *words)

    def bodies(self) -> list[bytes]:
        return [self.store.path_of(line.sha256).read_bytes() for line in self.store.releases("xx_portal")]

    def partial(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.store.root / "partial").rglob("*.part")]


@pytest.fixture
def person(
    tmp_path: Path,
    httpserver: HTTPServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Person]:
    store = RawStore(tmp_path / "store")
    person = Person(httpserver.url_for("").rstrip("/"), tmp_path / "plugins", store, capsys, monkeypatch)
    person.opens(MONTHLY)
    yield person
    person.forgets()


@pytest.fixture
def january(httpserver: HTTPServer) -> Callable[..., list[Request]]:
    """Script what the portal answers when it is asked for January; the last answer is repeated."""

    def script(*answers: Response | Answering, path: str = "/2024-1.csv") -> list[Request]:
        asked: list[Request] = []

        def answer(request: Request) -> Response:
            asked.append(request)
            line = answers[min(len(asked), len(answers)) - 1]
            return line if isinstance(line, Response) else line(request)

        httpserver.expect_request(path).respond_with_handler(answer)
        return asked

    return script


@pytest.fixture
def untrusted() -> Iterator[HTTPServer]:
    """A server whose certificate nobody has signed but itself, for another host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "tls" / "untrusted.pem")
    with HTTPServer(host="127.0.0.1", port=0, ssl_context=context) as server:
        yield server
