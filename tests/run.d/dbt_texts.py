"""Texts as people give them to workbooks, each of which has broken some YAML or some dbt."""

TITLES = [
    # Jinja, which dbt renders in every text of an exposure.
    "Sales {{ draft }}",
    "100{% growth",
    "C{#",
    "{% raw %}kept{% endraw %}",
    "half {% endraw %} open",
    "{{ doc('nothing') }}",
    "{}} %} #}",
    # Other types than text, in YAML 1.1 or 1.2.
    "No",
    "yes",
    "null",
    "~",
    "2024",
    "2024-01-01",
    "12:30",
    "1e3",
    "0x1F",
    "0o17",
    "1_000",
    ".5",
    ".inf",
    "=",
    # YAML's own signs.
    "it's \"quoted\": #1",
    "Sales: EMEA",
    "#1 board",
    "Up #2",
    "- dash",
    "? what",
    "@all",
    "*P&L*",
    "&anchor",
    "!tag",
    "%percent",
    "|",
    "> more",
    "[x], {y}",
    "`tick`",
    "'",
    '"',
    "trailing:",
    "C:\\new\\table",
    "---",
    "...",
    # White space.
    "two\nlines",
    "two\n\n  paragraphs\n- with a dash",
    "carriage\r\nreturn",
    "tab\there",
    " leading",
    "trailing ",
    # The world's letters.
    "売上",
    "🚀",
    "Café & Crème",
    "مبيعات",
    "zero\u200bwidth",
    "line\u2028separator",
    "next\u0085line",
    "no\u00a0break",
    "byte\ufefforder",
    "x" * 300,
]

# What a description may be, and a title is not.
DESCRIPTIONS = [*TITLES, "ends with a newline\n", "ends with two\n\n", "\nstarts with one"]

# People's names: no control characters.
OWNERS = [it for it in TITLES if it.isprintable() and it.strip() == it]
