// The settings that the server gets: only what the user has set. A default sent along
// would beat the team's exposure-lens.yml, since the editor's settings come later.

import * as vscode from "vscode";

import { nest } from "./nest";

/** The section of all settings. */
export const SECTION = "exposureLens";

/** Where the extension's own settings begin; the server has no use for them. */
const CLIENT_ONLY = [`${SECTION}.server.`, `${SECTION}.trace.`];

/** The path of the server's program, as the user has set it. */
export function serverPath(): string | null | undefined {
    return vscode.workspace.getConfiguration(SECTION).get<string | null>("server.path");
}

/** The section as the user has set it, in the shape of exposure-lens.yml. */
export function serverSettings(context: vscode.ExtensionContext): Record<string, unknown> {
    const configuration = vscode.workspace.getConfiguration();
    const set: [string, unknown][] = [];
    for (const key of settingsOf(context)) {
        const inspected = configuration.inspect(key);
        const value =
            inspected?.workspaceFolderValue ?? inspected?.workspaceValue ?? inspected?.globalValue;
        if (value !== undefined) {
            set.push([key.slice(SECTION.length + 1), value]);
        }
    }
    return nest(set);
}

/** The settings that package.json declares for the server. */
function settingsOf(context: vscode.ExtensionContext): string[] {
    const manifest = context.extension.packageJSON as {
        contributes: { configuration: { properties: Record<string, unknown> }[] };
    };
    return manifest.contributes.configuration
        .flatMap((block) => Object.keys(block.properties))
        .filter((key) => !CLIENT_ONLY.some((prefix) => key.startsWith(prefix)));
}
