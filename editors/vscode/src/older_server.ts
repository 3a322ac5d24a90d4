// A server that is older than the extension: the user may name any. Free of VS Code, so that a
// test can read it.

import type { InitializeResult } from "vscode-languageclient/node";

import { type Origin, PATH_SETTING, PATH_VARIABLE } from "./bootstrap";

/** Which of the methods that are called a server does not have, by what it announces. */
export function lacking(called: readonly string[], result: InitializeResult | undefined): ReadonlySet<string> {
    const announced = methodsOf(result?.capabilities.experimental);
    return new Set(called.filter((it) => !announced.includes(it)));
}

function methodsOf(experimental: unknown): readonly unknown[] {
    const { methods } = (experimental as { exposureLens?: { methods?: unknown } } | null | undefined)?.exposureLens ?? {};
    return Array.isArray(methods) ? methods : [];
}

const UPDATE: Readonly<Record<Origin, string>> = {
    setting: `Update it, or clear the setting ${PATH_SETTING}: then the one inside the extension runs.`,
    environment: `Update it, or unset the variable ${PATH_VARIABLE}: then the one inside the extension runs.`,
    bundled: "Install the extension anew.",
    PATH: "Update it.",
};

/** What the user is told of it, and what to do. */
export function olderServer(program: string, result: InitializeResult | undefined, origin: Origin): string {
    const version = result?.serverInfo?.version;
    const which = version === undefined ? program : `${program} (${version})`;
    return `The server at ${which} is older than this extension: trees or lineage stay empty. ${UPDATE[origin]}`;
}
