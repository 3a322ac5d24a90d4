// package.json says nothing twice and forgets nothing: its commands, the texts that stand in the
// trees' place, and the README's table.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

interface Command {
    readonly command: string;
    readonly title: string;
    readonly category: string;
}

const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as {
    contributes: {
        commands: Command[];
        menus: Record<string, { command: string; when: string }[]>;
        walkthroughs: { steps: { media: { image: string; altText: string } }[] }[];
        viewsWelcome: { view: string; when: string; contents: string }[];
        };
};

const inPalette = new Map(contributes.menus["commandPalette"]?.map((it) => [it.command, it.when]));

test("the README lists the commands of the palette, and no others", () => {
    const listed = [...readFileSync("README.md", "utf8").matchAll(/^\| `([^`]+)` \|/gm)].map(([, it]) => it);
    const offered = contributes.commands.filter((it) => inPalette.get(it.command) !== "false");
    const titles = offered.map((it) => `${it.category}: ${it.title}`);
    assert.deepEqual(listed.toSorted(), titles.toSorted());
});

test("every menu names a command that is declared", () => {
    const declared = contributes.commands.map((it) => it.command);
    const named = Object.values(contributes.menus).flat().map((it) => it.command);
    assert.deepEqual(named.filter((it) => !declared.includes(it)), []);
});

test("an empty tree has a text for each reason but the server's own, in both views", () => {
    const states = /export type State =([^]+?);\n\n/.exec(readFileSync("src/tree_states.ts", "utf8"))?.[1] ?? "";
    const words = [...states.matchAll(/\| "(\w+)"/g)].map(([, it]) => it ?? "");
    const own = ["zero", "unknown", "some"];
    const all = words.filter((it) => !own.includes(it));
    const downstream = all.filter((it) => it !== "unloaded");
    const project = all.filter((it) => it !== "noEditor" && it !== "noNode");
    for (const [view, wanted] of Object.entries({ downstream, project })) {
        const texts = contributes.viewsWelcome.filter((it) => it.view === `exposureLens.${view}`);
        const found = texts.map((it) => it.when.replace(`exposureLens.${view}.state == `, ""));
        assert.deepEqual(found.toSorted(), wanted.toSorted(), view);
    }
});

test("every command of a text is one of ours or of VS Code's", () => {
    const declared = contributes.commands.map((it) => it.command);
    const text = JSON.stringify(contributes);
    const linked = [...text.matchAll(/\(command:([\w.]+)/g)].map(([, it]) => it ?? "");
    const ours = linked.filter((it) => it.startsWith("exposureLens.") && !it.endsWith(".focus"));
    assert.notEqual(ours.length, 0);
    assert.deepEqual(ours.filter((it) => !declared.includes(it)), []);
});

test("every picture of the walkthrough is there, and described", () => {
    const media = contributes.walkthroughs.flatMap((it) => it.steps).map((it) => it.media);
    assert.deepEqual(media.filter((it) => !existsSync(it.image) || it.altText === ""), []);
});
