// The server announces its commands, and the client library registers them: a second
// registration of an id would end the start of the extension.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const commands = readFileSync("../../server/exposure-lens/lsp/commands.rs", "utf8");
const servers = [...commands.matchAll(/pub\(super\) const \w+: &str = "(exposureLens\.\w+)";/g)].map((it) => it[1]);

test("no command of the server's is registered or contributed here", () => {
    assert.ok(servers.includes("exposureLens.listDashboards"), `the server's commands are read: ${servers}`);
    const sources = readdirSync("src").map((it) => readFileSync(`src/${it}`, "utf8"));
    const registered = sources.flatMap((it) => [...it.matchAll(/registerCommand\(\s*"([^"]+)"/g)].map((it) => it[1]));
    assert.ok(registered.includes("exposureLens.showDashboards"), `our commands are read: ${registered}`);
    const manifest = JSON.parse(readFileSync("package.json", "utf8"));
    const contributed: string[] = manifest.contributes.commands.map((it: { command: string }) => it.command);
    const twice = [...registered, ...contributed].filter((it) => servers.includes(it));
    assert.deepEqual(twice, []);
});
