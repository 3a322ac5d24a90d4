// Signing in and out by the program: what it is given, and what its answers become.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { login, loginOutcome, logoutOutcome, type Said } from "../src/account";

const SITE = { url: "https://bi.corp/#/site/acme", host: "bi.corp", name: "acme" };
const TOKEN = { name: "laptop", secret: 's3cr3t==:"x' };

function said(code: number, answer: unknown, stderr = ""): Said {
    return { code, stdout: typeof answer === "string" ? answer : JSON.stringify(answer), stderr };
}

function signedIn(more: object): Said {
    const user = { name: "ana", role: "SiteAdministratorExplorer" };
    const answer = { version: 1, site: SITE, signed_in: true, user, kept: "keyring", file: null };
    return said(0, { ...answer, problems: [], ...more });
}

test("a sign-in says who is signed in, and where the token is kept", () => {
    assert.deepEqual(loginOutcome(signedIn({})), {
        ok: true,
        message:
            "Signed in to https://bi.corp/#/site/acme as ana (SiteAdministratorExplorer). " +
            "The token is kept in the system's keyring.",
        notes: [],
    });
    const inFile = loginOutcome(signedIn({ user: null, kept: "file", file: "/home/ana/c.json" }));
    assert.equal(
        inFile.message,
        "Signed in to https://bi.corp/#/site/acme. The token is kept in /home/ana/c.json, which only you can read.",
    );
});

test("what a token lacks is said besides, in the program's words", () => {
    const problems = [
        { code: "visibility_limited", message: "your role on the site is Explorer" },
        { code: "token_use", message: "a token lapses after 15 days without use" },
    ];
    const { notes } = loginOutcome(signedIn({ problems }));
    assert.deepEqual(notes, ["Your role on the site is Explorer.", "A token lapses after 15 days without use."]);
});

test("a refusal is told with its next step, in the program's words", () => {
    const problems = [{ code: "sign_in_failed", message: "the host was not found; check the address for a slip" }];
    const outcome = loginOutcome(said(3, { version: 1, site: SITE, signed_in: false, problems }));
    assert.deepEqual(outcome, {
        ok: false,
        message: "The host was not found; check the address for a slip.",
        notes: [],
    });
});

test("what a site answers becomes no link", () => {
    const problems = [{ code: "sign_in_failed", message: "refused: [click](command:x)" }];
    const { message } = loginOutcome(said(3, { version: 1, site: SITE, signed_in: false, problems }));
    assert.equal(message, "Refused: [click] (command:x).");
});

test("wrong use is found on stderr, after lines of the log", () => {
    const stderr = "2025-01-01T00:00:00Z  WARN x: y\nerror: cannot tell the site:\n  copy the address\n";
    const message = "Cannot tell the site: copy the address.";
    assert.deepEqual(loginOutcome(said(2, "", stderr)), { ok: false, message, notes: [] });
    assert.deepEqual(logoutOutcome(said(2, "", stderr)), { ok: false, message, notes: [] });
});

test("a program that breaks says how it ended", () => {
    const message = "The program ended with 101: thread panicked.";
    assert.equal(loginOutcome(said(101, "", "thread panicked\n")).message, message);
});

test("a sign-out says what is gone, and what is not", () => {
    const answer = { version: 1, site: SITE, removed: true, problems: [] };
    assert.match(logoutOutcome(said(0, answer)).message, /^Signed out of https:.*are gone\.$/);
    const nothing = logoutOutcome(said(0, { ...answer, removed: false }));
    assert.equal(nothing.message, "There was no credential for https://bi.corp/#/site/acme.");
    const problems = [{ code: "left_behind", message: "cannot remove the session" }];
    const left = logoutOutcome(said(3, { ...answer, problems }));
    assert.deepEqual([left.ok, left.notes], [false, ["Cannot remove the session."]]);
});

/** A program that writes down how it was started, and what came on its stdin. */
const STANDIN = `#!${process.execPath}
const { readFileSync, writeFileSync } = require("node:fs");
const seen = { args: process.argv.slice(2), env: process.env, stdin: readFileSync(0, "utf8") };
writeFileSync(__dirname + "/seen.json", JSON.stringify(seen));
console.log(JSON.stringify({ version: 1, site: { url: "u" }, signed_in: false, problems: [] }));
process.exitCode = 3;
`;

async function withProgram(text: string, use: (program: string, folder: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(path.join(tmpdir(), "exposure-lens-account-"));
    const program = path.join(folder, "program.cjs");
    try {
        writeFileSync(program, text);
        chmodSync(program, 0o755);
        await use(program, folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

test("the secret goes to stdin, to no argument and no variable", { skip: process.platform === "win32" }, () =>
    withProgram(STANDIN, async (program, folder) => {
        const outcome = await login(program, "-x", TOKEN, new AbortController().signal);
        assert.deepEqual(outcome, { ok: false, message: "u was not signed in to.", notes: [] });
        const seen = JSON.parse(readFileSync(path.join(folder, "seen.json"), "utf8"));
        assert.deepEqual(JSON.parse(seen.stdin), TOKEN);
        assert.deepEqual(seen.args, ["login", "--stdin", "--format", "json", "--", "-x"]);
        assert.ok(!JSON.stringify([seen.args, seen.env]).includes("s3cr3t"));
    }),
);

test("a sign-in that is cancelled ends the program and says nothing", { skip: process.platform === "win32" }, () =>
    withProgram(`#!${process.execPath}\nsetInterval(() => {}, 1000);\n`, async (program) => {
        const abort = new AbortController();
        const outcome = login(program, "u", TOKEN, abort.signal);
        abort.abort();
        assert.equal(await outcome, undefined);
    }),
);

test("a program that is not there, or reads nothing, is told about without the secret", async () => {
    const gone = await login("/nowhere/exposure-lens", "u", TOKEN, new AbortController().signal);
    assert.match(gone?.message ?? "", /\/nowhere\/exposure-lens/);
    const deaf = await login(process.execPath, "u", TOKEN, new AbortController().signal);
    assert.equal(deaf?.ok, false);
    assert.ok(!JSON.stringify([gone, deaf]).includes("s3cr3t"));
});
