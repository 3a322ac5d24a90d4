// A server that is older than the extension is known by what it announces, and the user is
// told what to do.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { InitializeResult } from "vscode-languageclient/node";

import { lacking, olderServer } from "../src/older_server";

const CALLED = ["exposureLens/downstream", "exposureLens/lineage", "exposureLens/pull"];

function announcing(experimental: unknown, version?: string): InitializeResult {
    const serverInfo = version === undefined ? {} : { serverInfo: { name: "exposure-lens", version } };
    return { capabilities: { experimental }, ...serverInfo };
}

function lacks(experimental: unknown): string[] {
    return [...lacking(CALLED, announcing(experimental))].map((it) => it.replace("exposureLens/", ""));
}

test("a server that announces all lacks nothing", () => {
    assert.deepEqual(lacks({ exposureLens: { version: 1, methods: ["exposureLens/new", ...CALLED] } }), []);
});

test("what is not announced is lacking", () => {
    const methods = ["exposureLens/status", "exposureLens/pull", "exposureLens/lineage"];
    assert.deepEqual(lacks({ exposureLens: { methods } }), ["downstream"]);
    for (const it of [undefined, null, {}, { exposureLens: null }, { exposureLens: {} }, { exposureLens: { methods: "all" } }]) {
        assert.deepEqual(lacks(it), ["downstream", "lineage", "pull"], JSON.stringify(it));
    }
    assert.equal(lacking(CALLED, undefined).size, 3);
});

test("what to do depends on who has named the program", () => {
    const told = (version: string | undefined, origin: "setting" | "environment" | "PATH"): string =>
        olderServer("/bin/el", announcing({}, version), origin);
    assert.match(told("0.0.9", "setting"), /^The server at \/bin\/el \(0\.0\.9\) is older .* clear the setting exposureLens\.server\.path/);
    assert.match(told(undefined, "environment"), /^The server at \/bin\/el is older .* unset the variable EXPOSURE_LENS_PATH/);
    assert.match(told(undefined, "PATH"), / Update it\.$/);
});
