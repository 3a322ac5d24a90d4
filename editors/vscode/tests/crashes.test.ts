// A server that ends by itself comes back, with one message; one that does not stay up is
// left alone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Crashes } from "../src/crashes";

const MINUTE = 60_000;

function ends(...times: number[]): string[] {
    const crashes = new Crashes();
    return times.map((it) => {
        const { restarts, tells } = crashes.ended(it);
        return `${restarts ? "restart" : "stop"}${tells ? ", told" : ""}`;
    });
}

test("it is started again, and told the first time", () => {
    assert.deepEqual(ends(0), ["restart, told"]);
    assert.deepEqual(ends(0, 1, 2, 3), ["restart, told", "restart", "restart", "restart"]);
});

test("the fifth end within three minutes is the last", () => {
    assert.equal(ends(0, 1, 2, 3, 4)[4], "stop, told");
});

test("what lies back is forgotten", () => {
    assert.deepEqual(ends(0, 4 * MINUTE), ["restart, told", "restart, told"]);
    assert.equal(ends(0, 1, 2, 3, 4 * MINUTE)[4], "restart, told");
});
