// Tableau's sites in words, and which of them there is a button for.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { SiteStatus } from "../src/lsp_ext";
import { details, noLinks, summary, toSignInTo, toSignOutOf } from "../src/sites";

const NOW = Date.parse("2025-06-03T12:00:00Z");

function site(phase: string, more: Partial<SiteStatus> = {}): SiteStatus {
    const address = "https://bi.corp/#/site/acme";
    return { name: "acme on bi.corp", address, phase, fetchedAt: null, workbooks: 0, message: null, ...more };
}

const FRESH = site("fresh", { fetchedAt: "2025-06-03T10:00:00Z", workbooks: 214 });
const SIGNED_OUT = site("not_signed_in", { name: "beta on bi.corp", message: "run `exposure-lens login`" });
const SNAPSHOT = site("stale", { name: "team snapshot x", address: null });

test("a site is told with phase, count and age; words that are new are told too", () => {
    assert.equal(summary(FRESH, NOW), "fresh · 214 workbooks · fetched 2 h ago");
    assert.equal(summary(SIGNED_OUT, NOW), "not signed in");
    assert.equal(summary(site("being_indexed"), NOW), "being indexed");
});

test("ages are short", () => {
    const fetched = (fetchedAt: string): string => summary(site("stale", { fetchedAt, workbooks: 1 }), NOW);
    assert.equal(fetched("2025-06-03T11:59:30Z"), "stale · 1 workbook · fetched just now");
    assert.equal(fetched("2025-06-03T11:20:00Z"), "stale · 1 workbook · fetched 40 min ago");
    assert.equal(fetched("2025-06-01T13:00:00Z"), "stale · 1 workbook · fetched 47 h ago");
    assert.equal(fetched("2025-05-24T12:00:00Z"), "stale · 1 workbook · fetched 10 d ago");
    // A clock that was set back.
    assert.equal(fetched("2025-06-04T12:00:00Z"), "stale · 1 workbook · fetched just now");
});

test("each site has its line, and its message once", () => {
    const sites = [FRESH, SIGNED_OUT];
    const lines = ["acme on bi.corp: fresh · 214 workbooks · fetched 2 h ago", "beta on bi.corp: not signed in"];
    const message = "run `exposure-lens login`";
    assert.equal(details({ message: "m", detail: null, sites }, NOW), [...lines, message].join("\n"));
    assert.equal(details({ message, detail: "d", sites }, NOW), ["d", ...lines].join("\n"));
    assert.equal(details({ message, detail: null, sites: [] }, NOW), "");
});

test("those to sign in to come first; a snapshot has no account", () => {
    const all = [SNAPSHOT, FRESH, SIGNED_OUT];
    assert.deepEqual(toSignInTo(all), [SIGNED_OUT, FRESH]);
    assert.deepEqual(toSignOutOf(all), [FRESH]);
});

test("what a repository names becomes no link", () => {
    assert.equal(noLinks("[click](command:x)"), "[click] (command:x)");
    const sites = [site("fresh", { name: "[a](command:x)" })];
    assert.equal(details({ message: "", detail: null, sites }, NOW), "[a] (command:x): fresh");
});
