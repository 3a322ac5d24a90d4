// The window around the project: a server that dies, several projects in one window, one
// that nobody trusts. Called by e2e.mjs.

import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { Pane, show } from "./e2e_views.mjs";
import { commandOf, descendantsOf, processesOf } from "./processes.mjs";
import { root, until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
const STAGING = "models/staging/stg_orders.sql";
const FIXTURES = path.join(root, "tests/fixtures");
const PATH_SETTING = "exposureLens.server.path";
/** So many times in a few minutes, and it is not started again. */
const ENOUGH = 5;

const EXPECTED = {
    lens: /^Tableau: 11 dashboards in 7 workbooks/,
    stagingLens: /^Tableau: 12 dashboards downstream, none direct/,
    snowLens: /^Tableau: probably 3 dashboards/,
    died: /server ended by itself and was started again/,
    gaveUp: /does not stay up, and is not started again/,
    broken: /broken: cannot read .*dbt_project\.yml/,
    bundled: /exposure-lens \S+ \(bundled\)/,
    restricted: /Restricted Mode/,
};

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** On the sample project. @param {Workbench} at @param {Step} step */
export async function crashSteps(at, step) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const message = page.locator(".notification-toast");

    /** Ends the server as a fault of its own would, and waits until it is gone. */
    async function kill() {
        const pid = await until("a server runs", () => servers(at)[0]);
        process.kill(pid, "SIGKILL");
        await until("it is gone", () => !servers(at).includes(pid));
    }

    await step("a server that dies comes back by itself, with one message", async () => {
        await at.open(MART);
        await at.textOf(lens, EXPECTED.lens);
        await kill();
        await at.textOf(message, EXPECTED.died);
        await at.screenshot("server-died");
        await at.open(STAGING);
        await at.textOf(lens, EXPECTED.stagingLens);
        await at.open(MART);
        await at.textOf(lens, EXPECTED.lens);
        same((await at.seen()).messages.length, 1);
        same(servers(at).length, 1);
        await at.clearMessages();
    });

    await step("one that dies again and again is left alone, and can be started by a button", async () => {
        for (let n = 1; n < ENOUGH; n += 1) {
            await kill();
        }
        await at.textOf(message, EXPECTED.gaveUp);
        await at.screenshot("server-gave-up");
        same((await at.seen()).messages.length, 2);
        same(servers(at), []);
        await message.getByText("Restart Server").click();
        // The lens has stayed all the while.
        await until("one server runs", () => servers(at).length === 1);
        await at.textOf(lens, EXPECTED.lens);
    });
}

/**
 * Three projects in one window, one of them broken.
 *
 * @param {Workbench} at @param {Step} step @param {string} folder
 */
export async function rootsSteps(at, step, folder) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const message = page.locator(".notification-toast");

    await step("each project of a window answers for itself, beside one that is broken", async () => {
        const names = { shop: "shop", snow: "snow", broken: "shop" };
        for (const [name, fixture] of Object.entries(names)) {
            cpSync(path.join(FIXTURES, fixture), path.join(folder, name), { recursive: true });
        }
        writeFileSync(path.join(folder, "broken/dbt_project.yml"), "name: [shop\n");
        const workspace = path.join(folder, "all.code-workspace");
        writeFileSync(workspace, JSON.stringify({ folders: Object.keys(names).map((it) => ({ path: it })) }));
        await at.openWorkspace(workspace);
        await at.open(path.join("shop", MART));
        await at.textOf(lens, EXPECTED.lens);
        await at.open(path.join("snow", MART));
        await at.textOf(lens, EXPECTED.snowLens);
        await at.open(path.join("broken", MART));
        await at.textOf(message, EXPECTED.broken);
        // Nothing is known: that is no lens, and above all no "no dashboards".
        same(await lens.count(), 0);
        await at.open(path.join("shop", MART));
        await at.textOf(lens, EXPECTED.lens);
        await at.clearMessages();
        // VS Code names the tabs now by this part of their paths, now by that.
        await at.picture("roots", { of: at.editor, words: [lens] });
        same((await at.seen()).messages.filter((it) => EXPECTED.broken.test(it)).length, 1);
        same(servers(at).length, 1);
    });

    await step("what is missing is written in the project whose tree it is", async () => {
        await at.open(path.join("snow", MART));
        await show(at);
        const whole = new Pane(at, "Project");
        await whole.open();
        await whole.says(/10 dashboards in 8 workbooks/);
        await whole.choose("Choose dbt Project…");
        await at.choices.filter({ hasText: /^\W*shop/ }).first().click();
        await whole.says(/20 dashboards in 15 workbooks/);
        await whole.choose("Write All Missing Exposures…");
        const preview = page.locator(".bulk-edit-panel");
        await at.textOf(preview.locator(".monaco-tl-row"), /shop.{1,3}models.exposures/);
        await preview.getByRole("button", { name: "Discard" }).click();
        await at.clearMessages();
    });
}

/**
 * A project that nobody trusts, full of things that must not be run.
 *
 * @param {Workbench} at @param {Step} step @param {string} project
 */
export async function restrictedSteps(at, step, project) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const message = page.locator(".notification-toast");
    const banner = page.locator(".part.banner");
    const ran = path.join(path.dirname(project), "a trap was run");

    await step("without trust the lens is there, and nothing of the project is run", async () => {
        cpSync(path.join(FIXTURES, "shop"), project, { recursive: true });
        layTraps(project, ran);
        await at.openFolder(project, { isTrusted: false });
        await at.open(MART);
        await at.textOf(lens, EXPECTED.lens);
        await at.textOf(banner, EXPECTED.restricted);
        await at.picture("restricted", { of: [banner, ...at.editor], words: [banner, lens] });
        await at.command("Exposure Lens: Show Server Version");
        await at.textOf(message, EXPECTED.bundled);
        const started = servers(at).flatMap((pid) => [pid, ...descendantsOf(pid)]).map(commandOf);
        same(started.length, 1);
        same(existsSync(ran), false);
    });

    await step("only the user's own settings name another program", async () => {
        await at.clearMessages();
        at.configure({ [PATH_SETTING]: path.join(project, "exposure-lens") });
        // The traps are real: this one has now been run.
        await until("the user's program was run", () => existsSync(ran));
        at.configure({});
    });
}

/**
 * Programs wherever somebody could be led to run one. Each leaves a file behind.
 *
 * @param {string} project @param {string} ran
 */
function layTraps(project, ran) {
    const programs = ["exposure-lens", "dbt", "git", "bundled/exposure-lens", ".venv/bin/dbt"].map((it) => path.join(project, it));
    for (const it of programs) {
        mkdirSync(path.dirname(it), { recursive: true });
        writeFileSync(it, `#!/bin/sh\n: > "${ran}"\nexit 1\n`);
        chmodSync(it, 0o755);
    }
    const trap = path.join(project, "exposure-lens");
    mkdirSync(path.join(project, ".vscode"));
    writeFileSync(path.join(project, ".vscode/settings.json"), JSON.stringify({ [PATH_SETTING]: trap, "git.path": trap }));
    // A plain `git status` would run this one.
    mkdirSync(path.join(project, ".git/objects"), { recursive: true });
    mkdirSync(path.join(project, ".git/refs"));
    writeFileSync(path.join(project, ".git/HEAD"), "ref: refs/heads/main\n");
    writeFileSync(path.join(project, ".git/config"), `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "${trap}"\n`);
}

/** The servers that the installed extension has started. @param {Workbench} at */
function servers(at) {
    return processesOf(path.join(at.data, "extensions"));
}

/** @param {unknown} seen @param {unknown} wanted */
function same(seen, wanted) {
    if (JSON.stringify(seen) !== JSON.stringify(wanted)) {
        throw new Error(`seen: ${JSON.stringify(seen)}, wanted: ${JSON.stringify(wanted)}`);
    }
}
