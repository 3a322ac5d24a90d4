// The mirror of the server's own methods is looked at whenever the original changes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const original = "../../server/exposure-lens/lsp/ext";
const mirror = "src/lsp_ext.ts";

test("lsp_ext.ts was written from ext.rs as it is", () => {
    const modules = readdirSync(original).sort();
    const files = [`${original}.rs`, ...modules.map((it) => `${original}/${it}`)];
    const hash = createHash("sha256").update(files.map(shapes).join("")).digest("hex").slice(0, 16);
    const noted = /ext\.rs sha256 ([0-9a-f]+)/.exec(readFileSync(mirror, "utf8"))?.[1];
    assert.equal(noted, hash, `ext.rs or a module of it has changed: bring ${mirror} up to date, then note ${hash}`);
});

function shapes(file: string): string {
    const text = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
    return text.split("#[cfg(test)]")[0] ?? "";
}
