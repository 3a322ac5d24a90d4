// Where the server's program is looked for, and what is said where it is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { findServer, type Machine } from "../src/bootstrap";

const EXTENSION = "/ext";

function machine(files: string[], env: Record<string, string> = {}): Machine {
    const isExecutable = (file: string): boolean => files.includes(file);
    return { platform: "linux", env, home: "/home/ana", isExecutable };
}

function windows(files: string[], env: Record<string, string> = {}): Machine {
    return { ...machine(files, env), platform: "win32", home: "C:\\Users\\ana" };
}

function path(setting: string | null, of: Machine, extension = EXTENSION): string {
    const found = findServer(setting, extension, of);
    assert.ok(found.ok, found.ok ? "" : found.message);
    return `${found.origin}: ${found.path}`;
}

function message(setting: string | null, of: Machine): string {
    const found = findServer(setting, EXTENSION, of);
    assert.ok(!found.ok);
    assert.match(found.message, /Set exposureLens\.server\.path/);
    return found.message;
}

const ALL = ["/opt/el", "/env/el", "/ext/bundled/exposure-lens", "/usr/bin/exposure-lens"];
const ENV = { EXPOSURE_LENS_PATH: "/env/el", PATH: "/bin:/usr/bin" };

test("the setting beats all others", () => {
    assert.equal(path("/opt/el", machine(ALL, ENV)), "setting: /opt/el");
});

test("then the environment, the extension's own, and PATH", () => {
    assert.equal(path(null, machine(ALL, ENV)), "environment: /env/el");
    const { PATH } = ENV;
    assert.equal(path(null, machine(ALL, { PATH })), "bundled: /ext/bundled/exposure-lens");
    assert.equal(path("", machine(ALL.slice(3), { PATH })), "PATH: /usr/bin/exposure-lens");
});

test("blanks are no path", () => {
    assert.equal(path("  ", machine(ALL)), "bundled: /ext/bundled/exposure-lens");
    const env = { EXPOSURE_LENS_PATH: " " };
    assert.equal(path(null, machine(ALL, env)), "bundled: /ext/bundled/exposure-lens");
});

test("~ is the home folder", () => {
    assert.equal(path("~/el", machine(["/home/ana/el"])), "setting: /home/ana/el");
    assert.match(message("~ana/el", machine(["/home/ana/el"])), /absolute path/);
});

test("a named program that is not there is never passed over", () => {
    assert.match(message("/gone", machine(ALL, ENV)), /at \/gone, which the setting/);
    const env = { EXPOSURE_LENS_PATH: "/gone" };
    assert.match(message(null, machine(ALL, env)), /which the variable EXPOSURE_LENS_PATH names/);
});

test("a relative path would depend on the folder that is open", () => {
    assert.match(message("bin/el", machine(["bin/el"])), /absolute path and holds "bin\/el"/);
    const inWorkspace = machine(["./exposure-lens", "exposure-lens"], { PATH: ".::" });
    assert.match(message(null, inWorkspace), /not on PATH/);
});

test("Windows: .exe, its own separators, Path in any case", () => {
    const bundled = windows(["C:\\ext\\bundled\\exposure-lens.exe"]);
    assert.equal(path(null, bundled, "C:\\ext"), "bundled: C:\\ext\\bundled\\exposure-lens.exe");
    const onPath = windows(["D:\\b\\exposure-lens.exe"], { Path: "C:\\a;D:\\b" });
    assert.equal(path(null, onPath, "C:\\ext"), "PATH: D:\\b\\exposure-lens.exe");
    assert.match(message("el.exe", windows([])), /absolute path/);
});

test("no server anywhere says for which system", () => {
    assert.match(message(null, machine([])), /no server for linux inside/);
});
