// Starts a real VS Code in Chromium. What a person does there is hands.mjs's matter, what
// is right to see there that of the steps.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { hands } from "./hands.mjs";
import { pictures } from "./pictures.mjs";
import { PATIENCE_MS, until } from "./waiting.mjs";
import { watch } from "./watch.mjs";

export { until } from "./waiting.mjs";

/** The extension's folder, and the project's. */
export const extension = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const root = path.resolve(extension, "../..");

/** The packages for tests. */
export const tools = path.join(root, ".tools/vscode");
const serverMain = path.join(tools, "node_modules/code-server/lib/vscode/out/server-main.js");
/** Where pictures land. */
export const screenshots = path.join(root, ".tools/screenshots");

/** As small as shows what matters: pictures of it are read in a narrow column. */
const WINDOW = { viewport: { width: 960, height: 560 }, deviceScaleFactor: 1.5, reducedMotion: "reduce" };

const CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/**
 * @typedef {Awaited<ReturnType<typeof openWorkbench>>} Workbench
 * @typedef {import("node:child_process").ChildProcess} ChildProcess
 */

/**
 * Installs the .vsix and opens the project, trusted.
 *
 * @param {{scratch: string, project: string, vsix: string, chromium: string, env: Record<string, string>}} options
 */
export async function openWorkbench({ scratch, project, vsix, chromium, env }) {
    execFileSync(path.join(root, "tests/run.d/tools"), ["vscode"], { stdio: "inherit" });
    mkdirSync(screenshots, { recursive: true });
    const data = path.join(scratch, "server");
    writeMachineSettings(data);
    const install = [serverMain, "--server-data-dir", data, "--install-extension", vsix];
    execFileSync(process.execPath, install, { stdio: ["ignore", "ignore", "inherit"] });
    const server = await startServer(data, env);
    try {
        const browser = await launch(chromium);
        const page = await browser.newPage(WINDOW);
        page.setDefaultTimeout(PATIENCE_MS);
        const watched = await watch(page);
        const at = hands(page, server.url);
        await at.openFolder(project);
        const configure = (/** @type {Record<string, unknown>} */ more) => writeMachineSettings(data, more);
        const taken = pictures(page, screenshots);
        return { page, ...at, ...watched, ...taken, data, configure, serverLog: server.log, close };

        async function close() {
            await browser.close();
            await server.stop();
        }
    } catch (error) {
        await server.stop();
        throw new Error(`VS Code did not open the project\n${server.log()}`, { cause: error });
    }
}

/**
 * @param {string} chromium
 * @returns {Promise<any>}
 */
async function launch(chromium) {
    const playwright = createRequire(path.join(tools, "package.json"))("playwright-core");
    return playwright.chromium.launch({ executablePath: chromium, args: CHROMIUM_FLAGS });
}

/**
 * The user's settings on this machine: what keeps pictures the same from run to run, and more.
 *
 * @param {string} data
 * @param {Record<string, unknown>} more
 */
function writeMachineSettings(data, more = {}) {
    const folder = path.join(data, "data/Machine");
    mkdirSync(folder, { recursive: true });
    const settings = {
        "workbench.startupEditor": "none",
        "workbench.activityBar.location": "hidden",
        "workbench.layoutControl.enabled": false,
        "editor.minimap.enabled": false,
        "editor.stickyScroll.enabled": false,
        // Below the line, so that the lens stays in the picture.
        "editor.hover.above": false,
        "workbench.tips.enabled": false,
        "chat.commandCenter.enabled": false,
        ...more,
    };
    writeFileSync(path.join(folder, "settings.json"), JSON.stringify(settings));
}

/** @param {string} data @param {Record<string, string>} more */
async function startServer(data, more) {
    const port = await freePort();
    const args = ["--host", "127.0.0.1", "--port", String(port), "--without-connection-token"];
    args.push("--accept-server-license-terms", "--server-data-dir", data);
    const { EXPOSURE_LENS_PATH: _, ...inherited } = process.env;
    const env = { ...inherited, ...more };
    const child = spawn(process.execPath, [serverMain, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    child.stdout.on("data", (text) => (log += text));
    child.stderr.on("data", (text) => (log += text));
    const url = `http://127.0.0.1:${port}`;
    await until("the VS Code server listens", async () => {
        if (child.exitCode !== null) {
            throw new Error(`the VS Code server ended:\n${log}`);
        }
        return (await fetch(url).catch(() => undefined))?.ok;
    });
    return { url, log: () => log + extensionLog(data), stop: () => stop(child) };
}

/** What the extension and its server have logged. @param {string} data */
function extensionLog(data) {
    const logs = path.join(data, "data/logs");
    const files = readdirSync(logs, { recursive: true, encoding: "utf8" });
    const ours = files.filter((it) => it.includes("exposure-lens") && it.endsWith(".log"));
    return ours.map((it) => `\n${it}\n${readFileSync(path.join(logs, it), "utf8")}`).join("");
}

/** @param {ChildProcess} child */
async function stop(child) {
    if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
    }
}

/** A port that nothing listens at. @returns {Promise<number>} */
export function freePort() {
    return new Promise((resolve, reject) => {
        const probe = createServer();
        probe.once("error", reject);
        probe.listen(0, "127.0.0.1", () => {
            const address = probe.address();
            const port = typeof address === "object" && address ? address.port : 0;
            probe.close(() => resolve(port));
        });
    });
}
