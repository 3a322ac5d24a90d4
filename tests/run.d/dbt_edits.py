"""Files as teams write them, each for one kind of edit: what stands there, and the workbooks
that make our program edit it.

In the texts, `@one@` is a node's call and `@pages@` the address of the site's workbooks.
"""

import uuid
from dataclasses import dataclass

from dbt_samples import told
from dbt_texts import DESCRIPTIONS, OWNERS, TITLES

EXPOSURES = "models/exposures"
# Numbers of workbooks that are on the site no more; a higher one than any could be new.
GONE = 10

KEPT = """\
  - name: kept_@file@
    type: dashboard
    owner: {name: Somebody}
    depends_on:
      - @one@
"""
OTHER_KEYS = """
# Groups come last.
groups:
  - name: group_@file@
    owner: {name: Somebody}
"""

# Where an exposure is created: the file before, by the Tableau project that leads to it.
CREATED_IN = {
    "no_file": None,
    "empty": "",
    "only_newline": "\n",
    "only_comment": "# Exposures go here.\n",
    "only_version": "version: 2\n",
    "only_version_no_newline": "version: 2",
    "null_list": "version: 2\n\nexposures:\n",
    "null_list_comment": "exposures:  # none yet\n",
    "null_list_spaces": "version: 2\n\nexposures:\n  \n",
    "null_then_keys": "exposures:\n" + OTHER_KEYS,
    "empty_list": "exposures: []\n",
    "empty_list_comment": "exposures: []  # none yet\n# The end.\n",
    "empty_then_keys": "exposures: []\n" + OTHER_KEYS,
    "only_other_keys": "version: 2\n" + OTHER_KEYS,
    "a_list": "exposures:\n" + KEPT,
    "list_then_keys": "version: 2\nexposures:\n" + KEPT + OTHER_KEYS,
    "no_final_newline": ("exposures:\n" + KEPT).rstrip("\n"),
    "trailing_comments": "exposures:\n" + KEPT + "\n# - name: someday\n#   type: dashboard\n",
    "trailing_spaces": "exposures:\n" + KEPT + "   \n\n",
    "crlf_bom": "\ufeff" + ("version: 2\n\nexposures:\n" + KEPT).replace("\n", "\r\n"),
    "crlf_no_newline": ("exposures:\n" + KEPT).rstrip("\n").replace("\n", "\r\n"),
    "no_indent": "exposures:\n" + KEPT.replace("\n  ", "\n").removeprefix("  "),
    "one_space": "exposures:\n" + KEPT.replace("\n  ", "\n ").removeprefix(" "),
    "document_start": "---\nversion: 2\nexposures:\n" + KEPT,
    "flow_entries": "exposures:\n  - {name: kept_@file@, type: dashboard, owner: {name: S}}\n",
    "text_in_text": "version: 2\n\nexposures:\n"
    + KEPT
    + "    description: |\n      Not a list:\n      exposures:\n        - name: nobody\n",
}

# How `depends_on` stands before what is missing is added.
DEPENDS_ON = {
    "block": "    depends_on:\n      - @one@\n",
    "double_quotes": '    depends_on:\n      - @ONE@\n',
    "no_indent": "    depends_on:\n    - @one@\n",
    "behind_comment": "    depends_on:\n      - @one@  # the only one\n",
    "commented_out": "    depends_on:\n      - @one@\n      # - ref('someday')\n"
    "    # TODO: tell where this is shown\n    maturity: low\n",
    "flow": "    depends_on: [@one@]\n",
    "flow_spaces": "    depends_on: [ @one@ ]  # only this\n",
    "flow_lines": "    depends_on: [\n      @one@,\n    ]\n",
    "flow_lines_comma": "    depends_on:\n      [\n        @one@\n      ]\n",
    "two_in_one_item": "    depends_on:\n      - @one@, @two@\n",
    "absent": "",
    "null": "    depends_on:\n",
    "null_comment": "    depends_on:  # to be found out\n",
    "empty": "    depends_on: []\n",
    "quoted_key": "    'depends_on':\n      - @one@\n",
}

# What is not read any more, in `depends_on`: `one` is what the workbook reads.
SURPLUS = {
    "first": "    depends_on:\n      - @two@\n      - @one@\n",
    "last": "    depends_on:\n      - @one@\n      - @two@  # until May\n",
    "last_no_indent": "    depends_on:\n    - @one@\n    - @two@\n",
    "between_comments": "    depends_on:\n      # First.\n      - @two@\n      # Second.\n"
    "      - @one@\n",
    "flow_first": "    depends_on: [@two@, @one@]\n",
    "flow_last": "    depends_on: [ @one@, @two@ ]  # both\n",
    "flow_lines": "    depends_on: [\n      @two@,\n      @one@,\n    ]\n",
}

# Texts of an exposure before they are updated.
TEXTS = {
    "plain": "    label: Old label\n    url: https://old.example.com/x\n"
    "    description: old words\n    owner:\n      name: Old Owner\n",
    "single_quotes": "    label: 'It''s old'\n    url: 'https://old.example.com/x'\n"
    "    description: 'old words'\n    owner:\n      name: 'Old Owner'\n",
    "double_quotes": '    label: "Old"\n    url: "https://old.example.com/x"\n'
    '    description: "old\\nwords"\n    owner: {name: "Old Owner"}\n',
    "folded": "    owner: {name: Old Owner}\n    label: >-\n      Old\n      label\n    url: >-\n"
    "      https://old.example.com/x\n    description: >\n      Old words\n      on lines.\n",
    "literal": "    owner: {name: Old Owner}\n    label: |-\n      Old\n"
    "    description: |\n      Old words\n\n      on lines.\n",
    "lines": "    label: Old label\n      that goes on\n    description: old words\n"
    "      that go on\n    owner:\n      name: Old Owner\n",
    "comments": "    label: Old  # ask Ann\n    # Its page:\n"
    "    url: https://old.example.com/x # here\n"
    "    owner:  # who answers\n      name: Old Owner  # since May\n",
    "empty": "    label: ''\n    description: \"\"\n    owner: {name: Old Owner}\n",
    "absent": "    owner: {name: Old Owner}\n",
    "jinja": '    label: "{% raw %}{{ old }}{% endraw %}"\n'
    '    description: "{% raw %}{# old{% endraw %}"\n'
    "    owner: {name: Old Owner}\n",
}

# Exposures whose workbook is gone, each in a file of its own.
GONE_ENTRIES = {
    "no_config": "",
    "config": "    config:\n      tags: [old]  # of last year\n",
    "config_flow": "    config: {tags: [old]}\n",
    "enabled": "    config:\n      enabled: true\n",
    "config_empty": "    config: {}\n",
    "by_luid": "    config:\n      meta:\n"
    "        tableau: {site: acme, luid: 0b1c2d3e-0000-4000-8000-000000000001}\n",
}


@dataclass(frozen=True)
class Case:
    """An exposure that our program writes or edits, and what engines must make of it."""

    # Name of the case, and of its workbook's LUID.
    name: str
    workbook: dict
    reads: tuple
    # Name of the exposure that is there before; `None` where one is created.
    exposure: str = None


class Batch:
    """All that is written in one project, so that each engine parses it once."""

    def __init__(self, sample, connection):
        self.sample = sample
        self.connection = connection
        self.files = {}
        self.created = []
        self.depending = []
        self.surplus = []
        self.updated = []
        self.gone = set()
        self._lay_out()

    @property
    def cases(self):
        return self.created + self.depending + self.surplus + self.updated

    @property
    def workbooks(self):
        """Those of the cases, and some that read what no exposure may depend on: whatever
        our program makes of these, dbt must not mind."""
        tables = enumerate(self.sample.out_of_reach)
        odd = [self._odd(nth, told(table, self.connection)) for nth, table in tables]
        return [it.workbook for it in self.cases] + odd

    def _lay_out(self):
        for name, text in CREATED_IN.items():
            if text is not None:
                self.files[f"{EXPOSURES}/{name}.yml"] = self._filled(text, name)
            self.created.append(self._case(name, f"Board of {name}", ["one"], project=name))
        for nth, title in enumerate(TITLES):
            self.created.append(self._hostile(nth, title, "hostile"))
        everything = list(self.sample.nodes)
        self.created.append(self._case("everything", "Everything", everything, project="a_list"))
        entries = [
            self._depending(self.depending, f"depends_{it}", text, everything)
            for it, text in DEPENDS_ON.items()
        ]
        self.files["models/depends_on.yml"] = "exposures:\n" + "\n".join(entries)
        entries = [
            self._depending(self.surplus, f"surplus_{it}", text, ["one"])
            for it, text in SURPLUS.items()
        ]
        self.files["models/surplus.yml"] = "exposures:\n" + "\n".join(entries)
        entries = [self._updated(nth, *it) for nth, it in enumerate(self._texts())]
        self.files["models/texts.yml"] = "version: 2\n\nexposures:\n" + "\n".join(entries)
        self._lay_out_gone()

    def _odd(self, nth, table):
        name = f"odd_{nth}"
        workbook = self._case(name, f"Odd {nth}", ["one"], project="odd").workbook
        return {**workbook, "number": 800 + nth, "tables": [*workbook["tables"], table]}

    def _texts(self):
        """Each layout with each text would be many: all texts, the layouts in turn."""
        layouts = list(TEXTS.items())
        for nth, _ in enumerate(DESCRIPTIONS):
            name, text = layouts[nth % len(layouts)]
            yield f"{name}_{nth}", text

    def _lay_out_gone(self):
        for nth, (name, config) in enumerate(GONE_ENTRIES.items()):
            self.gone.add(f"gone_{name}")
            self.files[f"models/gone/{name}.yml"] = self._gone(name, nth, config)
        first, last = self._gone("first", 20), self._gone("last", 21)
        kept = self._filled(KEPT, "between")
        last = last.removeprefix("exposures:\n")
        self.files["models/gone/between.yml"] = (
            f"{first}\n# Stays.\n{kept}\n# Goes with it?\n{last}"
            + self._filled(OTHER_KEYS, "between")
        )
        self.gone |= {"gone_first", "gone_last"}

    def _gone(self, name, nth, config=""):
        return self._filled(
            f"exposures:\n  - name: gone_{name}\n    type: dashboard\n"
            f'    url: "@pages@/{GONE + nth}"\n    owner: {{name: Somebody}}\n'
            f"    depends_on:\n      - @one@\n{config}",
            name,
        )

    def _hostile(self, nth, title, project):
        description = DESCRIPTIONS[nth]
        owner = OWNERS[nth % len(OWNERS)]
        name = f"title_{nth}"
        return self._case(name, title, ["one"], project, description=description, owner=owner)

    def _depending(self, cases, name, depends_on, reads):
        cases.append(self._case(name, f"Board {name}", reads, exposure=name))
        return self._entry(name, "    owner: {name: Somebody}\n" + depends_on)

    def _updated(self, nth, name, text):
        title = TITLES[nth % len(TITLES)]
        owner = OWNERS[nth % len(OWNERS)]
        name = f"text_{name}"
        case = self._case(
            name, title, ["one"], description=DESCRIPTIONS[nth], owner=owner, exposure=name
        )
        self.updated.append(case)
        return self._entry(name, text + "    depends_on:\n      - @one@\n")

    def _entry(self, name, keys):
        meta = f"    config:\n      meta:\n        tableau: {{luid: {luid(name)}}}\n"
        return self._filled(f"  - name: {name}\n    type: dashboard\n{keys}{meta}", name)

    def _case(self, name, title, reads, project="default", exposure=None, **texts):
        texts = {"description": f"About {name}", "owner": "Ann Archer", **texts}
        workbook = {
            "name": title,
            "luid": luid(name),
            "number": 100 + len(self.cases),
            "project": project,
            "connection": self.connection,
            "tables": self.sample.tables(reads, self.connection),
            **texts,
        }
        return Case(name, workbook, tuple(reads), exposure)

    def _filled(self, text, file):
        one, two = self.sample.nodes["one"].call, self.sample.nodes["two"].call
        text = text.replace("@file@", file).replace("@one@", one).replace("@two@", two)
        return text.replace("@ONE@", one.replace("'", '"'))

    def files_on(self, pages):
        """The files, with the address of the site's workbooks."""
        return {path: text.replace("@pages@", pages) for path, text in self.files.items()}


def luid(name):
    """The same for a name in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
