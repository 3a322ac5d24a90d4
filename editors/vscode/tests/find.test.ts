// What a search shows, and that an empty one never claims more than is known.

import assert from "node:assert/strict";
import { test } from "node:test";

import { foundItems } from "../src/find_items";

const OK = { health: "ok", message: "120 nodes, 17 workbooks", quiescent: true } as const;
const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const symbol = (name: string, kind: 4 | 11 | 19, containerName: string) => ({
    name,
    kind,
    containerName,
    location: { uri: "file:///shop/models/a.sql", range },
});
const pathOf = (uri: string): string => uri.replace("file:///shop/", "");

function lines(query: string, symbols: Parameters<typeof foundItems>[1], status: Parameters<typeof foundItems>[2] = OK): string[] {
    return foundItems(query, symbols, status, pathOf).map((it) => [it.label, it.description, it.detail].join(" | "));
}

test("each thing found has its icon, its workbook and its model", () => {
    const found = [symbol("Sales", 4, "Tableau workbook → a"), symbol("Overview", 11, "Sales → a"), symbol("Orders", 19, "d")];
    assert.deepEqual(lines("s", found), [
        "$(book) Sales | Tableau workbook → a | models/a.sql",
        "$(dashboard) Overview | Sales → a | models/a.sql",
        "$(database) Orders | d | models/a.sql",
    ]);
});

test("names of others make no icons", () => {
    assert.deepEqual(lines("s", [symbol("$(bug) x", 11, "$(zap) y")]), ["$(dashboard) $ (bug) x | $ (zap) y | models/a.sql"]);
});

test("where nothing is found, what is not known is said", () => {
    assert.deepEqual(lines("", []), []);
    const all = "Takes a name, a part of one, or a link copied from the browser";
    assert.deepEqual(lines("x", []), [`No model is known to feed “x” |  | ${all}`]);
    const page = lines("https://t.example/#/site/x/views/A/B", [])[0]?.split(" | ")[2];
    assert.equal(page, "No workbook that is known has this page: is its site signed in to?");
    const why = (more: object): string | undefined => lines("x", [], { ...OK, ...more })[0]?.split(" | ")[2];
    assert.equal(why({ health: "warning", message: "acme: not signed in" }), "Not all is known: acme: not signed in");
    assert.equal(why({ quiescent: false, message: "loading" }), "Not all is known: loading");
    const memory = { loaded: 2, known: 16, bytes: 0, bound: 0 };
    assert.equal(why({ memory }), "Looked into 2 of 16 dbt projects: the others load when a file of theirs is opened");
    assert.equal(why({ memory: { ...memory, known: 2 } }), all);
});
