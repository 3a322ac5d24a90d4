"""Files with something wrong in them, each for one kind of quick fix: what stands there, the
workbooks beside it, and what dbt must make of it once it is mended.

In the texts, `@one@` and `@two@` are calls of nodes and `@pages@` the address of the site's
workbooks.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

# The number of the first workbook.
NUMBER = 500

FIRST = """\
exposures:
  - name: first_@file@
    type: dashboard
    owner: {name: Somebody}
    depends_on:
      - @one@
"""
SECOND = FIRST.replace("first_", "second_").replace("@one@", "@two@")
THIRD = FIRST.replace("first_", "third_")
GROUP = """
groups:
  - name: group_@file@
    owner: {name: Somebody}

"""
SOURCE = """
sources:
  - name: source_@file@
    tables: [{name: t}]
"""
PLAIN = """\
exposures:
  - name: @file@
    type: dashboard
    owner: {name: Somebody}
"""
KNOWN = PLAIN + "    config: {meta: {tableau: {luid: @luid@}}}\n"


@dataclass(frozen=True)
class Broken:
    """A file with something wrong, in models/fixes."""

    name: str
    text: str
    # What the mended exposures are to hold: name of the exposure, then dbt's keys.
    wanted: dict = field(default_factory=dict)
    # Part of the title of the fix that is chosen.
    fix: str = ""
    # What the workbook of this exposure reads; `None` where there is none.
    reads: tuple = None
    # Whether dbt is to see nothing of it.
    is_away: bool = False
    # The engines for which this is wrong; others take it as it is.
    wrong_for: Callable = lambda engine: True


def reads_config(engine):
    return engine.reads_config


def is_core(engine):
    return not engine.is_fusion


def depends(*names):
    return {"depends_on": set(names)}


JOINED = {"first_@file@": depends("one"), "second_@file@": depends("two")}
TAGGED = {"tags": {"daily", "sales"}}
NOTED = {"meta": {"team": "sales", "tier": 1}}
ONE = {"@file@": depends("one")}
BOTH = {"@file@": depends("one", "two")}
SURPLUS = "    depends_on:\n      - @one@\n      - @two@\n"

BROKEN = [
    Broken("join", FIRST + "\n" + SECOND, JOINED),
    Broken("join_between", "version: 2\n" + FIRST + GROUP + SECOND, JOINED),
    Broken(
        "join_to_end",
        FIRST + "# Ends here.\n" + GROUP + "# Of the second.\n" + SECOND + SOURCE,
        JOINED,
    ),
    Broken("join_three", FIRST + SECOND + THIRD, {**JOINED, "third_@file@": depends("one")}),
    Broken("join_empty", "exposures: []\n\n" + FIRST + SECOND, JOINED),
    Broken("join_crlf", (FIRST + "\n" + SECOND).rstrip("\n").replace("\n", "\r\n"), JOINED),
    Broken(
        "tags_flow",
        PLAIN + "    tags: [daily, sales]\n",
        {"@file@": TAGGED},
        wrong_for=reads_config,
    ),
    Broken(
        "tags_block",
        PLAIN
        + "    tags:  # of us\n      - daily\n      # the team\n      - sales\n"
        + "    maturity: low\n",
        {"@file@": TAGGED},
        wrong_for=reads_config,
    ),
    Broken(
        "meta_block",
        PLAIN + "    meta:\n      team: sales\n      tier: 1\n    maturity: low\n",
        {"@file@": NOTED},
        wrong_for=reads_config,
    ),
    Broken(
        "both",
        PLAIN + "    tags: [daily, sales]\n    meta: {team: sales, tier: 1}\n",
        {"@file@": {**TAGGED, **NOTED}},
        wrong_for=reads_config,
    ),
    Broken(
        "beside_config",
        PLAIN + "    config:\n      enabled: true\n    tags: [daily, sales]\n",
        {"@file@": TAGGED},
        wrong_for=reads_config,
    ),
    Broken(
        "beside_flow_config",
        PLAIN + "    meta: {team: sales, tier: 1}\n    config: {enabled: true}\n",
        {"@file@": NOTED},
        wrong_for=reads_config,
    ),
    Broken("bare_name", PLAIN + "    depends_on:\n      - @one_name@\n", ONE),
    Broken("bare_name_flow", PLAIN + "    depends_on: [@one_name@]\n", ONE),
    Broken("unknown_ref", PLAIN + "    depends_on:\n      - ref('@one_name@x')\n", ONE),
    Broken("unknown_ref_flow", PLAIN + '    depends_on: [ref("@one_name@x")]\n', ONE),
    Broken("type", PLAIN.replace("dashboard", "Dashboard") + "    depends_on: [@one@]\n", ONE),
    Broken("wrapped", PLAIN + '    depends_on:\n      - "{{ @one@ }}"\n', ONE),
    Broken("maturity", PLAIN + "    maturity: High\n", {"@file@": {}}, wrong_for=is_core),
    Broken("number", PLAIN + "    label: 2024\n", {"@file@": {"label": "2024"}}),
    # Text to YAML 1.2, which Fusion reads, and a truth value to YAML 1.1.
    Broken("flag", PLAIN + "    label: No\n", {"@file@": {"label": "No"}}, wrong_for=is_core),
    Broken(
        "no_owner",
        KNOWN.replace("    owner: {name: Somebody}\n", "") + "    depends_on: [@one@]\n",
        {"@file@": {"owner": "Somebody"}},
        reads=("one",),
    ),
    Broken(
        "placeholder",
        KNOWN + "    url: https://tableau.example.com/TBD\n    depends_on: [@one@]\n",
        {"@file@": {"url": "@pages@/@number@"}},
        reads=("one",),
    ),
    Broken("lacking", KNOWN + "    depends_on: [@one@]\n", BOTH, reads=("one", "two")),
    Broken("surplus", KNOWN + SURPLUS, ONE, reads=("one",)),
    Broken("surplus_first", KNOWN + SURPLUS, {"@file@": depends("two")}, reads=("two",)),
    Broken("surplus_flow", KNOWN + "    depends_on: [@one@, @two@]  # two\n", ONE, reads=("one",)),
    Broken(
        "surplus_flow_first",
        KNOWN + "    depends_on: [ @one@, @two@ ]\n",
        {"@file@": depends("two")},
        reads=("two",),
    ),
    Broken(
        "gone_disabled",
        PLAIN + '    url: "@pages@/20"\n    depends_on: [@one@]\n',
        fix="Disable `",
        is_away=True,
    ),
    Broken(
        "gone_removed",
        PLAIN + '    url: "@pages@/21"\n    depends_on: [@one@]\n',
        fix="Remove `",
        is_away=True,
    ),
]


def path_of(broken):
    return f"models/fixes/{broken.name}.yml"


def luid(broken):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"fix {broken.name}"))


def filled(text, broken, sample, pages=""):
    one, two = sample.nodes["one"], sample.nodes["two"]
    for name, value in {
        "file": broken.name,
        "one": one.call,
        "two": two.call,
        "one_name": one.id.rsplit(".", 1)[1],
        "luid": luid(broken),
        "pages": pages,
        "number": str(NUMBER + BROKEN.index(broken)),
    }.items():
        text = text.replace(f"@{name}@", value)
    return text


def workbooks(sample, connection):
    """Those whose exposure is in step with Tableau but for what is to be mended."""
    return [
        {
            "name": f"Fix {it.name}",
            "luid": luid(it),
            "number": NUMBER + nth,
            "owner": "Somebody",
            "connection": connection,
            "tables": sample.tables(it.reads, connection),
        }
        for nth, it in enumerate(BROKEN)
        if it.reads
    ]
