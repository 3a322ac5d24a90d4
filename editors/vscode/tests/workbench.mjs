// Starts a real VS Code in Chromium and knows how to press its buttons. What is right to
// see there is e2e.mjs's matter.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The extension's folder, and the project's. */
export const extension = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const root = path.resolve(extension, "../..");

const tools = path.join(root, ".tools/vscode");
const serverMain = path.join(tools, "node_modules/code-server/lib/vscode/out/server-main.js");
const screenshots = path.join(root, ".tools/screenshots");

/** How long anything may take before it counts as missing. */
const PATIENCE_MS = 30_000;

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
        const page = await browser.newPage({ viewport: { width: 960, height: 560 }, deviceScaleFactor: 1.5, reducedMotion: "reduce" });
        page.setDefaultTimeout(PATIENCE_MS);
        const at = actions(page, server.url);
        await at.openFolder(project);
        const configure = (/** @type {Record<string, unknown>} */ more) => writeMachineSettings(data, more);
        return { page, ...at, configure, serverLog: server.log, close };

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

/** @returns {Promise<number>} */
function freePort() {
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

/**
 * @param {any} page
 * @param {string} url
 */
function actions(page, url) {
    let project = "";
    const quickInputWidget = page.locator(".quick-input-widget").filter({ visible: true });
    /** What a list on top offers. */
    const choices = quickInputWidget.locator(".quick-input-list .monaco-list-row");

    /** Opens a project, trusted. @param {string} folder */
    async function openFolder(folder) {
        project = folder;
        await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`);
        await page.locator(".monaco-workbench").waitFor();
        await page.getByText("Yes, I trust the authors").click();
        await page.locator(".part.sidebar").waitFor();
        await page.keyboard.press("Control+B");
        await page.locator(".part.sidebar").waitFor({ state: "hidden" });
    }

    /** @param {string} name */
    async function screenshot(name) {
        await page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: "disabled" });
    }

    /**
     * Opens a file of the project, or brings it to the front. By its whole path: to look
     * for names, VS Code needs ripgrep, which this one lacks.
     *
     * @param {string} file
     */
    async function open(file) {
        const name = path.basename(file);
        await quickInput("Control+P", path.join(project, file), name);
        await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
        await page.locator(".editor-instance .view-line").first().waitFor();
    }

    /** Runs a command by its title. @param {string} title */
    async function command(title) {
        await quickInput("F1", `>${title}`, title);
    }

    async function clearMessages() {
        await command("Notifications: Clear All Notifications");
        await page.locator(".notification-toast").first().waitFor({ state: "detached" });
    }

    /**
     * @param {string} key
     * @param {string} text
     * @param {string} row
     */
    async function quickInput(key, text, row = text) {
        await page.keyboard.press(key);
        await quickInputWidget.waitFor();
        await quickInputWidget.locator("input").first().fill(text);
        await choices.filter({ hasText: row }).first().click();
        await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
        // Away from what it would explain in a picture.
        await page.mouse.move(0, 0);
    }

    /** Waits until one of these elements has a text like this. @param {any} locator @param {RegExp} text */
    async function textOf(locator, text) {
        let seen = "";
        await until(`${text}`, async () => {
            const texts = (await locator.allInnerTexts()).map(plain);
            seen = texts.join(" | ");
            return texts.some((/** @type {string} */ it) => text.test(it));
        }).catch((error) => {
            throw new Error(`${error.message}; seen: ${seen || "nothing"}`);
        });
    }

    /** Puts the cursor at the start of a line, or at a column of it. @param {number} line @param {number} column */
    async function cursorTo(line, column = 1) {
        await page.keyboard.press("Control+1");
        await page.keyboard.press("Control+G");
        const input = quickInputWidget.locator("input").first();
        await input.waitFor();
        await input.fill(`:${line}:${column}`);
        await page.keyboard.press("Enter");
        await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    }

    /** Rests the mouse on the first word of a line. @param {number} line */
    async function hoverLine(line) {
        await page.locator(".editor-instance .view-line").nth(line - 1).locator("span span").first().hover();
    }

    /**
     * Opens the menu of actions at the cursor, and puts the focus on one. The menu takes no
     * clicks while it opens, keys it does.
     *
     * @param {RegExp} title
     */
    async function offer(title) {
        const menu = page.locator(".action-widget");
        const focused = menu.locator(".monaco-list-row.action.focused");
        // VS Code says that there is none where it has dropped its own question: a person
        // presses the keys again.
        const none = page.locator(".monaco-editor-overlaymessage", { hasText: "No code actions available" });
        const rows = menu.locator(".monaco-list-row.action");
        await until(`a menu with ${title}`, async () => {
            await page.keyboard.press("Control+.");
            await rows.or(none).first().waitFor();
            const texts = (await rows.allInnerTexts()).map(plain);
            if (texts.some((/** @type {string} */ it) => title.test(it))) {
                return true;
            }
            await page.keyboard.press("Escape");
            await none.waitFor({ state: "hidden" });
            return false;
        });
        await until(`${title} has the focus`, async () => {
            if (title.test(plain(await focused.innerText()))) {
                return true;
            }
            await page.keyboard.press("ArrowDown");
            return false;
        });
    }

    /** Chooses an action at the cursor. @param {RegExp} title */
    async function act(title) {
        await offer(title);
        await page.keyboard.press("Enter");
        await page.locator(".action-widget").waitFor({ state: "hidden" });
    }

    /** VS Code saves what a code action has changed, save where it shows the file. @param {string} file */
    async function saveIfDirty(file) {
        if (await page.locator(`.tab.dirty[data-resource-name="${file}"]`).count()) {
            await page.keyboard.press("Control+K");
            await page.keyboard.press("s");
        }
    }

    return { choices, openFolder, screenshot, open, command, clearMessages, textOf, cursorTo, hoverLine, offer, act, saveIfDirty };
}

/** VS Code writes no-break spaces into its lines. @param {string} text */
function plain(text) {
    return text.replaceAll("\u00a0", " ").trim();
}

/**
 * Asks again until the answer is one.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} ask
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
        const answer = await ask();
        if (answer) {
            return answer;
        }
        if (Date.now() > deadline) {
            throw new Error(`waited ${PATIENCE_MS / 1000} s in vain until ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
