// The side bar as a person uses it: the tree of the active file, of the whole project, what
// its rows do, what stands in its place where it is empty; then the search for a dashboard,
// and writing all that is missing. Called by e2e.mjs.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { writeOlderServer } from "./older_server.mjs";
import { CLICK_MS, plain, soon } from "./waiting.mjs";
import { until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
const STAGING = "models/staging/stg_orders.sql";
const UNUSED = "models/marts/dim_vendors.sql";
const PROPERTIES = "models/marts/_marts.yml";
const DECLARED = "models/exposures/tableau.yml";
const PAGE = "https://10ax.online.tableau.com/#/site/acme/views/SalesOverview/Overview";
/** So often a list is scrolled in vain before it counts as at its end. */
const PATIENT_LOOKS = 5;

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function viewSteps(at, step, project) {
    const { page } = at;
    const downstream = new Pane(at, "Downstream");
    const whole = new Pane(at, "Project");
    const box = page.locator(".quick-input-widget input:visible").first();
    const exposures = path.join(project, DECLARED);

    await step("with no file open the tree says what it is for", async () => {
        await show(at);
        await downstream.says(/Open a model, seed, snapshot or properties file/);
        await widen(page);
    });

    await step("the tree follows the active file", async () => {
        await at.open(MART);
        await downstream.says(/11 dashboards in 7 workbooks .* 6 workbooks without exposure/);
        await downstream.has(/^All Movements.*no exposure/);
        await downstream.toTop();
        await page.mouse.move(0, 0);
        await page.locator(".workbench-hover-container").filter({ visible: true }).waitFor({ state: "hidden" });
        await at.picture("tree", { of: [page.locator(".part.sidebar")], words: [downstream.rows] });
        await downstream.has(/^Sales Overview/);
        await downstream.has(/^Ops Board/);
        await at.open(STAGING);
        await downstream.says(/12 dashboards downstream, none direct/);
        await downstream.has(/^Sales Overview.*via fct_orders/);
        await at.screenshot("tree-indirect");
    });

    await step("a row explains itself, to a screen reader too", async () => {
        await at.open(MART);
        await downstream.says(/11 dashboards in 7 workbooks/);
        await downstream.has(/^Weekly Ops/);
        const row = downstream.row(/^Weekly Ops/);
        await until("the row has its words", async () =>
            /^workbook Weekly Ops, 2 dashboards, no exposure/.test((await row.getAttribute("aria-label")) ?? ""),
        );
        await row.locator(".label-name").hover();
        await at.textOf(page.locator(".workbench-hover-container"), /Reads fct_orders: exact match/);
        await at.screenshot("tree-hover");
        await page.mouse.move(0, 0);
    });

    await step("in a properties file it follows the cursor", async () => {
        await at.open(PROPERTIES);
        const text = readFileSync(path.join(project, PROPERTIES), "utf8");
        const lineOf = (/** @type {string} */ name) => text.slice(0, text.indexOf(`- name: ${name}`)).split("\n").length;
        await at.cursorTo(lineOf("fct_returns"), 12);
        await downstream.says(/3 dashboards in 2 workbooks/);
        await at.cursorTo(lineOf("fct_orders"), 12);
        await downstream.says(/11 dashboards in 7 workbooks/);
    });

    await step("a model that nothing reads is a zero, and says why that is known", async () => {
        await at.open(UNUSED);
        await downstream.says(/No dashboards in 17 workbook files\. All that is known of Tableau could be read/);
    });

    await step("a row opens its page in Tableau", async () => {
        await at.open(MART);
        await downstream.says(/11 dashboards in 7 workbooks/);
        await downstream.act(/^Overview/, "Open in Tableau");
        const question = page.locator(".monaco-dialog-box");
        await at.textOf(question, /https:\/\/10ax\.online\.tableau\.com/);
        await question.getByRole("button", { name: "Cancel" }).click();
        await at.textOf(page.locator(".notification-toast"), /https:\/\/10ax\.online\.tableau\.com/);
        await at.clearMessages();
    });

    await step("its link is copied", async () => {
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await downstream.act(/^Overview/, "Copy Link");
        await at.textOf(page.locator(".statusbar-item"), /Copied: https:\/\/10ax/);
        same(await page.evaluate("navigator.clipboard.readText()"), PAGE);
    });

    await step("an exposure that is there is opened", async () => {
        await downstream.act(/^Sales Overview/, "Go to Exposure");
        await page.locator('.tab.active[data-resource-name="tableau.yml"]').waitFor();
        await at.textOf(page.locator(".editor-instance .view-line"), /name: sales_overview/);
        // The tree stays: whoever looks at an exposure has not left the model.
        await downstream.says(/11 dashboards in 7 workbooks/);
    });

    await step("one that is missing is written, and the row says so no more", async () => {
        await at.open(MART);
        await downstream.says(/11 dashboards in 7 workbooks/);
        await downstream.act(/^Weekly Ops/, "Write Exposure");
        await until("the exposure is on disk", async () => {
            await at.saveIfDirty("tableau.yml");
            return readFileSync(exposures, "utf8").includes("- name: weekly_ops");
        });
        await downstream.says(/5 workbooks without exposure/);
        await until("the row has its exposure", async () => !/no exposure/.test((await downstream.texts(/^Weekly Ops/))[0] ?? ""));
    });

    await step("a filter shows what fits, says that it is on, and goes", async () => {
        await downstream.press("Filter by Name…");
        await box.fill("ops b");
        await downstream.has(/^Ops Board/);
        await until("the others are gone", async () => (await downstream.texts(/^Overview/)).length === 0);
        await page.keyboard.press("Enter");
        await downstream.says(/Shown is only what has “ops b” in a name/);
        await at.screenshot("tree-filter");
        await downstream.press("Clear Filter");
        await downstream.has(/^Overview/);
        await downstream.press("Filter by Name…");
        await box.fill("zzz");
        await downstream.says(/Nothing here fits the filter/);
        await downstream.body.getByRole("button", { name: "Clear Filter" }).click();
        await until("the box is empty, too", async () => (await box.inputValue()) === "");
        await box.press("Escape");
        await downstream.has(/^Overview/);
    });

    await step("a file that is taken for another language is none that is closed", async () => {
        await at.open(MART);
        await downstream.says(/11 dashboards in 7 workbooks/);
        await at.command("Change Language Mode");
        await box.fill("Plain Text");
        await at.choices.filter({ hasText: "Plain Text" }).first().click();
        await at.textOf(page.locator('[id="status.editor.mode"]'), /Plain Text/);
        // What is asked from now on is asked of it still.
        await downstream.press("Filter by Name…");
        await box.fill("ops b");
        await until("only one is left", async () => (await downstream.texts(/^Overview/)).length === 0);
        await downstream.has(/^Ops Board/);
        await page.keyboard.press("Escape");
        await downstream.has(/^Overview/);
    });

    await step("the whole project is shown by name, and by views", async () => {
        await whole.open();
        await whole.says(/dashboards in \d+ workbooks/);
        await whole.has(/^Account Tracker/);
        await whole.press("Sort by Views");
        await until("the order is another", async () => /^Sort by Name/.test(await whole.button(/^Sort by/)));
        await at.screenshot("tree-project");
        await whole.press("Sort by Name");
        await until("the order is back", async () => /^Sort by Views/.test(await whole.button(/^Sort by/)));
    });

    await step("a dashboard is found while its name is typed, and leads to its model", async () => {
        await at.open(STAGING);
        await at.command("Exposure Lens: Find Dashboard…");
        await box.fill("reg det");
        const found = at.choices.filter({ hasText: "Regional Detail" });
        await found.first().waitFor();
        await at.picture("find", { of: [page.locator(".quick-input-widget")], margin: 0, words: [at.choices] });
        await page.keyboard.press("Enter");
        await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
        await page.locator('.tab.active[data-resource-name="fct_orders.sql"]').waitFor();
    });

    await step("Enter means what was typed, not what was found before", async () => {
        await at.command("Exposure Lens: Find Dashboard…");
        await box.fill("customer 360");
        await at.textOf(at.choices, /dim_customers_v2\.sql/);
        await box.fill("stock levels");
        await page.keyboard.press("Enter");
        await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
        await page.locator('.tab.active[data-resource-name="dim_products.sql"]').waitFor();
    });

    await step("so is one by its link; what is not known is said", async () => {
        await at.open(STAGING);
        await at.command("Exposure Lens: Find Dashboard…");
        await box.fill("no such thing");
        await at.textOf(at.choices, /No model is known to feed “no such thing”/);
        await box.fill(`${PAGE}?:iid=1`);
        await at.textOf(at.choices, /Overview/);
        await page.keyboard.press("Enter");
        await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
        await page.locator('.tab.active[data-resource-name="fct_orders.sql"]').waitFor();
    });

    await step("all that is missing is shown, written, and taken back by one undo", async () => {
        const text = readFileSync(exposures, "utf8");
        await at.open(DECLARED);
        await at.command("Exposure Lens: Write All Missing Exposures…");
        const preview = page.locator(".bulk-edit-panel");
        await at.textOf(preview.locator(".monaco-tl-row"), /tableau\.yml/);
        await at.screenshot("write-all");
        await preview.getByRole("button", { name: "Apply" }).click();
        await until("all are on disk", async () => {
            await at.saveIfDirty("tableau.yml");
            const after = readFileSync(exposures, "utf8");
            return ["churn", "customer_360", "stock_levels"].every((it) => after.includes(`- name: ${it}`));
        });
        await page.keyboard.press("Control+1");
        await page.keyboard.press("Control+Z");
        await until("all is as it was", async () => {
            // VS Code saves by itself, but not what is undone while it does so.
            await page.keyboard.press("Control+S");
            return readFileSync(exposures, "utf8") === text;
        });
    });

    await step("a server that cannot run is told once, in the tree too, until it can", async () => {
        await at.clearMessages();
        at.configure({ "exposureLens.server.path": "/bin/false" });
        await at.textOf(page.locator(".notification-toast"), /The server at \/bin\/false did not start: it ended before it answered/);
        same(await page.locator(".notification-toast").count(), 1);
        await downstream.says(/The Exposure Lens server does not run/);
        await whole.says(/The Exposure Lens server does not run/);
        at.configure({});
        await at.open(MART);
        await downstream.says(/11 dashboards in 7 workbooks/);
        await at.clearMessages();
    });

    await step("a server that is older than the extension is told once, and the trees say so", async () => {
        const program = path.join(project, "..", "older server");
        writeOlderServer(program);
        at.configure({ "exposureLens.server.path": program });
        await at.textOf(page.locator(".notification-toast"), /older server \(0\.0\.1\) is older than this extension.*clear the setting/);
        await downstream.says(/older than this extension and knows no trees/);
        await whole.says(/older than this extension and knows no trees/);
        await at.screenshot("tree-older-server");
        await at.command("Exposure Lens: Restart Server");
        await at.command("Exposure Lens: Show Server Version");
        await at.textOf(page.locator(".notification-toast"), /exposure-lens 0\.0\.1 \(setting\)/);
        same((await page.locator(".notification-toast").allInnerTexts()).filter((/** @type {string} */ it) => /is older/.test(it)).length, 1);
        at.configure({});
        await downstream.says(/11 dashboards in 7 workbooks/);
        await at.clearMessages();
        rmSync(program);
    });

    await step("the walkthrough shows the first steps", async () => {
        await at.command("Exposure Lens: Get Started");
        await at.textOf(page.locator(".gettingStarted .step-title"), /See who reads a model/);
        await page.locator(".gettingStarted .step-title", { hasText: "See all of it in a tree" }).click();
        await page.locator(".gettingStarted").getByRole("button", { name: "Open the Tree" }).waitFor();
        // What is in front is no other file.
        await downstream.says(/11 dashboards in 7 workbooks/);
        await at.screenshot("walkthrough-tree");
        await at.open(MART);
    });

    await step("whoever pulls without a site is led to sign in", async () => {
        await at.command("Exposure Lens: Pull from Tableau now");
        await at.textOf(page.locator(".notification-toast"), /no site that you have signed in to/);
        await page.locator(".notification-toast").getByRole("button", { name: "Sign in to Tableau…" }).waitFor();
        await at.clearMessages();
    });

    await step("whoever signs in is led to Tableau, where a token is made", async () => {
        await at.command("Exposure Lens: Sign in to Tableau…");
        const widget = page.locator(".quick-input-widget").filter({ visible: true });
        await box.fill("https://10ax.online.tableau.com/#/site/acme/views/a/b");
        await page.keyboard.press("Enter");
        await at.textOf(widget.locator(".quick-input-message"), /your picture > My Account Settings > Personal Access Tokens/);
        await at.picture("sign-in", { of: [widget], margin: 0, words: [widget.locator(".quick-input-title"), widget.locator(".quick-input-message")] });
        await widget.locator('.quick-input-titlebar .action-label[aria-label^="Open Tableau"]').click();
        const question = page.locator(".monaco-dialog-box");
        await at.textOf(question, /https:\/\/10ax\.online\.tableau\.com\/#\/site\/acme\/home/);
        await question.getByRole("button", { name: "Cancel" }).click();
        await box.press("Escape");
        await widget.waitFor({ state: "hidden" });
    });

    await step("a file without a model has no tree, and a project without workbooks says how to get some", async () => {
        await at.open("macros/load_raw.sql");
        await downstream.says(/This file has no model|is defined in this file/);
        rmSync(path.join(project, "tableau"), { recursive: true });
        await at.open(MART);
        await downstream.says(/No content of Tableau's is known yet/);
        await whole.says(/No content of Tableau's is known yet/);
        await downstream.body.getByRole("button", { name: "Sign in to Tableau…" }).waitFor();
        await at.textOf(page.locator(".notification-toast"), /knows no Tableau content yet.*Sign in to Tableau…|Sign in to Tableau….*knows no Tableau content yet/s);
        await at.screenshot("tree-empty");
        await at.clearMessages();
    });

    await step("outside of a project it says so, and with all files closed what it is for", async () => {
        const stray = path.join(project, "..", "stray.sql");
        writeFileSync(stray, "select 1\n");
        await at.open("../stray.sql");
        await downstream.says(/This file lies in no dbt project/);
        await at.command("View: Close All Editors");
        await downstream.says(/Open a model, seed, snapshot or properties file/);
        rmSync(stray);
    });
}

/** Shows the side bar's views, once VS Code has read which ones there are. @param {Workbench} at */
export async function show({ page, choices }) {
    const title = "View: Show Exposure Lens";
    const row = choices.filter({ hasText: title }).first();
    await until("the command is there", async () => {
        await page.keyboard.press("F1");
        await page.locator(".quick-input-widget input").first().fill(`>${title}`);
        return soon(() => row.isVisible()).then(async (isThere) => isThere || (await page.keyboard.press("Escape"), false));
    });
    await row.click();
    await page.mouse.move(0, 0);
}

/** Pulls the side bar wide enough for what stands beside the names. @param {any} page */
async function widen(page) {
    const { x, y, width } = await page.locator(".part.sidebar").boundingBox();
    await page.mouse.move(x + width, y + 200);
    await page.mouse.down();
    await page.mouse.move(x + width + 170, y + 200, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
}

/** One of the views. */
export class Pane {
    /** @param {Workbench} at @param {string} name */
    constructor(at, name) {
        this.at = at;
        this.pane = at.page.locator(".split-view-view > .pane").filter({
            has: at.page.locator(".pane-header .title", { hasText: new RegExp(`^${name}$`) }),
        });
        this.body = this.pane.locator(".pane-body");
        this.rows = this.body.locator(".monaco-list-row");
    }

    /** Waits for a message above the rows, or for what stands in their place. @param {RegExp} text */
    async says(text) {
        await this.at.textOf(this.body.locator(".message, .welcome-view-content").filter({ visible: true }), text);
    }

    /** Opens it, where it is closed. */
    async open() {
        const header = this.pane.locator(".pane-header");
        await until("the view is open", async () => {
            if ((await header.getAttribute("aria-expanded")) === "true") {
                return true;
            }
            await header.click();
            return false;
        });
    }

    /** Waits for a row, and looks for it further down. @param {RegExp} text */
    async has(text) {
        let seen = "";
        let still = 0;
        await until(`a row ${text}`, async () => {
            if ((await this.texts(text)).length > 0) {
                return true;
            }
            const rows = (await this.texts(/./)).join(" | ");
            await this.pointInside();
            // The end is where nothing moves any more; a slow window may only be late.
            still = rows === seen ? still + 1 : 0;
            await this.at.page.mouse.wheel(0, still > PATIENT_LOOKS ? -10_000 : 100);
            seen = rows;
            return false;
        }).catch((error) => {
            throw new Error(`${error.message}; seen: ${seen}`);
        });
    }

    /** On no row of its own choice: one that is covered would be scrolled to. */
    async pointInside() {
        const { x, y, width, height } = await this.body.boundingBox();
        await this.at.page.mouse.move(x + width / 2, y + height / 2);
    }

    /** Scrolls to the first row, so that none is cut. */
    async toTop() {
        await until("the first rows are whole", async () => {
            await this.rows.first().hover({ timeout: 1_000 }).catch(() => undefined);
            await this.at.page.mouse.wheel(0, -10_000);
            return this.body.locator(".monaco-tree-sticky-container").evaluate((/** @type {any} */ it) => it.classList.contains("empty"));
        });
    }

    /** The rows that are like this. @param {RegExp} text @returns {Promise<string[]>} */
    async texts(text) {
        const all = (await this.rows.allInnerTexts()).map(plain);
        return all.filter((/** @type {string} */ it) => text.test(it));
    }

    /** The first row whose name is like this. @param {RegExp} text */
    row(text) {
        return this.rows.filter({ has: this.at.page.locator(".label-name", { hasText: text }) }).first();
    }

    /** Presses an inline button of a row. @param {RegExp} text @param {string} title */
    async act(text, title) {
        await this.has(text);
        const row = this.row(text);
        await row.hover();
        await row.locator(`.action-label[aria-label="${title}"]`).click();
    }

    /** Presses a button of the title. @param {string} title */
    async press(title) {
        await this.pane.hover();
        await this.pane.locator(`.pane-header .action-label[aria-label="${title}"]`).click();
    }

    /** Chooses an entry of the title's menu. It takes no click while it opens, and closes when
     * something is drawn anew. @param {string} title */
    async choose(title) {
        const entry = this.at.page.locator(".monaco-menu .action-item", { hasText: title }).first();
        await until(`${title} is chosen`, async () => {
            if (!(await entry.isVisible())) {
                await this.pane.hover();
                await this.pane.locator(".pane-header .codicon-toolbar-more").click();
                await soon(() => entry.isVisible());
                return false;
            }
            const isClicked = await entry.click({ timeout: CLICK_MS }).then(() => true, () => false);
            return isClicked && soon(async () => !(await entry.isVisible()));
        });
    }

    /** The title of a button. @param {RegExp} text @returns {Promise<string>} */
    async button(text) {
        await this.pane.hover();
        const labels = this.pane.locator(".pane-header .action-label");
        const titles = await labels.evaluateAll((/** @type {any[]} */ all) => all.map((it) => it.getAttribute("aria-label") ?? ""));
        return titles.find((/** @type {string} */ it) => text.test(it)) ?? "";
    }
}

/** @param {unknown} seen @param {unknown} wanted */
function same(seen, wanted) {
    if (seen !== wanted) {
        throw new Error(`seen: ${seen}\nwanted: ${wanted}`);
    }
}
