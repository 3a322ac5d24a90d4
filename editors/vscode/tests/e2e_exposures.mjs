// Exposures files as a person keeps them: what stands there, what mends it, and that each
// change can be taken back and made again to the byte. Called by e2e.mjs.

import { existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

import { until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
const DECLARED = "models/exposures/tableau.yml";
const OPS = "models/exposures/ops.yml";
const NEW = "models/tableau/new.yml";
const OF_PROJECT = "models/exposures/dashboards.yml";

// Beside the sample's own exposures: one that lacks what Tableau shows, one with a slip.
const OPS_TEXT = `# Of the operations team.
exposures:
  - name: weekly_ops
    label: Weekly Ops
    type: dashboard
    owner:
      name: Jo Wu
    depends_on:
      - ref('fct_orders')  # the board's numbers
    config:
      meta:
        tableau: {file: "tableau/Weekly Ops.twb"}

  - name: stock_levels
    type: dashboard
    owner: {name: Jo Wu}
    depends_on:
      - ref('dim_product')
`;

/** The sample's one exposure, of a site: it lacks what Tableau shows. @param {string} address */
const siteExposures = (address) => `version: 2

exposures:
  - name: sales_overview
    label: Sales Overview
    type: dashboard
    url: ${address}/views/SalesOverview/Overview
    owner:
      name: Ann Archer
    depends_on:
      - ref('stg_orders')  # what it stood on before
`;

const ITEM = /( +)- ref\('fct_orders'\).*\n/;
const EXPECTED = {
    inStep: /^Tableau: in step/,
    lacking: /^Tableau: lacks 2 dependencies/,
    hover: [/Weekly Ops/, /Ops Board/],
    missing: /fct_returns.*fct_sessions.*missing in/,
    add: /^Add .*fct_returns.* to exposure `weekly_ops`/,
    added: OPS_TEXT.replace(ITEM, "$&$1- ref('fct_returns')\n$1- ref('fct_sessions')\n"),
    diagnostic: /dim_product\b/,
    mend: /dim_products/,
    mended: OPS_TEXT.replace("'dim_product'", "'dim_products'"),
    completed: OPS_TEXT.replace(ITEM, "$&$1- ref('fct_returns')\n"),
    copy: /^Copy `dbt build/,
    copied: "dbt build --select +exposure:weekly_ops",
    martLens: /6 workbooks without exposure$/,
    write: /^Write exposure `weekly_ops` for Weekly Ops/,
    siteLens: /^Tableau: 5 dashboards in 2 workbooks · 1 workbook without exposure/,
    writeAll: /^Write 1 exposure and add fct_orders to 1/,
};

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** Lays the exposures beside the sample's. @param {string} project */
export function writeExposures(project) {
    writeFileSync(path.join(project, OPS), OPS_TEXT);
}

/** The settings and the exposures of a project on a site. @param {string} project @param {string} address */
export function writeSiteExposures(project, address) {
    const settings = path.join(project, "exposure-lens.yml");
    const more = 'exposures:\n  path: "models/exposures/{project}.yml"\n';
    writeFileSync(settings, readFileSync(settings, "utf8") + more);
    mkdirSync(path.join(project, path.dirname(DECLARED)), { recursive: true });
    writeFileSync(path.join(project, DECLARED), siteExposures(address));
}

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function exposureSteps(at, step, project) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const hover = page.locator(".monaco-hover-content").filter({ visible: true });
    const lineOf = (/** @type {string} */ text) => OPS_TEXT.slice(0, OPS_TEXT.indexOf(text)).split("\n").length;
    const changes = (/** @type {string[]} */ ...files) => new Changes(at, project, files);

    /** Puts the cursor into a text of the operations team's file. @param {string} text */
    async function cursorOn(text) {
        await at.open(OPS);
        const line = lineOf(text);
        const column = (OPS_TEXT.split("\n")[line - 1] ?? "").indexOf(text) + 1;
        await at.cursorTo(line, column + 7);
    }

    await step("an exposure that says what Tableau does is in step", async () => {
        await at.open(DECLARED);
        await at.textOf(lens, EXPECTED.inStep);
    });

    await step("the lens of another one says what differs; without a page it is no link", async () => {
        await at.open(OPS);
        await at.textOf(lens, EXPECTED.lacking);
        const links = lens.filter({ hasText: EXPECTED.lacking }).locator("a");
        if ((await links.count()) !== 0) {
            throw new Error("a lens without a command is a link");
        }
    });

    await step("a ref to what is not there is marked, and the hover says why", async () => {
        await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
        await cursorOn("ref('dim_product')");
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+I");
        await at.textOf(hover, EXPECTED.diagnostic);
        await page.keyboard.press("Escape");
    });

    await step("so is the list that lacks what Tableau shows", async () => {
        await cursorOn("depends_on:");
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+I");
        await at.textOf(hover, EXPECTED.missing);
        await at.picture("exposures", { of: [...at.editor, hover], words: [lens, hover] });
        await page.keyboard.press("Escape");
    });

    await step("the hover on a name says what it stands for", async () => {
        await cursorOn("name: weekly_ops");
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+I");
        for (const text of EXPECTED.hover) {
            await at.textOf(hover, text);
        }
        await at.screenshot("exposure-hover");
        await page.keyboard.press("Escape");
    });

    await step("what is missing is added by an action, undone, and added again", async () => {
        const [after] = await changes(OPS).thereAndBack(async () => {
            await cursorOn("name: weekly_ops");
            await at.textOf(lens, EXPECTED.lacking);
            await at.act(EXPECTED.add);
        });
        same(after, EXPECTED.added);
        await changes(OPS).undo([OPS_TEXT]);
    });

    await step("a quick fix mends the ref, undone, and mends it again", async () => {
        const [after] = await changes(OPS).thereAndBack(async () => {
            await cursorOn("ref('dim_product')");
            await page.locator(".squiggly-error").first().waitFor();
            await at.act(EXPECTED.mend);
        });
        same(after, EXPECTED.mended);
        await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
        await changes(OPS).undo([OPS_TEXT]);
    });

    await step("completion offers a model, and writes a ref that dbt takes", async () => {
        await cursorOn("ref('fct_orders')");
        await page.keyboard.press("End");
        await page.keyboard.press("Enter");
        await page.keyboard.type("- fct_ret");
        await page.keyboard.press("Control+Space");
        const offers = page.locator(".suggest-widget.visible .monaco-list-row");
        await at.textOf(offers, /fct_returns/);
        await at.screenshot("exposure-completion");
        await page.keyboard.press("Enter");
        await changes(OPS).become([EXPECTED.completed]);
        // More often than there is something to undo: below that lies the text as it was.
        for (let n = 0; n < 20; n += 1) {
            await page.keyboard.press("Control+Z");
        }
        await changes(OPS).become([OPS_TEXT]);
    });

    await step("the definition of a ref is its model; its references are the exposures on it", async () => {
        await cursorOn("ref('fct_orders')");
        await page.keyboard.press("Shift+F12");
        await at.textOf(page.locator(".peekview-widget .monaco-tl-row"), /^tableau\.yml/);
        await page.keyboard.press("Escape");
        await cursorOn("ref('fct_orders')");
        await page.keyboard.press("F12");
        await page.locator(`.tab.active[data-resource-name="${path.basename(MART)}"]`).waitFor();
    });

    await step("the outline lists the exposures", async () => {
        await at.open(OPS);
        await page.keyboard.press("Control+Shift+O");
        await at.choices.filter({ hasText: "weekly_ops" }).first().waitFor();
        await at.choices.filter({ hasText: "stock_levels" }).first().waitFor();
        await page.keyboard.press("Escape");
    });

    await step("the command that builds what it stands on is copied", async () => {
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await cursorOn("name: weekly_ops");
        await at.act(EXPECTED.copy);
        await at.textOf(page.locator(".statusbar-item"), /Copied: dbt build --select \+exposure:weekly_ops/);
        same(await page.evaluate("navigator.clipboard.readText()"), EXPECTED.copied);
    });

    const writeOne = async () => {
        await at.open(MART);
        // What is offered follows what the server has seen of the files.
        await at.textOf(lens, EXPECTED.martLens);
        await at.cursorTo(1);
        await at.act(EXPECTED.write);
    };

    await step("an exposure is written into a file that is there, undone, and written again", async () => {
        // What is open counts as it stands there, deleted or not.
        await at.command("View: Close All Editors");
        unlinkSync(path.join(project, OPS));
        const declared = changes(DECLARED);
        const before = declared.texts();
        await declared.thereAndBack(writeOne);
        await declared.undo(before);
    });

    await step("so is one into a file and a folder that are not", async () => {
        at.configure({ "exposureLens.exposures.path": NEW });
        const [after] = await changes(NEW).thereAndBack(writeOne);
        if (!/^version: 2\n[^]*\n {2}- name: weekly_ops\n/.test(after ?? "")) {
            throw new Error(`no new file:\n${after}`);
        }
    });
}

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function manyFilesSteps(at, step, project) {
    const { page } = at;
    const preview = page.locator(".bulk-edit-panel");

    await step("what several workbooks lack is shown first, written in one go, and undone in one", async () => {
        await at.open(MART);
        await at.textOf(page.locator(".codelens-decoration"), EXPECTED.siteLens);
        const files = new Changes(at, project, [DECLARED, OF_PROJECT]);
        const after = await files.thereAndBack(async () => {
            await at.open(MART);
            await at.textOf(page.locator(".codelens-decoration"), EXPECTED.siteLens);
            await at.cursorTo(1);
            await at.act(EXPECTED.writeAll);
            await at.textOf(preview.locator(".monaco-tl-row"), /tableau\.yml/);
            await at.textOf(preview.locator(".monaco-tl-row"), /dashboards\.yml/);
            await at.picture("preview", { of: [page.locator(".part.panel")], words: [preview.locator(".monaco-tl-row")] });
            await preview.getByRole("button", { name: "Apply" }).click();
        });
        after.forEach((text) => {
            if (!/ref\('fct_orders'\)/.test(text ?? "")) {
                throw new Error(`no fct_orders in:\n${text}`);
            }
        });
    });
}

/** Some files of a project, and what is done to them. */
class Changes {
    /** @param {Workbench} at @param {string} project @param {string[]} files */
    constructor(at, project, files) {
        this.at = at;
        this.project = project;
        this.files = files;
    }

    /** What stands on disk; nothing for a file that is not there. @returns {(string | undefined)[]} */
    texts() {
        const paths = this.files.map((it) => path.join(this.project, it));
        return paths.map((it) => (existsSync(it) ? readFileSync(it, "utf8") : undefined));
    }

    /**
     * Makes a change, takes it back and makes it again, all files compared each time; gives
     * back what it makes of them.
     *
     * @param {() => Promise<void>} apply
     */
    async thereAndBack(apply) {
        const before = this.texts();
        await apply();
        const once = await until(`${this.files} change`, async () => {
            await this.save();
            const texts = this.texts();
            const isDone = (await this.isSaved()) && texts.every((it, n) => it && it !== before[n]);
            return isDone ? texts : undefined;
        });
        await this.undo(before);
        await apply();
        await this.become(once);
        return once;
    }

    /**
     * Takes the last change back, in the first of the files. VS Code may ask whether that is
     * meant for all of them.
     *
     * @param {(string | undefined)[]} before
     */
    async undo(before) {
        const { at } = this;
        await at.open(this.files[0] ?? "");
        await at.page.keyboard.press("Control+1");
        await at.page.keyboard.press("Control+Z");
        const yes = at.page.locator(".monaco-dialog-box").getByRole("button", { name: /^Undo in \d+ Files/ });
        await this.become(before, async () => {
            if (await yes.isVisible()) {
                await yes.click();
            }
        });
    }

    /**
     * Waits until the files are these.
     *
     * @param {(string | undefined)[]} wanted
     * @param {() => Promise<void>} answer what is done whenever they are not
     */
    async become(wanted, answer = async () => undefined) {
        // What is to be no file is left alone: a save would write it anew.
        const stay = this.files.filter((_, n) => wanted[n] !== undefined);
        await until("the files are as they should be", async () => {
            await answer();
            await this.save(stay);
            const isDone = this.texts().every((it, n) => it === wanted[n]);
            if (!isDone && stay.length > 0 && (await this.isSaved())) {
                // What is undone while VS Code still saves it counts as saved there: who
                // saves once more has it on disk.
                await this.at.page.keyboard.press("Control+S");
            }
            return isDone;
        }).catch((error) => {
            const seen = JSON.stringify(this.texts(), null, 1);
            throw new Error(`${error.message}\nseen: ${seen}\nwanted: ${JSON.stringify(wanted, null, 1)}`);
        });
    }

    async save(files = this.files) {
        for (const file of files) {
            await this.at.saveIfDirty(path.basename(file));
        }
    }

    async isSaved() {
        return (await this.at.page.locator(".tab.dirty").count()) === 0;
    }
}

/** @param {unknown} seen @param {unknown} wanted */
function same(seen, wanted) {
    if (seen !== wanted) {
        throw new Error(`seen:\n${seen}\nwanted:\n${wanted}`);
    }
}
