"""`spendaudit audit`: from files as a portal publishes them to findings."""

from dataclasses import replace

import typer

from spendaudit.cli import options, thrift


def audit(
    paths: options.Paths,
    *,
    source: options.Source = "",
    first: options.From = "",
    last: options.To = "",
    period: options.Period = "",
    mapping: options.Map = None,
    country: options.Country = "",
    currency: options.Currency = "",
    select: options.Select = [],  # noqa: B006 Typer copies it
    ignore: options.Ignore = [],  # noqa: B006 Typer copies it
    param: options.Param = [],  # noqa: B006 Typer copies it
    persona: options.PersonaOption = options.Persona.AUDITOR,
    lists: options.Lists = [],  # noqa: B006 Typer copies it
    statistics: options.Statistics = False,
    sensitivity: options.Sensitivity = [],  # noqa: B006 Typer copies it
    overlap: options.Overlap = False,
    score: options.Score = "",
    output: options.Output = [],  # noqa: B006 Typer copies it
    output_format: options.ReportFormat = "table",
    fail_on: options.FailOnOption = options.FailOn.HIGH,
    baseline: options.Baseline = None,
    stale: options.StaleOption = options.Stale.WARN,
    strict: options.Strict = False,
    config: options.Config = None,
    store: options.Store = None,
    show_personal: options.ShowPersonal = False,
    low_memory: options.LowMemory = False,
    ignore_new_columns: options.IgnoreNewColumns = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = False,
) -> None:
    """Say what deserves a question in what a portal published.

    \b
    Examples:
      spendaudit audit contracts-2014.csv
      spendaudit audit folder/ other.zip -o findings.csv -o findings.xlsx
      spendaudit audit spend.csv --select PAY001 --param PAY001.match=any-date
      spendaudit audit cl_mercado_publico_orders --from 2024-01 --to 2024-03
      spendaudit audit mailed.csv --map mailed.toml --currency CLP
      spendaudit audit orders.csv --sensitivity SPL001.days=7,30,90
      spendaudit audit *.csv --output-format json --fail-on never | jq .rules

    Every file is recognised by what is in it, normalised once, and found again by its content. A file that
    cannot be read does not stop the others; it is told, and the exit code is 3. Of a folder, files whose
    names end as those of tables do (.csv, .xlsx, .json, .xml, .zip ...) are read, and the others named.

    For a file of no known portal, `spendaudit map FILE` drafts the mapping that --map takes.

    With --baseline, findings that `spendaudit baseline` has written down are left out, and only new ones
    count for --fail-on.

    \b
    With --list, rules look suppliers and days up in reference lists:
      --list sanctions=FILE       party_id, name, scheme, valid_from, valid_to
      --list registry=FILE        party_id, registered_on, valid_to, address, phone, email
      --list connections=FILE     party_id, valid_from, valid_to: officials, donors, staff, their firms
      --list plan=FILE            buyer_id or buyer_name, item_code, fiscal_year
      --list election_dates=FILE  date, name, country
      --list holidays             of the country of the data; holidays=GB-ENG and holidays=FILE, too

    These are the columns that are read of a list, by their names or by words that `spendaudit map` knows; for
    other headers give a mapping beside it: --list registry=FILE,MAPPING.toml. A party is matched by a valid
    number, inside the dates of the list; where a name alone agrees, it is a lead and no more.

    With --statistics, --sensitivity, --overlap or --score, a table or CSV holds what they ask for in the
    place of the findings, and JSON holds both. The exit code is that of the findings.

    Where several exit codes apply, 3 goes before 4, and 4 before 1: a report on a part of the data must not
    look like a report on all of it.
    """
    thrift.begin(thrift.SPARING if low_memory else thrift.SEARCHING)
    from spendaudit.cli.asking import Questions, ask_of, exit_code, opened
    from spendaudit.cli.baselines import Answers
    from spendaudit.cli.judging import Aids
    from spendaudit.cli.lists import Listed
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.outputs import choose, write
    from spendaudit.cli.reading import Wanted, read
    from spendaudit.config import load_config
    from spendaudit.errors import DONE

    notes = Notes(quiet, verbose)
    outputs = choose(output, output_format, quiet=quiet)
    answers = Answers.of(baseline)
    settled = load_config(config)
    questions = replace(Questions.of(select, ignore, param, settled, persona), low_memory=low_memory)
    aids = Aids.of(
        sensitivity, score, settled.weights, questions, outputs, overlap=overlap, statistics=statistics
    )
    listed = Listed.of(lists)
    wanted = Wanted.of(locals())
    if questions.spared and outputs.printed and outputs.printed.name != "table":
        notes.say(questions.spared)
    found, tables = opened(read(wanted, notes), notes, listed)
    run = ask_of(found, tables, questions, notes, show_personal=show_personal)
    run, blamed = answers.apply(run, stale, notes) if answers else (run, DONE)
    write(run, outputs, found.kept, fail_on, aids.lists(run, found, tables, questions), verbose=verbose)
    code = exit_code(run, questions, fail_on, refused=found.refused, strict=strict)
    raise typer.Exit(code or blamed)
