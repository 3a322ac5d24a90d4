// Settings in the shape of exposure-lens.yml.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nest } from "../src/nest";

test("dotted names become objects", () => {
    const flat = [
        ["exposures.owner.name", "BI"],
        ["exposures.owner_email", true],
        ["lens.zero", false],
    ] as const;
    assert.deepEqual(nest(flat), {
        exposures: { owner: { name: "BI" }, owner_email: true },
        lens: { zero: false },
    });
});

test("null is a value", () => {
    assert.deepEqual(nest([["dbt.manifest", null]]), { dbt: { manifest: null } });
});

test("nothing set is an empty object", () => {
    assert.deepEqual(nest([]), {});
});
