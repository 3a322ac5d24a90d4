// The lineage panel as a person uses it: opened by command, by mouse and by keys alone, in a
// light, a dark and a high-contrast theme; what is left out is shown when it is asked for.
// axe looks over each theme. Called by e2e.mjs.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
const STAGING = "models/staging/stg_orders.sql";
const PROPERTIES = "models/marts/_marts.yml";
/** A workbook of one dashboard, and of how many copies there are more than are drawn at once. */
const COPIED = "tableau/Plan vs Actual.twb";
const COPIES = 20;
const THEMES = {
    light: "Default Light Modern",
    dark: "Default Dark Modern",
    "high-contrast": "Default High Contrast",
};
/** The panel is low, and a graph is wide. */
const WINDOW = { width: 1280, height: 720 };

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function panelSteps(at, step, project) {
    const { page } = at;
    const before = page.viewportSize();
    await page.setViewportSize(WINDOW);
    const panel = new Panel(at);
    const tab = (/** @type {string} */ name) => page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();

    await step("it draws what the open model is built from and what reads it", async () => {
        await at.open(MART);
        await at.textOf(page.locator(".codelens-decoration"), /^Tableau: 11 dashboards/);
        await at.command("Exposure Lens: Show Lineage");
        await panel.isAround("fct_orders");
        await at.screenshot("panel-low");
        await raise(page);
        await at.textOf(panel.find("#headline"), /11 dashboards in 7 workbooks/);
        for (const text of [/^stg_/, /^Sales Overview/, /^Weekly Ops/, /^Regional Detail/, /^Executive Summary/]) {
            await panel.has(text);
        }
        const headings = await panel.find(".heading").allInnerTexts();
        same(headings.map((/** @type {string} */ it) => it.toLowerCase()).at(-1), "dashboards");
    });

    for (const [name, theme] of Object.entries(THEMES)) {
        await step(`it can be read and has no serious fault in a ${name} theme`, async () => {
            at.configure({ "workbench.colorTheme": theme });
            await panel.wears(name);
            await at.screenshot(`panel-${name}`);
            await panel.isAccessible();
            await panel.box(/^Sales Overview/).focus();
            await at.screenshot(`panel-${name}-focus`);
            await panel.isAccessible();
        });
    }

    await step("it is in the gallery", async () => {
        at.configure({ "workbench.colorTheme": THEMES.light });
        await panel.wears("light");
        await at.open(STAGING);
        await panel.isAround("stg_orders");
        await at.screenshot("panel-indirect");
        await at.open(MART);
        await panel.isAround("fct_orders");
        // All of it, from the first dashboard to the last.
        const before = page.viewportSize();
        await at.command("View: Toggle Maximized Panel");
        await page.setViewportSize({ ...before, height: 570 });
        await panel.isAround("fct_orders");
        const frame = page.locator(".part.panel");
        await at.picture("panel", { of: [frame], words: [panel.find("#headline"), panel.find(".label")] });
        await page.setViewportSize(before);
        await at.command("View: Toggle Maximized Panel");
    });

    await step("a click on a model opens its file, and the graph follows", async () => {
        await panel.box(/^stg_orders/).click();
        await tab("stg_orders.sql");
        await panel.isAround("stg_orders");
    });

    await step("a click on a dashboard leads to its page, which VS Code asks about", async () => {
        await at.open(MART);
        await panel.isAround("fct_orders");
        await panel.box(/^Regional Detail/).click();
        const question = page.locator(".monaco-dialog-box");
        await at.textOf(question, /https:\/\/10ax\.online\.tableau\.com/);
        await at.screenshot("panel-open");
        await question.getByRole("button", { name: "Cancel" }).click();
        await at.textOf(page.locator(".notification-toast"), /https:\/\/10ax\.online\.tableau\.com/);
        await at.clearMessages();
    });

    await step("the menu of a node draws the graph around it, and opens no file", async () => {
        await panel.box(/^stg_orders/).click({ button: "right" });
        const entry = page.locator(".monaco-menu .action-item", { hasText: "Show Lineage around This" });
        await entry.first().waitFor();
        await at.screenshot("panel-menu");
        await entry.first().click();
        await panel.isAround("stg_orders");
        await tab("fct_orders.sql");
    });

    await step("it follows the cursor through a properties file", async () => {
        const text = readFileSync(path.join(project, PROPERTIES), "utf8");
        const lineOf = (/** @type {string} */ name) => text.slice(0, text.indexOf(`- name: ${name}`)).split("\n").length;
        await at.open(PROPERTIES);
        await at.cursorTo(lineOf("fct_returns"));
        await panel.isAround("fct_returns");
        await at.cursorTo(lineOf("fct_orders"));
        await panel.isAround("fct_orders");
    });

    await step("keys alone lead from the command to a node, around it, and back", async () => {
        await at.open(MART);
        await keysOnly(page, "Exposure Lens: Show Lineage");
        await panel.hasFocus(/^fct_orders/);
        await panel.press("ArrowLeft", /^(?!fct_orders)/);
        await panel.press("Home", /^fct_orders/);
        await panel.press("ArrowRight", /^(?!fct_orders)/);
        await panel.press("Escape");
        await until("the editor has the focus", () => page.evaluate("document.activeElement?.closest('.editor-instance') !== null"));
        await keysOnly(page, "Exposure Lens: Show Lineage");
        await panel.hasFocus(/./);
        await panel.press("Home", /^fct_orders/);
        await panel.press("ArrowLeft", /^(?!fct_orders)/);
        const name = await panel.focused();
        await page.keyboard.press("Shift+Enter");
        await panel.isAround(name);
        await panel.hasFocus(new RegExp(`^${name}$`));
        await page.keyboard.press("Enter");
        await tab(`${name}.sql`);
    });

    await step("a restart of the server leaves the graph where it was", async () => {
        await at.open(MART);
        await panel.isAround("fct_orders");
        await at.command("Exposure Lens: Restart Server");
        await panel.isAround("fct_orders");
        await at.open(STAGING);
        await panel.isAround("stg_orders");
    });

    await step("what is left out is counted, and shown when it is asked for", async () => {
        copyWorkbooks(project);
        await at.open(MART);
        await panel.isAround("fct_orders");
        const more = panel.box(/^\+1\d more/);
        await more.waitFor();
        await at.screenshot("panel-more");
        await more.click();
        await panel.has(/^Plan 01/);
        await panel.has(new RegExp(`^Plan ${COPIES}`));
        await panel.isAround("fct_orders");
    });

    await step("it zooms by keys and by buttons", async () => {
        await panel.box(/^fct_orders/).focus();
        const width = () => panel.box(/^fct_orders/).evaluate((/** @type {any} */ it) => it.getBoundingClientRect().width);
        const was = await width();
        await page.keyboard.press("Control+=");
        await until("it is larger", async () => (await width()) > was);
        await panel.find("#zoom-fit").click();
        await until("it is smaller", async () => (await width()) < was);
        await at.screenshot("panel-fit");
    });

    await step("a click on what can be seen of a box is one", async () => {
        const box = panel.box(/^stg_orders/);
        // Much wider than the window, so that any box can be scrolled to its edge.
        await until("the graph is wide", async () => {
            await panel.find("#zoom-in").click();
            return (await box.boundingBox()).width > 250;
        });
        await box.evaluate((/** @type {any} */ it) => {
            const scroller = it.closest("#scroller");
            it.scrollIntoView({ block: "center" });
            scroller.scrollLeft += it.getBoundingClientRect().right - scroller.getBoundingClientRect().left - 12;
        });
        const { x, y, width, height } = await box.boundingBox();
        same(x < 0, true);
        await page.mouse.click(x + width - 6, y + height / 2);
        await tab("stg_orders.sql");
    });

    await step("hidden and shown again it is as it was", async () => {
        const was = await panel.find("#canvas").evaluate((/** @type {any} */ it) => it.style.zoom);
        await at.open(MART);
        await page.keyboard.press("Control+J");
        await page.locator(".part.panel").waitFor({ state: "hidden" });
        await page.keyboard.press("Control+J");
        await panel.isAround("fct_orders");
        same(await panel.find("#canvas").evaluate((/** @type {any} */ it) => it.style.zoom), was);
    });

    await step("a page in front leaves the graph as it is", async () => {
        await at.command("Preferences: Open Settings (UI)");
        await page.locator(".settings-editor").waitFor();
        await keysOnly(page, "Exposure Lens: Show Lineage");
        await panel.hasFocus(/^fct_orders/);
        await at.open(MART);
    });

    await step("without a server it says so, and draws again as soon as there is one", async () => {
        at.configure({ "exposureLens.server.path": "/nowhere/exposure-lens" });
        await panel.says(/The Exposure Lens server is not running/);
        await panel.isAccessible();
        await at.screenshot("panel-no-server");
        at.configure({});
        await panel.isAround("fct_orders");
        await at.clearMessages();
    });

    await step("a file that is no node says so", async () => {
        await at.open("dbt_project.yml");
        await panel.says(/No dbt node is known in dbt_project\.yml/);
        await panel.isAccessible();
        await at.screenshot("panel-no-node");
    });

    await step("with no file open it says what it is for", async () => {
        await at.command("View: Close All Editors");
        await panel.says(/Open a dbt model/);
    });

    at.configure({});
    await page.keyboard.press("Control+J");
    await page.locator(".part.panel").waitFor({ state: "hidden" });
    await page.setViewportSize(before);
}

/** More workbooks than are drawn at once, each of its own name. @param {string} project */
function copyWorkbooks(project) {
    const text = readFileSync(path.join(project, COPIED), "utf8");
    for (let n = 1; n <= COPIES; n += 1) {
        const name = `Plan ${String(n).padStart(2, "0")}`;
        const copy = text.replaceAll("PlanvsActual", name.replace(" ", "")).replaceAll("Plan vs Actual", name);
        writeFileSync(path.join(project, "tableau", `${name}.twb`), copy);
    }
}

/** Pulls the panel up to half of the window. @param {any} page */
async function raise(page) {
    const { x, y, width } = await page.locator(".part.panel").boundingBox();
    await page.mouse.move(x + width / 2, y);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, WINDOW.height * 0.4, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
}

/** Runs a command without the mouse. @param {any} page @param {string} title */
async function keysOnly(page, title) {
    const box = page.locator(".quick-input-widget").filter({ visible: true });
    await page.keyboard.press("F1");
    await box.waitFor();
    await page.keyboard.type(title);
    await box.locator(".monaco-list-row.focused", { hasText: title }).waitFor();
    await page.keyboard.press("Enter");
}

/** The page inside the panel. */
class Panel {
    /** @param {Workbench} at */
    constructor(at) {
        this.at = at;
        this.inner = at.page.frameLocator("iframe.webview").frameLocator("#active-frame");
    }

    /** @param {string} selector */
    find(selector) {
        return this.inner.locator(selector);
    }

    /** Boxes by what they show. @param {RegExp} text */
    box(text) {
        return this.find(".box").filter({ has: this.at.page.locator(".label", { hasText: text }) }).first();
    }

    /** @param {RegExp} text */
    async has(text) {
        await this.at.textOf(this.find(".box .label"), text);
    }

    /** @param {RegExp} text */
    async says(text) {
        await this.at.textOf(this.find("#note"), text);
    }

    /** Which node is the current one. @param {string} label */
    async isAround(label) {
        await this.find(".box[aria-current=true] .label").filter({ hasText: new RegExp(`^${label}$`) }).waitFor();
    }

    /** @param {string} theme */
    async wears(theme) {
        await this.find(`body.vscode-${theme}`).waitFor();
    }

    /** What is read on the box that has the focus. @returns {Promise<string>} */
    focused() {
        return this.find("body").evaluate((/** @type {any} */ body) => {
            const it = body.ownerDocument.activeElement;
            return body.ownerDocument.hasFocus() ? (it.querySelector(".label")?.textContent ?? "") : "";
        });
    }

    /** @param {RegExp} text */
    async hasFocus(text) {
        let name = "";
        await until(`${text} has the focus`, async () => text.test((name = await this.focused()))).catch((error) => {
            throw new Error(`${error.message}; it is on: ${name || "no box"}`);
        });
    }

    /** @param {string} key @param {RegExp} [then] what has the focus afterwards */
    async press(key, then) {
        await this.at.page.keyboard.press(key);
        if (then) {
            await this.hasFocus(then);
        }
    }

    async isAccessible() {
        const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
        /** @type {{id: string, impact: string, help: string, nodes: {html: string}[]}[]} */
        const violations = await this.find("body").evaluate(axe, source);
        const serious = violations.filter((it) => ["serious", "critical"].includes(it.impact));
        if (serious.length > 0) {
            throw new Error(serious.map((it) => `${it.id}: ${it.help}\n${it.nodes[0]?.html}`).join("\n"));
        }
    }
}

/** Runs inside the page: its policy takes no script of a test, but VS Code's own tools may. @param {any} body @param {string} source */
async function axe(body, source) {
    const window = body.ownerDocument.defaultView;
    window.eval(source);
    return (await window.axe.run()).violations;
}

/** @param {unknown} seen @param {unknown} wanted */
function same(seen, wanted) {
    if (seen !== wanted) {
        throw new Error(`seen: ${seen}\nwanted: ${wanted}`);
    }
}
