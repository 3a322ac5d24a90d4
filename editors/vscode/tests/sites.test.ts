// Tableau's sites in words, and which of them there is a button for.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { SiteStatus } from "../src/lsp_ext";
import { asksToSignIn, homePage, rows, type Shown, summary, toSignInTo, toSignOutOf, wording } from "../src/sites";

const NOW = Date.parse("2025-06-03T12:00:00Z");

function site(phase: string, more: Partial<SiteStatus> = {}): SiteStatus {
    const address = "https://bi.corp/#/site/acme";
    return { name: "acme on bi.corp", address, phase, fetchedAt: null, workbooks: 0, message: null, ...more };
}

const FRESH = site("fresh", { fetchedAt: "2025-06-03T10:00:00Z", workbooks: 214 });
const SIGNED_OUT = site("not_signed_in", { name: "beta on bi.corp", message: "run `exposure-lens login`" });
const SNAPSHOT = site("stale", { name: "team snapshot x", address: null });

test("a site is told with phase, count and age; words that are new are told too", () => {
    assert.equal(summary(FRESH, NOW), "fresh · 214 workbooks · 2 h ago");
    assert.equal(summary(SIGNED_OUT, NOW), "not signed in");
    assert.equal(summary(site("being_indexed"), NOW), "being indexed");
});

test("that a site wants a sign-in is known by the server's words", () => {
    const source = readFileSync("../../server/exposure-lens/workspace/sites/state.rs", "utf8");
    const [words] = /is not signed in to: run [^"\\]+/.exec(source) ?? [""];
    assert.equal(asksToSignIn(words), true, words);
    assert.equal(asksToSignIn("acme cannot be reached"), false);
});

test("ages are short", () => {
    const fetched = (fetchedAt: string): string => summary(site("stale", { fetchedAt, workbooks: 1 }), NOW);
    assert.equal(fetched("2025-06-03T11:59:30Z"), "stale · 1 workbook · just now");
    assert.equal(fetched("2025-06-03T11:20:00Z"), "stale · 1 workbook · 40 min ago");
    assert.equal(fetched("2025-06-01T13:00:00Z"), "stale · 1 workbook · 47 h ago");
    assert.equal(fetched("2025-05-24T12:00:00Z"), "stale · 1 workbook · 10 d ago");
    // A clock that was set back.
    assert.equal(fetched("2025-06-04T12:00:00Z"), "stale · 1 workbook · just now");
});

function drawn(more: Partial<Shown>): string[] {
    const status: Shown = { health: "ok", message: "m", detail: null, quiescent: true, sites: [], ...more };
    return rows(status, NOW).map(({ text, health, busy, button }) =>
        [health, text, ...(busy ? ["busy"] : []), ...(button ? [`[${button.title}]`] : [])].join(" | "),
    );
}

test("each site has its line, and the button for what it needs", () => {
    assert.deepEqual(drawn({ sites: [FRESH, SIGNED_OUT, site("fetching")] }), [
        "ok | Exposure Lens: m | [Show Logs]",
        "ok | acme on bi.corp: fresh · 214 workbooks · 2 h ago | [Pull]",
        "warning | beta on bi.corp: not signed in | [Sign In]",
        "ok | acme on bi.corp: fetching | busy",
    ]);
    const status: Shown = { health: "ok", message: "", detail: null, quiescent: true, sites: [SIGNED_OUT] };
    assert.deepEqual(rows(status, NOW)[1]?.button?.arguments, ["https://bi.corp/#/site/acme"]);
});

test("where the server's next step is to sign in, that is the button", () => {
    const lapsed = site("failed", { message: "the token has lapsed; make a new one and run `exposure-lens login`" });
    const down = site("failed", { message: "the host was not found; check the address" });
    const lines = drawn({ sites: [down, lapsed] }).slice(1);
    assert.deepEqual(lines, [
        "warning | acme on bi.corp: failed | [Pull]",
        "warning | acme on bi.corp: failed | [Sign In]",
    ]);
    assert.deepEqual(toSignInTo([down, lapsed]), [lapsed, down]);
});

test("what else is said has lines of its own; what a site says is told once", () => {
    const detail = `a\n${SIGNED_OUT.message}`;
    const told = { health: "warning", quiescent: false, detail, sites: [SIGNED_OUT] } as const;
    assert.deepEqual(drawn(told), [
        "warning | Exposure Lens: m | busy | [Show Logs]",
        "ok | a",
        "warning | beta on bi.corp: not signed in | [Sign In]",
    ]);
    assert.equal(wording({ message: "m", ...told }), "m\na\nrun `exposure-lens login`");
});

test("a line is cut before its button leaves the picture", () => {
    const [line] = drawn({ message: "x".repeat(100) });
    assert.equal(line, `ok | Exposure Lens: ${"x".repeat(48)}… | [Show Logs]`);
});

test("those to sign in to come first; a snapshot has no account", () => {
    const all = [SNAPSHOT, FRESH, SIGNED_OUT];
    assert.deepEqual(toSignInTo(all), [SIGNED_OUT, FRESH]);
    assert.deepEqual(toSignOutOf(all), [FRESH]);
});

test("what a repository names becomes no link and no icon", () => {
    const [, line] = drawn({ sites: [site("fresh", { name: "[a](command:x) $(bug)" })] });
    assert.equal(line, "ok | [a] (command:x) $ (bug): fresh | [Pull]");
});

test("any page of a site leads to its first one", () => {
    assert.equal(homePage("https://10ax.online.tableau.com/#/site/acme/views/a/b?:iid=1"), "https://10ax.online.tableau.com/#/site/acme/home");
    assert.equal(homePage("http://bi.corp:8000/t/acme/views/a"), "http://bi.corp:8000/#/site/acme/home");
    assert.equal(homePage("https://bi.corp"), "https://bi.corp/#/home");
    assert.equal(homePage("bi.corp/#/site/acme"), "https://bi.corp/#/site/acme/home");
    assert.equal(homePage("https://user:secret@bi.corp/"), "https://bi.corp/#/home");
    assert.equal(homePage("file:///etc/passwd"), undefined);
    assert.equal(homePage("not an address"), undefined);
});
