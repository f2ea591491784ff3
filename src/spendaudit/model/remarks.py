"""How is it put what became of a file's rows? Kept in English; what shows it says it in other languages."""

from typing import Final

#: Why a row was put aside.
UNREADABLE: Final = "{columns} cannot be read as {meaning}"
EMPTY: Final = "the row is empty"
CELLS: Final = "{count} cells instead of {all}"
OVERLONG: Final = "the line is longer than {count} MiB"
UNBALANCED: Final = "a quote is opened and never closed"
STRAY: Final = "{column} has text but no name in the header"
UNLIKE: Final = "other values than earlier lines of the same {order}, which stand apart"
NAMELESS: Final = "it has no {columns}"
CONTRADICTS: Final = "{column} is not what the first line of the same {order} says"
DAMAGED: Final = "the JSON is damaged ({what})"
NO_RELEASE: Final = "no release or record: {what}"
NOTHING_OF_OCDS: Final = "no release or record of OCDS"
ELSEWHERE: Final = "the record only says where its releases are"
NO_PROCESS: Final = "neither a tender nor an award nor a contract"
#: What cells mean.
MEANINGS: Final = ("a date", "a number", "a count", "yes or no", "a currency", "a value")

#: What a reader should know of a file.
COUNTED: Final = "rows of {table} are counted: {count} rows of the file hold {all} of them"
VOID: Final = "{count} of {all} contracts came to nothing by their status: they count as no spending"
NO_ROW: Final = "nothing in the file is a row of {table}"
HEADER_ALONE: Final = "the file holds a header and no rows"
NO_PERIOD: Final = "no period stands in the file: --period 2016 (or 2016-05) states it"
EMPTIER: Final = "{column} is given in {count} % of the rows; at least {all} % was expected"
LATER: Final = "{count} of its rows in {table} do not count: {file} has a later version"
UNEXPLAINED: Final = "columns that nobody has explained were left out: {columns}"
IS_UTF8: Final = "read as utf-8: the bytes are, although this portal is known to write {encoding}"
ONE_STRAY: Final = "mixed encodings: 1 line was read as {encoding}, the others as {other}"
NULS: Final = "NUL bytes were left out"
STRAYS: Final = "mixed encodings: {count} lines were read as {encoding}, the others as {other}"

#: All of them; what begins alike stands with the longer first.
SENTENCES: Final = (
    *(UNREADABLE, EMPTY, CELLS, OVERLONG, UNBALANCED, STRAY, UNLIKE, NAMELESS),
    *(CONTRADICTS, DAMAGED, NO_RELEASE, NOTHING_OF_OCDS, ELSEWHERE, NO_PROCESS),
    *(COUNTED, VOID, NO_ROW, HEADER_ALONE, NO_PERIOD, EMPTIER, LATER),
    *(UNEXPLAINED, IS_UTF8, ONE_STRAY, STRAYS, NULS),
)
#: Fields that are numbers.
NUMBERS: Final = ("count", "all")
